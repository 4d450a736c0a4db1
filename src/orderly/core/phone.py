"""Telephone numbers: typed as people write them, kept as E.164."""

import phonenumbers

COUNTRIES = frozenset(phonenumbers.SUPPORTED_REGIONS)


def e164(typed: str, country: str) -> str:
    """`typed` in E.164, read in `country` (ISO 3166 alpha-2) unless it starts with +. Raises ValueError if it can't
    be a number there.

    Its length must be right for the country; its prefix needn't be one that the library knows, because operators get
    new ones faster than programs are updated, and a patient with a new number must be registered today.
    """
    try:
        number = phonenumbers.parse(typed, country or None)
    except phonenumbers.NumberParseException as error:
        raise ValueError(typed) from error
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise ValueError(typed)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def read_out(number: str) -> str:
    """E.164 with spaces, as it is read out; what isn't a number as it is."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
