"""Shapes that several operations share."""

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from orderly.core import money

Item = TypeVar("Item")


class In(BaseModel):
    """What is sent to us. A field we don't know is refused: a typing error must not pass in silence."""

    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    """What we answer."""


class Nothing(In):
    """An empty object."""


class Money(Out):
    """An exact amount: `{"amount": "12.50", "currency": "GBP"}`."""

    amount: str = Field(examples=["12.50"], pattern=r"^-?[0-9]{1,16}(\.[0-9]{1,4})?$")
    currency: str = Field(examples=["GBP"], pattern=r"^[A-Z]{3}$")

    @classmethod
    def of(cls, minor: int, currency: str) -> "Money":
        return cls(amount=money.text(minor, currency), currency=currency)


class MoneyIn(In):
    """An amount in the clinic's currency."""

    amount: str = Field(examples=["12.50"], pattern=r"^-?[0-9]{1,16}(\.[0-9]{1,4})?$")
    currency: str = Field(examples=["GBP"], pattern=r"^[A-Z]{3}$")


class Page(Out, Generic[Item]):
    """Some of a list; `next` is the cursor of the rest, null at the end."""

    items: list[Item]
    next: str | None


class ProblemOut(Out):
    """One reason for a refusal."""

    code: str = Field(examples=["provider_busy"])
    message: str = Field(examples=["Dr Smith is busy 10:00–10:30."])
    field: str | None = None


class AlternativeStep(Out):
    """One step of a party."""

    patient: str
    service: str
    provider: str
    resources: list[str]
    start: str
    end: str


class Alternative(Out):
    """A time that can be had instead."""

    start: str
    end: str
    provider: str


class WholeAlternative(Alternative):
    """A time at which all steps of a party can be had instead; the provider is whoever begins."""

    steps: list[AlternativeStep]


class Refusal(Out):
    """Problem details (RFC 9457). `alternatives` are there where a time can't be had."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    problems: list[ProblemOut]
    alternatives: list[WholeAlternative | Alternative] | None = None
