"""Telephone numbers: typed as people write them, kept as E.164."""

import phonenumbers

COUNTRIES = frozenset(phonenumbers.SUPPORTED_REGIONS)


def e164(typed: str, country: str) -> str:
    """`typed` in E.164, read in `country` (ISO 3166 alpha-2) unless it starts with +. Raises ValueError if it can't
    be a number there.
    """
    try:
        number = phonenumbers.parse(typed, country or None)
    except phonenumbers.NumberParseException as error:
        raise ValueError(typed) from error
    if not phonenumbers.is_valid_number(number):
        raise ValueError(typed)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
