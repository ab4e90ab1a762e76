from django.urls import path

from tibir.deadlines import views

app_name = "deadlines"

urlpatterns = [
    path("frister/", views.deadline_list, name="list"),
    path("frister/<int:pk>/", views.detail, name="detail"),
    path("frister/<int:pk>/ta/", views.take, name="take"),
    path("frister/<int:pk>/gi/", views.give, name="give"),
    path("frister/<int:pk>/ferdig/", views.finish, name="finish"),
]
