from django.urls import path

from tibir.home import views

app_name = "home"

urlpatterns = [
    path("", views.start, name="start"),
    path("varsler/", views.notification_list, name="notifications"),
    path("varsler/lest/", views.read_all, name="read_all"),
    path("varsler/<int:pk>/lest/", views.read, name="read"),
    path("saker/<int:pk>/", views.case, name="case"),
    path("saker/<int:pk>/enhet/", views.give_unit, name="give_unit"),
    path("sok/", views.search, name="search"),
]
