from django.urls import path

from tibir.family.views import log, members, people

app_name = "family"

# /saker/<case>/…
CASE = "saker/<int:case>/"
PERSON = CASE + "personer/<int:pk>/"
urlpatterns = [
    path(CASE + "personer/", people.people, name="people"),
    path(CASE + "personer/ny/", people.add, name="add_person"),
    path(PERSON, people.person, name="person"),
    path(PERSON + "rett/<slug:part>/", people.correct, name="correct_person"),
    path(PERSON + "foreldreansvar/", people.verify, name="verify_responsibility"),
    path(PERSON + "avslutt/", people.end, name="end_person"),
    path(PERSON + "tilbake/", people.take_back, name="take_back"),
    path(CASE + "barnet/", people.child, name="child"),
    path(CASE + "barnet/rett/", people.correct_child, name="correct_child"),
    path(CASE + "medlemmer/", members.members, name="members"),
    path(CASE + "medlemmer/ny/", members.add, name="add_member"),
    path(CASE + "medlemmer/<int:pk>/avslutt/", members.end, name="end_member"),
    path(CASE + "ansvarlig/", members.responsible, name="responsible"),
    path(CASE + "avslutt/", members.close, name="close"),
    path(CASE + "apne/", members.reopen, name="reopen"),
    path(CASE + "logg/", log.events, name="log"),
    path(CASE + "logg/endringer/", log.changes, name="changes"),
    path(CASE + "logg/til-familien/", log.openings, name="openings"),
]
