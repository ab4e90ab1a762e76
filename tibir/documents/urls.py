from django.urls import path

from tibir.documents import views

app_name = "documents"

urlpatterns = [
    path("brev/", views.letters, name="letters"),
    path("brev/utskrift/", views.print_letters, name="print"),
    path("brev/postet/", views.posted, name="posted"),
    path("brev/dokument/<int:pk>/", views.document, name="document"),
    path("brev/<int:pk>/sendt/", views.done, name="done"),
    path("brev/<int:pk>/retur/", views.failed, name="failed"),
    path("brev/<int:pk>/igjen/", views.again, name="again"),
]
