from django.urls import path

from tibir.instruments import views

app_name = "instruments"

# /saker/<case>/malinger/…
HERE = "saker/<int:case>/malinger/"
urlpatterns = [
    path(HERE, views.measurements, name="measurements"),
    path(HERE + "ny/", views.choose, name="choose"),
    path(HERE + "ny/<slug:code>/", views.items, name="items"),
    path(HERE + "ny/<slug:code>/summer/", views.totals, name="totals"),
    path(HERE + "ny/<slug:code>/lisens/", views.licence, name="licence"),
    path(HERE + "<int:pk>/", views.measurement, name="measurement"),
    path(HERE + "<int:pk>/en-gang-til/", views.second, name="second"),
    path(HERE + "<int:pk>/stryk/", views.strike, name="strike"),
]
