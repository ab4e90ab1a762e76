from django.urls import path

from tibir.operations import views

app_name = "operations"

urlpatterns = [
    path("helse/", views.whole, name="whole"),
    path("helse/live/", views.live, name="live"),
    path("helse/klar/", views.ready, name="ready"),
    path("avvik-fra-regler/", views.policy_report, name="policy_report"),
    path("drift/", views.health, name="health"),
]
