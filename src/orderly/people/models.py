from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from orderly.clinics.models import Clinic
from orderly.core.models import Identified
from orderly.people.permissions import Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(Identified, AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in, by e-mail. What they may do hangs on their memberships."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="may enter the support admin")
    language = models.CharField(max_length=10, blank=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_any_case"),)

    def __str__(self) -> str:
        return self.name or self.email


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
