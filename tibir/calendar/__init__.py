"""Days, weeks and deadlines in Norway. Plain Python: knows nothing of Django or of the cases.

Everything here counts calendar days in Oslo and takes "today" as an argument. What another
country decides otherwise is in this package and nowhere else.
"""
