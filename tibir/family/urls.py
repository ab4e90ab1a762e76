from django.urls import path

from tibir.family.views import access, complaint, consent, duty, log, members, people, protection

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
    path(PERSON + "samme/", people.same, name="same"),
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
    path("saker/<int:pk>/samtykker/skjema/<int:person>/", consent.ask_on_paper, name="paper"),
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
    path("nodtilgang/", access.emergency, name="emergency"),
    path("saker/skjermet/", protection.shielded, name="shielded"),
    path(CASE + "tilgang/", access.access, name="access"),
    path(CASE + "tilgang/apne/", access.open_for_leader, name="open"),
    path(CASE + "nodtilgang/<int:pk>/", access.review, name="review"),
    path(CASE + "inhabil/", access.disqualify, name="disqualify"),
    path(CASE + "inhabil/meg/", access.recuse, name="recuse"),
    path(CASE + "inhabil/<int:pk>/opphev/", access.let_in_again, name="let_in_again"),
    path(CASE + "adressesperre/", protection.protection, name="protection"),
    path(CASE + "adressesperre/losne/", protection.loosen, name="loosen"),
    path(CASE + "adressesperre/gruppe/", protection.group, name="group"),
    path(CASE + "adressesperre/ord/", protection.words, name="words"),
    path(CASE + "vis/", protection.reveal, name="reveal"),
    path(CASE + "sosken/", protection.siblings, name="siblings"),
    path(CASE + "sosken/<int:pk>/skill/", protection.part, name="part"),
]
