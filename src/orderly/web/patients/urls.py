from django.urls import path

from orderly.web.patients import views

urlpatterns = [
    path("<uuid:clinic>/search", views.search, name="patient-search"),
    path("<uuid:clinic>/<uuid:patient>/chosen", views.chosen, name="patient-chosen"),
    path("<uuid:clinic>/new", views.new, name="patient-new"),
    path("<uuid:clinic>/register", views.register, name="patient-register"),
]
