from django.urls import path

from orderly.web.patients import links, views

urlpatterns = [
    path("<uuid:clinic>/search", views.search, name="patient-search"),
    path("<uuid:clinic>/<uuid:patient>/chosen", views.chosen, name="patient-chosen"),
    path("<uuid:clinic>/new", views.new, name="patient-new"),
    path("<uuid:clinic>/ask-link", views.ask_link, name="patient-ask-link"),
    path("<uuid:clinic>/links", links.page, name="patient-links"),
    path("<uuid:clinic>/links/<uuid:link>/<slug:answer>", links.decide, name="patient-link-decide"),
    path("<uuid:clinic>/register", views.register, name="patient-register"),
]
