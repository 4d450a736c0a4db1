from django.urls import path

from orderly.web.calendar import views

urlpatterns = [
    path("<uuid:clinic>/", views.page, name="calendar"),
    path("<uuid:clinic>/feed", views.feed, name="calendar-feed"),
    path("<uuid:clinic>/density", views.density, name="calendar-density"),
    path("<uuid:clinic>/views/keep", views.keep_view, name="calendar-view-keep"),
    path("<uuid:clinic>/views/<uuid:kept>/forget", views.forget_view, name="calendar-view-forget"),
]
