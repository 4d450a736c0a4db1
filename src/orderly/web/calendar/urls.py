from django.urls import path

from orderly.web.calendar import views

urlpatterns = [
    path("<uuid:clinic>/", views.page, name="calendar"),
    path("<uuid:clinic>/feed", views.feed, name="calendar-feed"),
]
