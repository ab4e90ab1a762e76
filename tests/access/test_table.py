"""docs/security/access.md is what the data protection officer reads: it says what the code does."""

from tests.databases import ROOT
from tibir.access.roles import SEES, Kind
from tibir.accounts.models import Role

PAGE = ROOT / "docs" / "security" / "access.md"
CELLS = {"yes": True, "–": False}


def table():
    """{(kind, role): whether}, cell by cell, from the page."""
    lines = PAGE.read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("| kind |"))
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    (_kind, _about, *roles), _rule, *body = rows
    return {
        (kind, role): CELLS[cell]
        for kind, _about, *cells in body
        for role, cell in zip(roles, cells, strict=True)
    }


def test_the_documentation_says_what_the_code_does():
    assert table() == {(kind, role): role in SEES[kind] for kind in Kind for role in Role}
