from django.urls import path

from orderly.web.series import change_views, views

urlpatterns = [
    path("<uuid:clinic>/repeat", views.repeat, name="series-repeat"),
    path("<uuid:clinic>/plan", views.plan, name="series-plan"),
    path("<uuid:clinic>/book", views.book, name="series-book"),
    path("<uuid:appointment>/change", change_views.panel, name="series-change"),
    path("<uuid:appointment>/change/plan", change_views.plan, name="series-change-plan"),
    path("<uuid:appointment>/change/to", change_views.change_to, name="series-change-to"),
    path("<uuid:appointment>/cancel", change_views.cancel, name="series-cancel"),
    path("<uuid:appointment>/undo", change_views.undo, name="series-undo"),
    path("<uuid:appointment>/calendar", change_views.calendar, name="series-calendar"),
]
