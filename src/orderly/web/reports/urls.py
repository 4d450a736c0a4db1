from django.urls import path

from orderly.web.reports import packages

urlpatterns = [
    path("<uuid:clinic>/packages", packages.page, name="package-report"),
    path("<uuid:clinic>/packages.csv", packages.file, name="package-report-file"),
]
