from django.urls import path

from orderly.operations.views import PROBES

urlpatterns = [path(name, view, name=name) for name, view in PROBES.items()]
