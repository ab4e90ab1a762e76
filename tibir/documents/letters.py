"""What all letters have in common."""


def place(municipality):
    """What every letter says of who sends it."""
    return {
        "name": municipality.name,
        "phone": municipality.phone,
        "address": municipality.postal_address,
        "email": municipality.email,
        "office_hours": municipality.office_hours,
    }
