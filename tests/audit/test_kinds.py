"""Every verb that the code can write has a sentence that a person can read."""

import ast
import re

from tests.test_consistency import parsed, sources
from tibir.audit.kinds import BASES, VERBS

SHAPE = re.compile(r"[a-z]+\.[a-z_]+")
NOUNS = {verb.partition(".")[0] for verb in VERBS}
# The same shape, and no verbs: tasks of the clock, and a file.
TASKS = {"audit.seal", "audit.verify", "deadlines.sweep", "family.groups", "keys.env"}
TASKS |= {"staff.link", "staff.look", "staff.tick"}


def verbs_in(path):
    """What is passed to `record` or `event`, and whatever else looks like one of our verbs."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            first = node.args[0]
            if name in {"record", "event"} and isinstance(first, ast.Constant):
                yield first.value
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            is_verb = SHAPE.fullmatch(node.value) and node.value.partition(".")[0] in NOUNS
            if is_verb and path.parent.name not in {"audit", "migrations"}:
                yield node.value


def test_every_verb_in_the_code_has_a_sentence():
    used = {verb for path in sources("*.py") for verb in verbs_in(path)} - TASKS
    assert len(used) > 50
    assert not used - VERBS.keys()


def test_every_basis_in_the_code_has_its_words():
    used = set()
    for path in sources("*.py"):
        for node in ast.walk(parsed(path)):
            is_basis = isinstance(node, ast.keyword) and node.arg == "basis"
            if is_basis and isinstance(node.value, ast.Constant):
                used |= {node.value.value} - {""}
            if isinstance(node, ast.FunctionDef) and node.name == "basis":
                returns = [each for each in ast.walk(node) if isinstance(each, ast.Constant)]
                found = {each.value for each in returns if re.fullmatch(r"[a-z]+", str(each.value))}
                used |= found
    assert used
    assert not used - BASES.keys()
