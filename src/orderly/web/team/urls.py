from django.urls import path

from orderly.web.team import invitations, views

urlpatterns = [
    path("<uuid:clinic>/", views.page, name="team"),
    path("<uuid:clinic>/search", views.search, name="team-search"),
    path("<uuid:clinic>/invite", invitations.invite, name="team-invite"),
    path("<uuid:clinic>/invite/send", invitations.send, name="team-invite-send"),
    path("<uuid:clinic>/invitations/<uuid:invitation>/resend", invitations.resend, name="team-invitation-resend"),
    path("<uuid:clinic>/invitations/<uuid:invitation>/revoke", invitations.revoke, name="team-invitation-revoke"),
    path("<uuid:clinic>/<uuid:user>/", views.member, name="team-member"),
    path("<uuid:clinic>/<uuid:user>/roles", views.roles, name="team-roles"),
    path("<uuid:clinic>/<uuid:user>/<slug:step>", views.step, name="team-step"),
]
