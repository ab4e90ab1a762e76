from django.urls import path

from interventions import views

app_name = "interventions"

urlpatterns = [path("henvisninger/<int:pk>/svar/", views.answer, name="answer")]
