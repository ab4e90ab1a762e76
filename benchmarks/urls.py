from django.urls import path

from benchmarks.bare import bare_list
from tibir.urls import urlpatterns as ours

urlpatterns = [
    path("bare/<int:unit>/", bare_list),
    path("bare-behind-login/<int:unit>/", bare_list),
    *ours,
]
