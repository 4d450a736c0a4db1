"""A clinic as an administrator describes it."""

from dataclasses import dataclass

from orderly.core.edits import UNSET, Details, Unset


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicDetails(Details):
    """Everything that can be said of a clinic. Hours of the day are minutes since midnight, money is in minor units;
    `late_fee` is whole percent where its kind is percent.
    """

    name: str | Unset = UNSET
    address: str | Unset = UNSET
    phone: str | Unset = UNSET
    email: str | Unset = UNSET
    document_footer: str | Unset = UNSET
    country: str | Unset = UNSET
    timezone: str | Unset = UNSET
    currency: str | Unset = UNSET
    languages: list[str] | Unset = UNSET
    slot_minutes: int | Unset = UNSET
    hold_minutes: int | Unset = UNSET
    check_in_minute: int | Unset = UNSET
    check_out_minute: int | Unset = UNSET
    free_cancel_hours: int | Unset = UNSET
    late_fee_kind: str | Unset = UNSET
    late_fee: int | Unset = UNSET
    no_show_fee: int | Unset = UNSET
    no_show_uses_session: bool | Unset = UNSET
    late_cancel_uses_session: bool | Unset = UNSET
    package_from_first_instalment: bool | Unset = UNSET
    self_service_hours: int | Unset = UNSET
    online_confirms: bool | Unset = UNSET
    waiting_long_minutes: int | Unset = UNSET
    waiting_too_long_minutes: int | Unset = UNSET
    check_in_requires: list[str] | Unset = UNSET
    patient_requires: list[str] | Unset = UNSET
