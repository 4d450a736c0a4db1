from django.urls import path

from orderly.web.queue import screens, views, walk_in

urlpatterns = [
    path("<uuid:clinic>/", views.page, name="queue"),
    path("<uuid:clinic>/part", views.part, name="queue-part"),
    path("<uuid:clinic>/call-next", views.call_next, name="queue-call-next"),
    path("<uuid:clinic>/walk-in", walk_in.panel, name="walk-in"),
    path("<uuid:clinic>/walk-in/when", walk_in.when, name="walk-in-when"),
    path("<uuid:clinic>/walk-in/book", walk_in.book, name="walk-in-book"),
    path("<uuid:clinic>/screens", screens.page, name="screens"),
    path("<uuid:clinic>/screens/add", screens.add, name="screen-add"),
    path("<uuid:clinic>/screens/<uuid:screen>/revoke", screens.revoke, name="screen-revoke"),
    path("<uuid:clinic>/rules", screens.rules, name="queue-rules"),
    path("<uuid:clinic>/<uuid:appointment>/<slug:step>", views.step, name="queue-step"),
]
