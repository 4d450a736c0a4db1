from django.urls import path

from orderly.web.patients import editing, family, links, listing, page, quick, relatives, saving, standing, views

urlpatterns = [
    path("<uuid:clinic>/", listing.page, name="patient-list"),
    path("<uuid:clinic>/find", listing.find, name="patient-find"),
    path("<uuid:clinic>/keep", saving.keep, name="patient-keep"),
    path("<uuid:clinic>/forget/<uuid:kept>", saving.forget, name="patient-forget"),
    path("<uuid:clinic>/search", views.search, name="patient-search"),
    path("<uuid:clinic>/new", views.new, name="patient-new"),
    path("<uuid:clinic>/register", views.register, name="patient-register"),
    path("<uuid:clinic>/quick", quick.quick, name="patient-quick"),
    path("<uuid:clinic>/add", editing.add, name="patient-add"),
    path("<uuid:clinic>/relatives", relatives.relatives, name="patient-relatives"),
    path("<uuid:clinic>/ask-link", views.ask_link, name="patient-ask-link"),
    path("<uuid:clinic>/links", links.page, name="patient-links"),
    path("<uuid:clinic>/links/<uuid:link>/<slug:answer>", links.decide, name="patient-link-decide"),
    path("<uuid:clinic>/<uuid:patient>/", page.page, name="patient"),
    path("<uuid:clinic>/<uuid:patient>/part", page.part, name="patient-part"),
    path("<uuid:clinic>/<uuid:patient>/older", page.older, name="patient-older"),
    path("<uuid:clinic>/<uuid:patient>/changes", page.changes, name="patient-changes"),
    path("<uuid:clinic>/<uuid:patient>/looks", page.looks, name="patient-looks"),
    path("<uuid:clinic>/<uuid:patient>/edit", editing.edit, name="patient-edit"),
    path("<uuid:clinic>/<uuid:patient>/standing", standing.standing, name="patient-standing"),
    path("<uuid:clinic>/<uuid:patient>/family", family.family, name="patient-family"),
    path("<uuid:clinic>/<uuid:patient>/put-back/<int:entry>", page.put_back, name="patient-put-back"),
    path("<uuid:clinic>/<uuid:patient>/chosen", views.chosen, name="patient-chosen"),
]
