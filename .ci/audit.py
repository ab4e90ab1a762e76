"""Asks whether a known hole is in what is locked, and whether it has stood too long.

Needs the network, so neither the tests nor the lint ask: run it each week and before a version.
What was found and not yet replaced stands in docs/security/holes.csv. Ends with 1 when a hole is
not written there or has stood longer than docs/security/libraries.md allows, and with 2 when
nobody answered.
"""

import csv
import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOLES = ROOT / "docs" / "security" / "holes.csv"
# Days from when somebody could know of it; docs/security/libraries.md says the same.
FRAMES = {"critical": 2, "high": 7, "moderate": 30, "low": 90}
PYTHON = [
    ROOT / ".venv/bin/uv", "tool", "run", "pip-audit", "--requirement", "requirements.txt",
    "--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off",
]  # fmt: skip
NODE = ["npm", "audit", "--json"]


class NoAnswer(Exception):
    """What came is no list of holes."""


@dataclass(frozen=True, order=True)
class Hole:
    library: str
    name: str


def of_python(text):
    """The holes in the answer of pip-audit. Raises NoAnswer."""
    try:
        found = json.loads(text)["dependencies"]
        if any("skip_reason" in each for each in found):
            raise NoAnswer("pip-audit")
        return {
            Hole(each["name"].lower(), hole["id"])
            for each in found
            for hole in each.get("vulns", ())
        }
    except (ValueError, KeyError, TypeError) as error:
        raise NoAnswer("pip-audit") from error


def of_node(text):
    """The holes in the answer of npm. Raises NoAnswer."""
    try:
        found = json.loads(text)["vulnerabilities"]
        return {
            Hole(name, via["url"].rpartition("/")[2])
            for name, about in found.items()
            for via in about["via"]
            if isinstance(via, dict)
        }
    except (ValueError, KeyError, TypeError) as error:
        raise NoAnswer("npm audit") from error


def written(path=HOLES):
    """{hole: (severity, since)} as somebody wrote it down."""
    with path.open(newline="") as file:
        return {
            Hole(row["library"].lower(), row["hole"]): (
                row["severity"], date.fromisoformat(row["since"]),
            )
            for row in csv.DictReader(file)
        }  # fmt: skip


def overdue(known, today):
    """Sentences about what has stood too long."""
    for hole, (severity, since) in sorted(known.items()):
        last = since + timedelta(days=FRAMES[severity])
        if today > last:
            yield f"{hole.library}: {hole.name} ({severity}) was to be gone by {last}."


def complaints(found, known, today):
    """Why this must not go into use; nothing when it may."""
    for hole in sorted(found - known.keys()):
        yield f"{hole.library}: {hole.name} is new. Replace it, or write it in {HOLES.name}."
    yield from overdue(known, today)
    for hole in sorted(known.keys() - found):
        yield f"{hole.library}: {hole.name} is gone. Take it out of {HOLES.name}."


def ask(command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def main():
    try:
        found = of_python(ask(PYTHON)) | of_node(ask(NODE))
    except NoAnswer as error:
        print(f"{error} did not answer: nothing is known of new holes.", file=sys.stderr)
        return 2
    said = list(complaints(found, written(), datetime.now(UTC).date()))
    print("\n".join(said) or "No known hole in what is locked.")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
