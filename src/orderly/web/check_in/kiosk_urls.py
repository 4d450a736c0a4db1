from django.urls import path

from orderly.web.check_in import kiosk

urlpatterns = [
    path("<uuid:clinic>/here", kiosk.here, name="kiosk-here"),
    path("<uuid:clinic>/<str:secret>/", kiosk.page, name="kiosk"),
]
