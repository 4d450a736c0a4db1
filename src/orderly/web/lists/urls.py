from django.urls import path

from orderly.web.lists import arrivals, day_sheet, views

urlpatterns = [
    path("<uuid:clinic>/appointments", views.page, name="appointment-list"),
    path("<uuid:clinic>/appointments/find", views.find, name="appointment-list-find"),
    path("<uuid:clinic>/appointments/export", views.export, name="appointment-list-export"),
    path("<uuid:clinic>/filters/keep", views.keep, name="appointment-list-keep"),
    path("<uuid:clinic>/filters/<uuid:kept>/forget", views.forget, name="appointment-list-forget"),
    path("<uuid:clinic>/arrivals", arrivals.page, name="arrivals"),
    path("<uuid:clinic>/arrivals/part", arrivals.part, name="arrivals-part"),
    path("<uuid:clinic>/day-sheet", day_sheet.page, name="day-sheet"),
]
