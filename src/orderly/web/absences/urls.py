from django.urls import path

from orderly.web.absences import applying, calling, views

urlpatterns = [
    path("<uuid:clinic>/", views.page, name="absences"),
    path("<uuid:clinic>/away", views.away, name="absence-away"),
    path("<uuid:clinic>/note", views.note, name="absence-note"),
    path("<uuid:clinic>/<uuid:rule>/back", views.back, name="absence-back"),
    path("<uuid:clinic>/plan", applying.plan, name="absence-plan"),
    path("<uuid:clinic>/plan/anew", applying.anew, name="absence-anew"),
    path("<uuid:clinic>/apply", applying.apply, name="absence-apply"),
    path("<uuid:clinic>/called/<uuid:appointment>", calling.called, name="absence-called"),
    path("<uuid:clinic>/undo", applying.undo, name="absence-undo"),
]
