from django.urls import path

from orderly.web.booking import views

urlpatterns = [
    path("<uuid:clinic>/", views.panel, name="booking"),
    path("<uuid:clinic>/hold", views.hold, name="booking-hold"),
    path("<uuid:clinic>/keep", views.keep_draft, name="booking-keep"),
    path("<uuid:clinic>/elsewhere", views.elsewhere, name="booking-elsewhere"),
    path("<uuid:clinic>/let-go", views.let_go, name="booking-let-go"),
    path("<uuid:clinic>/book", views.book, name="booking-book"),
]
