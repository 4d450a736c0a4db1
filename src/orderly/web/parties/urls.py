from django.urls import path

from orderly.web.parties import undoing, views

urlpatterns = [
    path("<uuid:clinic>/", views.page, name="party-new"),
    path("<uuid:clinic>/people", views.people, name="party-people"),
    path("<uuid:clinic>/find", views.find, name="party-find"),
    path("<uuid:clinic>/book", views.book, name="party-book"),
    path("<uuid:appointment>/undo", undoing.undo, name="party-undo"),
]
