"""Registering patients, changing their records, and linking them with clinics."""

from orderly.patients.actions.change import change, put_back
from orderly.patients.actions.family import relate, unrelate
from orderly.patients.actions.links import decide_link, request_link, tell_elsewhere
from orderly.patients.actions.register import register, register_with

__all__ = [
    "change",
    "decide_link",
    "put_back",
    "register",
    "register_with",
    "relate",
    "request_link",
    "tell_elsewhere",
    "unrelate",
]
