from django.urls import path

from tibir.staff.views import links, login, oidc, own, reviews

app_name = "staff"

urlpatterns = [
    path("logg-inn/kode/", login.code, name="code"),
    path("logg-inn/to-steg/", login.enrol, name="enrol"),
    path("logg-inn/reservekoder/", login.paper, name="paper"),
    path("logg-inn/glemt/", links.forgotten, name="forgotten"),
    path("logg-inn/lenke/", links.link, name="link"),
    path("logg-inn/passord/", links.password_by_link, name="password_by_link"),
    path("logg-inn/med/<slug:key>/", oidc.begin, name="oidc"),
    path("logg-inn/med/<slug:key>/svar/", oidc.answer, name="oidc_answer"),
    path("min-innlogging/", own.own, name="own"),
    path("min-innlogging/bekreft/", own.proof, name="proof"),
    path("min-innlogging/passord/", own.password, name="password"),
    path("min-innlogging/to-steg/", own.make, name="make"),
    path("min-innlogging/reservekoder/", own.paper_anew, name="paper_anew"),
    path("min-innlogging/passnokkel/<int:pk>/fjern/", own.remove_passkey, name="remove_passkey"),
    path("min-innlogging/innlogget/<slug:mark>/avslutt/", own.end_session, name="end_session"),
    path("tilganger/", reviews.review_list, name="reviews"),
    path("tilganger/<int:pk>/", reviews.review, name="review"),
]
