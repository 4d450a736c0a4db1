from django.urls import path

from orderly.web.audit import views

urlpatterns = [
    path("<uuid:clinic>/", views.page, name="audit"),
    path("<uuid:clinic>/find", views.find, name="audit-find"),
]
