"""House rules that a reader would otherwise have to remember."""

import ast
import os
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = [ROOT / name for name in ("tibir", "referrals", "interventions", "training")]
GUARDED = {
    "Agreement", "Attachment", "Case", "CaseMember", "CasePerson", "ChildView", "Complaint",
    "Consent", "ConsentDecision", "Course", "Deadline", "Discussion", "DutyReport",
    "Measurement", "Meeting", "Note", "Notice", "Recommendation", "Referral", "RuleSet",
    "SafetyCheck", "Screening", "StandIn", "Submission", "TryOut",
}  # fmt: skip
OURS = {
    "core", "audit", "accounts", "access", "cases", "notifications", "deadlines", "documents",
    "family", "instruments", "home", "portal", "operations", "staff", "referrals", "interventions",
    "training",
}  # fmt: skip


def sources(pattern):
    return sorted(path for package in PACKAGES for path in package.rglob(pattern))


def inner(name):
    """`models.py` of each room, or what is in `models/` where a room has that much."""
    return [p for p in sources("*.py") if name in (p.stem, p.parent.name)]


def views():
    return inner("views")


def parsed(path):
    return ast.parse(path.read_text())


def names(paths):
    return [str(path.relative_to(ROOT)) for path in paths]


@pytest.mark.parametrize("path", views(), ids=names(views()))
def test_staff_views_read_guarded_rows_only_through_what_is_visible(path):
    for node in ast.walk(parsed(path)):
        is_manager = isinstance(node, ast.Attribute) and node.attr == "objects"
        if is_manager and isinstance(node.value, ast.Name) and node.value.id in GUARDED:
            line = path.read_text().splitlines()[node.lineno - 1 : node.lineno + 1]
            allowed = (".visible_to(", ".listed_for(")
            assert any(word in "".join(line) for word in allowed) or is_public(path), (
                f"{path}:{node.lineno} reads {node.value.id} without visible_to"
            )


def is_public(path):
    """Pages without a login are opened by a secret, not by a role."""
    return path.relative_to(ROOT).as_posix() in {
        "tibir/portal/views.py",
        "referrals/views/public/ground.py",
    }


def actions():
    return inner("actions")


@pytest.mark.parametrize("path", actions(), ids=names(actions()))
def test_every_action_is_atomic_and_says_who_did_it(path):
    for node in parsed(path).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            if node.name == "sent_before":  # a question, not an action
                continue
            keywords = {argument.arg for argument in node.args.kwonlyargs}
            assert "by" in keywords, f"{node.name} does not take by="
            decorators = {ast.unparse(decorator) for decorator in node.decorator_list}
            atomic = {"transaction.atomic", "transaction.atomic(savepoint=False)"}
            assert atomic & decorators, f"{node.name} is not atomic"


INNER = ["models", "rules", "actions", "tasks", "letters"]


@pytest.mark.parametrize("name", INNER)
def test_inner_files_know_nothing_of_requests(name):
    forbidden = {"django.http", "django.shortcuts", "django.contrib.messages"}
    for path in inner(name):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ImportFrom):
                assert node.module not in forbidden, path
                assert (node.module, "messages") not in {
                    (node.module, alias.name) for alias in node.names
                }, path


def test_nothing_bypasses_the_style_of_the_house():
    for path in sources("*.py"):
        text = path.read_text()
        assert "def save(self" not in text, f"{path}: no save() overrides"
        assert "post_save" not in text, f"{path}: no signals"
        assert "pre_save" not in text, f"{path}: no signals"
        assert "mark_safe" not in text, f"{path}: escape, do not trust"
        assert not re.search(r"countdown=|eta=", text), f"{path}: rows are the queue, not ETA"
        assert path.name not in {"utils.py", "services.py", "helpers.py", "signals.py"}


DJANGOS = {"password", "last_login", "is_superuser", "groups", "user_permissions"}


