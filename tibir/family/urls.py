from django.urls import path

from tibir.family.views import complaint, consent, duty, log, members, people

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
    path("saker/<int:pk>/samtykker/", consent.consents, name="consents"),
    path("saker/<int:pk>/samtykker/historikk/", consent.history, name="consent_history"),
    path("saker/<int:pk>/samtykker/i-stedet/", consent.stand_in, name="stand_in"),
    path(
        "saker/<int:pk>/samtykker/i-stedet/<int:stand_in>/",
        consent.end_stand_in,
        name="end_stand_in",
    ),
    path("saker/<int:pk>/samtykker/svar/<int:person>/", consent.say, name="say"),
    path("saker/<int:pk>/samtykker/informert/<int:person>/", consent.inform, name="inform"),
    path("saker/<int:pk>/samtykker/<int:consent>/trekk/", consent.withdraw, name="withdraw"),
    path("saker/<int:pk>/samtykker/<int:consent>/avgjor/", consent.decide, name="decide"),
    path("saker/<int:pk>/barnets-mening/", consent.child_view, name="child_view"),
    path("saker/<int:pk>/bekymringsmeldinger/", duty.reports, name="duty_reports"),
    path("saker/<int:pk>/bekymringsmeldinger/ny/", duty.report, name="report"),
    path(
        "saker/<int:pk>/bekymringsmeldinger/<int:report>/svar/", duty.heard_from, name="heard_from"
    ),
    path("saker/<int:pk>/bekymringsmeldinger/<int:report>/frigi/", duty.release, name="release"),
    path("saker/<int:pk>/klager/", complaint.of_case, name="case_complaints"),
    path("saker/<int:pk>/klager/ny/", complaint.complain_in_case, name="case_complain"),
    path("klager/", complaint.complaint_list, name="complaints"),
    path("klager/ny/", complaint.complain, name="complain"),
    path("klager/<int:pk>/", complaint.detail, name="complaint"),
    path("klager/<int:pk>/avslutt/", complaint.end, name="end_complaint"),
]
