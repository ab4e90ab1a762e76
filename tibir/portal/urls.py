from django.urls import path

from tibir.portal import views

app_name = "portal"

RECEIPT = "<slug:municipality>/kvittering/<uuid:public_id>/"

urlpatterns = [
    path(RECEIPT, views.receipt, name="receipt"),
    path(RECEIPT + "klar/", views.receipt_ready, name="receipt_ready"),
    path(RECEIPT + "pdf/", views.receipt_pdf, name="receipt_pdf"),
    path(RECEIPT + "glem/", views.forget, name="forget"),
    path("<slug:municipality>/status/<uuid:public_id>/", views.status, name="status"),
]