@pytest.mark.parametrize(
    "model", [m for m in apps.get_models() if m._meta.app_label in OURS], ids=lambda m: m.__name__
)
def test_models_have_lower_case_names(model):
    for name in (model._meta.verbose_name, model._meta.verbose_name_plural):
        assert str(name) == str(name).lower()
    for field in model._meta.get_fields():
        ours = getattr(field, "verbose_name", None) and not field.auto_created
        if ours and field.name not in DJANGOS:
            assert str(field.verbose_name)[:1] == str(field.verbose_name)[:1].lower()


def test_only_configuration_is_in_admin():
    registered = {model._meta.label for model in admin.site._registry}
    assert registered == {
        "accounts.Absence",
        "accounts.Qualification",
        "accounts.Region",
        "accounts.SchoolBreak",
        "accounts.Municipality",
        "accounts.Unit",
        "accounts.User",
        "cases.LegalBasis",
        "cases.Wording",
        "instruments.Choice",
        "instruments.Instrument",
        "instruments.Licence",
        "instruments.NormSet",
        "interventions.Battery",
        "interventions.Service",
        LogEntry._meta.label,
    }


def test_a_unit_is_changed_in_one_place_that_takes_everything_along():
    """Whoever gives a case another unit takes its referrals, deadlines and documents with it."""
    found = set()
    for path in sources("*.py"):
        if "migrations" in path.parts:
            continue
        for function in ast.walk(parsed(path)):
            if isinstance(function, ast.FunctionDef) and changes_a_unit(function):
                found.add((path.relative_to(ROOT).as_posix(), function.name))
    assert found == {
        ("interventions/actions/course.py", "assign"),
        ("interventions/actions/place.py", "move"),
        ("referrals/actions/triage.py", "_move"),
        ("referrals/actions/place.py", "move"),
        ("tibir/family/actions/members.py", "merge"),
        ("tibir/family/actions/merge.py", "follow"),
        ("tibir/family/actions/members.py", "move"),
        ("tibir/deadlines/actions.py", "move"),
        ("tibir/documents/actions.py", "move"),
    }


UNIT = {"unit", "unit_id"}


def changes_a_unit(function):
    return any(updates_a_unit(node) or sets_a_unit(node) for node in ast.walk(function))


def updates_a_unit(node):
    is_update = isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "update"
    return is_update and bool(UNIT & {each.arg for each in node.keywords})


def sets_a_unit(node):
    is_set = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    return is_set and node.attr in UNIT


TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
BY_NAME = {"400.html", "403.html", "404.html", "500.html", "ds", "registration"}


@pytest.mark.parametrize("path", TEMPLATES, ids=names(TEMPLATES))
def test_every_template_compiles_and_is_used(path):
    name = path.relative_to(ROOT / "templates").as_posix()
    get_template(name)
    if name.split("/")[0] in BY_NAME:
        return
    everything = [*sources("*.py"), *TEMPLATES]
    assert any(f'"{name}"' in other.read_text() for other in everything if other != path), (
        f"nothing uses {name}"
    )


@pytest.mark.parametrize("path", TEMPLATES, ids=names(TEMPLATES))
def test_no_template_has_script_or_style_inside(path):
    text = path.read_text()
    if path.parent.name == "documents":
        return
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert "<style" not in text
    assert not re.search(r"\s(style|on[a-z]+)=", text)
    assert "|safe" not in text
    assert "autoescape off" not in text


def test_the_project_speaks_of_itself_alone():
    """No place, machine or registry is named anywhere that git keeps."""
    words = ["/wor" + "k/", "bash_" + "jobs", "pypi" + ".org", "pythonhosted" + ".org"]
    words += ["registry.npm" + "js", "deb.deb" + "ian.org", "/opt/wh" + "eels"]
    kept = list(files_kept())
    assert len(kept) > 100
    for path in kept:
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        assert not [word for word in words if word in text], path


SKIPPED = {
    ".git", ".venv", "node_modules", "build", ".demo", "staticfiles", "__pycache__", ".hypothesis",
    ".pytest_cache", ".ruff_cache", ".import_linter_cache", ".test-services", ".setup", ".node",
}  # fmt: skip


def files_kept():
    for folder, names, files in os.walk(ROOT):
        names[:] = set(names) - SKIPPED
        yield from (Path(folder) / name for name in files if name not in SKIPPED)
