from django.urls import path

from orderly.web.appointments import change_views, move_views, telling_views, views

urlpatterns = [
    path("<uuid:appointment>/", views.panel, name="appointment"),
    path("<uuid:appointment>/move", move_views.move, name="appointment-move"),
    path("<uuid:appointment>/move/to", move_views.move_to, name="appointment-move-to"),
    path("<uuid:appointment>/cancel", views.cancel, name="appointment-cancel"),
    path("<uuid:appointment>/reopen", views.reopen, name="appointment-reopen"),
    path("<uuid:appointment>/put-back/<int:entry>", views.put_back, name="appointment-put-back"),
    path("<uuid:appointment>/assign", change_views.assign, name="appointment-assign"),
    path("<uuid:appointment>/correct", change_views.correct, name="appointment-correct"),
    path("<uuid:appointment>/telling", telling_views.telling, name="appointment-telling"),
    path("<uuid:appointment>/undo", change_views.undo, name="appointment-undo"),
    path("<uuid:appointment>/<slug:step>", views.step, name="appointment-step"),
]
