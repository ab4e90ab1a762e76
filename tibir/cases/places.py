"""Where somebody is, in what was answered: by the names that every form gives these questions."""

PLACES = frozenset({"address", "place", "workplace"})
CONTACT = PLACES | {"phone", "email"}


def without(answers, keys=PLACES):
    """The same answers with nothing under these names, however deep they stand."""
    if isinstance(answers, dict):
        return {name: "" if name in keys else without(said, keys) for name, said in answers.items()}
    if isinstance(answers, list):
        return [without(said, keys) for said in answers]
    return answers
