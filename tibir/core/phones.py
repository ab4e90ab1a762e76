"""Telephone numbers as people read them and as telephones dial them."""

import re

import phonenumbers


def readable(number):
    """«+47 99 00 00 01», never broken over two lines; what is no number stays as it is."""
    try:
        parsed = phonenumbers.parse(number, "NO")
    except phonenumbers.NumberParseException:
        return number
    shown = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return shown.replace(" ", "\N{NO-BREAK SPACE}")


def dialled(number):
    return re.sub(r"[^0-9+]", "", number)


def international(number):
    """«+4799000001», as gateways take it."""
    parsed = phonenumbers.parse(number, "NO")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


MOBILE = {
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,  # some countries do not tell
}


def is_mobile(number):
    """A number that a text message may be sent to."""
    try:
        parsed = phonenumbers.parse(number, "NO")
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.number_type(parsed) in MOBILE
