from django.urls import path

from orderly.web.dashboard import views

urlpatterns = [
    path("<uuid:clinic>/", views.page, name="dashboard"),
    path("<uuid:clinic>/part", views.part, name="dashboard-part"),
]
