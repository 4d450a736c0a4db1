from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from orderly.clinics.models import Clinic
from orderly.core.models import Identified, Versioned
from orderly.journal.actor import Actor
from orderly.people.permissions import Role


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def visible_to(self, actor: Actor) -> UserQuerySet:
        return self.get_queryset().visible_to(actor)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, actor: Actor) -> UserQuerySet:
        """Those who hold a role in one of the actor's clinics."""
        if actor.clinics is None:
            return self
        return self.filter(pk__in=Membership.objects.filter(clinic__in=actor.clinics).values("user"))


class User(Identified, Versioned, AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in, by e-mail. What they may do hangs on their memberships.

    `epoch` is part of what every session of theirs is checked against with each request: one more ends them all.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="may enter the support admin")
    language = models.CharField(max_length=10, blank=True)
    date_joined = models.DateTimeField(auto_now_add=True)
    epoch = models.PositiveIntegerField(default=0, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_any_case"),)

    def __str__(self) -> str:
        return self.name or self.email

    def get_session_auth_hash(self) -> str:
        return f"{super().get_session_auth_hash()}.{self.epoch}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Under the secret keys that were in use before."""
        for old in super().get_session_auth_fallback_hash():
            yield f"{old}.{self.epoch}"


class Membership(Identified):
    """A role held in one clinic; super_admin is held in the organisation (clinic null)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, null=True, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "clinic", "role"], name="membership_once"),
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(clinic__isnull=True), name="membership_once_everywhere"
            ),
            models.CheckConstraint(
                condition=Q(role=Role.SUPER_ADMIN, clinic__isnull=True)
                | (~Q(role=Role.SUPER_ADMIN) & Q(clinic__isnull=False)),
                name="membership_clinic",
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} in {self.clinic_id or 'the organisation'}"


class RoleOverride(Identified):
    """One cell of the permission table that a clinic has changed."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices)
    permission = models.CharField(max_length=60)
    allowed = models.BooleanField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["clinic", "role", "permission"], name="override_once"),)

    def __str__(self) -> str:
        return f"{self.role} {'may' if self.allowed else 'may not'} {self.permission}"


class ApiToken(Identified):
    """A program's key: a user's rights in one clinic (null: wherever the user has them) or a subset of them. Only
    the hash is kept.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    permissions = models.JSONField(null=True, help_text="null: all of the user's")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Invitation(Identified):
    """That somebody is asked to take a role in a clinic (null: super_admin of the organisation).

    The secret of its link is made of the server's key and `nonce` (see `rules.secret`), so that the worker can write
    the link into the mail, and nobody who only reads this table can. Sending it again makes a new nonce: `round` says
    which mail is the valid one.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, null=True, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices)
    email = models.EmailField()
    language = models.CharField(max_length=10)
    nonce = models.CharField(max_length=43)
    round = models.PositiveSmallIntegerField(default=1)
    invited_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["clinic", "-id"], name="invitation_newest"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(role=Role.SUPER_ADMIN, clinic__isnull=True)
                | (~Q(role=Role.SUPER_ADMIN) & Q(clinic__isnull=False)),
                name="invitation_clinic",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True), name="invitation_end"
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} in {self.clinic_id or 'the organisation'}"
