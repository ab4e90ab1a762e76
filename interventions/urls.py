from django.urls import path

from interventions.views import answer, course, decision, direct, meeting, note, safety, screening

app_name = "interventions"

CASE = "saker/<int:pk>"
COURSE = f"{CASE}/kartlegging/<int:course>"
MEETING = f"{CASE}/mote/<int:meeting>"
NOTE = f"{CASE}/notat/<int:note>"

urlpatterns = [
    path("henvisninger/<int:pk>/svar/", answer.answer, name="answer"),
    path("henvisninger/<int:pk>/kartlegging/", course.plan_screening, name="plan_screening"),
    path("henvisninger/direkte/", direct.start, name="direct"),
    path("kartlegginger/", course.screening_list, name="screenings"),
    path(f"{COURSE}/", screening.detail, name="screening"),
    path(f"{COURSE}/behandler/", course.assign, name="assign"),
    path(f"{COURSE}/avslutt/", course.end, name="end"),
    path(f"{COURSE}/mote/", meeting.plan, name="plan_meeting"),
    path(f"{COURSE}/sporsmal/<int:person>/", screening.gate, name="gate"),
    path(f"{COURSE}/observasjon/", screening.observation, name="observation"),
    path(f"{COURSE}/samtale/", screening.conversation, name="conversation"),
    path(f"{COURSE}/funn/", screening.findings, name="findings"),
    path(f"{COURSE}/beslutning/", decision.decide, name="decide"),
    path(f"{COURSE}/trygghet/", safety.check, name="safety"),
    path(f"{CASE}/trygghet/<int:check>/", safety.report, name="report_worry"),
    path(f"{CASE}/trygghet/<int:check>/ikke-meldt/", safety.explain, name="explain_worry"),
    path(f"{MEETING}/", meeting.change, name="change_meeting"),
    path(f"{MEETING}/holdt/", meeting.hold, name="hold"),
    path(f"{MEETING}/ikke-holdt/", meeting.miss, name="miss"),
    path(f"{NOTE}/", note.note, name="note"),
    path(f"{NOTE}/lagre/", note.save, name="save_note"),
    path(f"{NOTE}/tillegg/", note.add_to, name="add_to_note"),
]
