from django.urls import path

from referrals.views import attachments, public, staff

app_name = "referrals"

# /henvisninger/…
staff_pages = [
    path("henvisninger/", staff.referral_list, name="list"),
    path("henvisninger/<int:pk>/", staff.detail, name="detail"),
    path(
        "henvisninger/<int:pk>/kontakt/<int:person>/",
        staff.confirm_contact,
        name="confirm_contact",
    ),
    path("henvisninger/<int:pk>/vedlegg/", attachments.attach, name="attach"),
    path(
        "henvisninger/<int:pk>/vedlegg/<uuid:attachment>/",
        attachments.download,
        name="attachment",
    ),
    path("henvisninger/innsendinger/<int:pk>/", staff.submission, name="submission"),
]

# /<kommune>/henvisning/…
FORM = "<slug:municipality>/henvisning/"
DRAFT = FORM + "<uuid:public_id>/"
public_pages = [
    path(FORM, public.start, name="start"),
    path(FORM + "begynn/", public.begin, name="begin"),
    path(FORM + "ring-meg/", public.call_me, name="call_me"),
    path(DRAFT + "fortsett/", public.resume, name="resume"),
    path(DRAFT + "senere/", public.later, name="later"),
    path(DRAFT + "slett/", public.discard, name="discard"),
    path(DRAFT + "oppsummering/", public.summary, name="summary"),
    path(DRAFT + "vedlegg/", attachments.enclose, name="enclose"),
    path(DRAFT + "vedlegg/<uuid:attachment>/fjern/", attachments.take_out, name="take_out"),
    path(DRAFT + "<slug:slug>/", public.step, name="step"),
]

urlpatterns = staff_pages + public_pages
