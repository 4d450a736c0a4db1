from django.urls import path

from orderly.web.reference import views

urlpatterns = [
    path("<uuid:clinic>/", views.page, name="reference"),
    path("<uuid:clinic>/add", views.add, name="reference-add"),
    path("<uuid:clinic>/item/<uuid:item>", views.change, name="reference-change"),
    path("<uuid:clinic>/reason", views.add_one_reason, name="reference-reason-add"),
    path("<uuid:clinic>/reason/<uuid:reason>", views.change_one_reason, name="reference-reason"),
    path("<uuid:clinic>/required", views.required, name="reference-required"),
]
