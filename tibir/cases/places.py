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


def without_words(said, pattern, instead):
    """The same answers with `instead` wherever the pattern stands in a text, however deep."""
    if isinstance(said, dict):
        return {name: without_words(each, pattern, instead) for name, each in said.items()}
    if isinstance(said, list):
        return [without_words(each, pattern, instead) for each in said]
    return pattern.sub(instead, said) if isinstance(said, str) else said
