from django.urls import path

from orderly.web.documents import views

urlpatterns = [
    path("appointments/<uuid:appointment>/confirmation.pdf", views.printed, name="appointment-confirmation"),
    path("purchases/<uuid:purchase>/schedule.pdf", views.planned, name="purchase-schedule"),
]
