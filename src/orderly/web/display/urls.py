from django.urls import path

from orderly.web.display import views

urlpatterns = [
    path("<uuid:clinic>/<str:secret>/", views.page, name="display"),
    path("<uuid:clinic>/<str:secret>/numbers", views.shown, name="display-numbers"),
]
