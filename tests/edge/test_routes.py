import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.views.generic import TemplateView

from orderly.edge.guard import PUBLIC, SIGNED_IN, guard
from orderly.edge.routes import Route, routes


@guard("patients:edit", "GET", "POST")
def edit(request: HttpRequest, clinic: str) -> HttpResponse:
    return HttpResponse()


@guard(PUBLIC)
def welcome(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def a_librarys(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("edit/<uuid:clinic>/", edit),
    path("site/", include([path("welcome", welcome), path("page", TemplateView.as_view())])),
    path("foreign", a_librarys),
    re_path(r"^key/(?P<user>[0-9A-Za-z]+)-(?P<key>(a|b)+)/$", welcome),
]


@pytest.mark.urls(__name__)
def test_every_route_with_what_it_needs() -> None:
    assert routes() == [
        Route("/edit/{clinic}/", "GET", "patients:edit"),
        Route("/edit/{clinic}/", "POST", "patients:edit"),
        Route("/foreign", "GET", SIGNED_IN),
        Route("/foreign", "POST", SIGNED_IN),
        Route("/key/{user}-{key}/", "GET", PUBLIC),
        Route("/site/page", "GET", SIGNED_IN),
        Route("/site/page", "POST", SIGNED_IN),
        Route("/site/welcome", "GET", PUBLIC),
    ]
