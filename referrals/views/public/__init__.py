"""The public form: three doors, one address per step, nothing typed is ever lost."""
