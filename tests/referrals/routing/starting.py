"""The starting point that TIBIR ships, and families that nobody has met."""

import json

from hypothesis import strategies as st

from referrals.routing import CATALOGUE, clean, read
from tests.databases import ROOT

WRITTEN = json.loads((ROOT / "referrals/migrations/0002_starting_point.json").read_text())
TABLE = read(WRITTEN)


def values(kind):
    return st.sampled_from(kind.values).map(lambda one: list(one) if type(one) is tuple else one)


def families(catalogue=CATALOGUE):
    """Facts of a family; any of them may be unknown."""
    known = {name: st.none() | values(kind) for name, kind in catalogue.items()}
    return st.fixed_dictionaries(known).map(lambda facts: clean(facts, catalogue))


def known_families(catalogue=CATALOGUE):
    return st.fixed_dictionaries({name: values(kind) for name, kind in catalogue.items()})
