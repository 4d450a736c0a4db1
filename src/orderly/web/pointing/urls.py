from django.urls import path

from orderly.web.pointing import views

urlpatterns = [
    path("<uuid:clinic>/why", views.why, name="why"),
    path("<uuid:clinic>/pinned", views.pinned, name="pinned"),
    path("<uuid:clinic>/<uuid:appointment>/", views.peek, name="peek"),
]
