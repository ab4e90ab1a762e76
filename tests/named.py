"""Tables in docs/ that name tests: what a name must be to count."""

import ast
import csv
from functools import cache

from tests.databases import ROOT


def rows_of(path):
    """The rows of a table in docs/, as {column: value}."""
    with (ROOT / path).open(newline="") as file:
        return list(csv.DictReader(file))


@cache
def names_in(path):
    """The names of the tests in a file, which is read and not run; none where there is no file."""
    if not (ROOT / path).is_file():
        return set()
    tree = ast.parse((ROOT / path).read_text())
    return {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}


def missing(tests):
    """Those of `tests`, «path::name» with spaces between, that do not exist."""
    parts = [test.partition("::") for test in tests.split()]
    return [
        test
        for test in parts
        if not test[2].startswith("test_") or test[2] not in names_in(test[0])
    ]
