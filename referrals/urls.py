from django.urls import path

from referrals.views import assessment, attachments, desk, routing, staff, triage
from referrals.views.public import doors, later, sending, steps

app_name = "referrals"

# /henvisninger/…
staff_pages = [
    path("henvisninger/", staff.referral_list, name="list"),
    path("henvisninger/ny/", desk.register, name="register"),
    path("henvisninger/ny/<int:pk>/", desk.registered, name="registered"),
    path("henvisninger/drofting/", desk.discuss, name="discuss"),
    path("henvisninger/<int:pk>/", staff.detail, name="detail"),
    path(
        "henvisninger/<int:pk>/kontakt/<int:person>/",
        staff.confirm_contact,
        name="confirm_contact",
    ),
    path("henvisninger/<int:pk>/vis/", staff.reveal, name="reveal"),
    path("henvisninger/<int:pk>/ta/", assessment.take, name="take"),
    path("henvisninger/<int:pk>/gi/", assessment.give, name="give"),
    path("henvisninger/<int:pk>/spor/", assessment.ask, name="ask"),
    path("henvisninger/<int:pk>/spor/<int:inquiry>/", assessment.told, name="told"),
    path("henvisninger/<int:pk>/forelopig/", assessment.preliminary, name="preliminary"),
    path("henvisninger/<int:pk>/trekk/", assessment.withdraw, name="withdraw"),
    path("henvisninger/<int:pk>/apne/", assessment.reopen, name="reopen"),
    path("henvisninger/<int:pk>/kvittering/", assessment.forwarded, name="forwarded"),
    path("henvisninger/<int:pk>/mottatt/", assessment.correct, name="correct"),
    path(
        "henvisninger/<int:pk>/mottatt/<int:correction>/",
        assessment.settle_correction,
        name="settle_correction",
    ),
    path("henvisninger/<int:pk>/sammenlign/<int:other>/", triage.compare, name="compare"),
    path("henvisninger/<int:pk>/vurder/<int:other>/", triage.decide, name="triage"),
    path("henvisninger/<int:pk>/vedlegg/", attachments.attach, name="attach"),
    path(
        "henvisninger/<int:pk>/vedlegg/<uuid:attachment>/",
        attachments.download,
        name="attachment",
    ),
    path("henvisninger/innsendinger/<int:pk>/", staff.submission, name="submission"),
]

# /ruting/…
RULES = "ruting/<int:pk>/"
rule_pages = [
    path("ruting/", routing.rule_list, name="rules"),
    path("ruting/utproving/<int:pk>/", routing.try_out, name="try_out"),
    path(RULES, routing.rule_set, name="rule_set"),
    path(RULES + "kopier/", routing.copy, name="copy_rules"),
    path(RULES + "ny/<slug:place>/", routing.add_rule, name="add_rule"),
    path(RULES + "regel/<slug:key>/", routing.edit_rule, name="edit_rule"),
    path(RULES + "ordne/", routing.arrange, name="arrange_rules"),
    path(RULES + "trinn/", routing.add_tier, name="add_tier"),
    path(RULES + "trinn/<int:number>/", routing.rename_tier, name="rename_tier"),
    path(RULES + "prov/", routing.try_rules, name="try_rules"),
    path(RULES + "godkjenn/", routing.approve, name="approve_rules"),
    path(RULES + "ta-i-bruk/", routing.activate, name="activate_rules"),
    path(RULES + "forkast/", routing.discard, name="discard_rules"),
    path(RULES + "sammenlign/<int:other>/", routing.compare, name="compare_rules"),
]

# /<kommune>/henvisning/…
FORM = "<slug:municipality>/henvisning/"
DRAFT = FORM + "<uuid:public_id>/"
public_pages = [
    path(FORM, doors.start, name="start"),
    path(FORM + "begynn/", doors.begin, name="begin"),
    path(FORM + "ring-meg/", doors.call_me, name="call_me"),
    path(DRAFT + "fortsett/", later.resume, name="resume"),
    path(DRAFT + "senere/", later.later, name="later"),
    path(DRAFT + "slett/", later.discard, name="discard"),
    path(DRAFT + "oppsummering/", sending.summary, name="summary"),
    path(DRAFT + "vedlegg/", attachments.enclose, name="enclose"),
    path(DRAFT + "vedlegg/<uuid:attachment>/fjern/", attachments.take_out, name="take_out"),
    path(DRAFT + "<slug:slug>/", steps.step, name="step"),
]

urlpatterns = staff_pages + rule_pages + public_pages
