from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from tibir.accounts.views import logged_in
from tibir.operations.views import admin_door
from tibir.staff.views.login import LoginView, LogoutView

handler500 = "tibir.core.middleware.server_error"

demo = {"demo_users": []}
if settings.DEMO:
    from tibir.demo import trial
    from tibir.demo.people import DEMO_USERS, PASSWORD

    demo = {"demo_users": DEMO_USERS, "demo_password": PASSWORD, "trial": trial.KEY}

login = LoginView.as_view(extra_context=demo)

urlpatterns = [
    path("", include("tibir.home.urls")),
    path("logg-inn/", login, name="login"),
    path("logg-ut/", LogoutView.as_view(), name="logout"),
    path("innlogget/", logged_in, name="logged_in"),
    path("sprak/", login_not_required(set_language), name="set_language"),
    path("", include("tibir.staff.urls")),
    path("", include("tibir.operations.urls")),
]
if settings.ADMIN_ENABLED:
    urlpatterns += [
        path("admin/login/", admin_door, name="admin_door"),
        path("admin/", admin.site.urls),
    ]
urlpatterns += [
    path("", include("tibir.deadlines.urls")),
    path("", include("tibir.family.urls")),
    path("", include("tibir.instruments.urls")),
    path("", include("interventions.urls")),
    path("", include("referrals.urls")),
    path("", include("tibir.documents.urls")),
    path("", include("tibir.portal.urls")),
]
