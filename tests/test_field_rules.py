"""docs/security/validation.md says what the forms take, to the last field."""

import re

from tests import field_rules
from tests.databases import ROOT


def test_the_page_of_rules_says_what_the_forms_and_the_database_take():
    again = "TIBIR_MODE=test DJANGO_SETTINGS_MODULE=tibir.settings python -m tests.field_rules"
    assert field_rules.written() == field_rules.tables(), again


def test_every_kind_of_field_is_explained():
    page = (ROOT / "docs/security/validation.md").read_text()
    kinds = page.split("## Kinds")[1].split("## Fields")[0]
    explained = set(re.findall(r"\w+", " ".join(re.findall(r"^\| ([^|]+) \|", kinds, re.M))))
    assert field_rules.kinds_used() == explained - {"Kind"}


def test_every_form_and_what_it_compares_is_there():
    """The page is made of what is found: this is what must be found at least."""
    named = dict(field_rules.lines())
    assert ("protection", "Choice of 3, required") in named["parent / deg"]
    assert ("password", "Char, required") in named["tibir.staff.LoginForm"]
    assert len(named) > 80
    assert (
        "De to passordene er ikke like. Skriv dem på nytt."
        in dict(field_rules.together())["tibir.staff.PasswordForm"]
    )
    assert "user_email_is_lower_case" in dict(field_rules.constraints())["accounts.User"]
