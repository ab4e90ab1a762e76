"""What docs/security/validation.md says of each field, made from the fields themselves.

`TIBIR_MODE=test python -m tests.field_rules` writes the page's tables again.
"""

import ast
import inspect
import textwrap
from importlib import import_module

from tests.databases import ROOT

PAGE = ROOT / "docs/security/validation.md"
ROOMS = ("tibir", "referrals", "interventions", "training")
BEGIN, END = "<!-- made by tests/field_rules.py -->", "<!-- end -->"


def forms():
    """Every form of ours, in the order of their names."""
    from django.forms import BaseForm

    for path in sorted(ROOT.glob("*/**/forms*.py")) + sorted(ROOT.glob("*/**/forms/*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[0] in ROOMS:
            import_module(".".join(parts))
    found, waiting = {}, [BaseForm]
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if one.__module__.split(".")[0] in ROOMS and not one.__module__.endswith(".admin"):
            found[f"{one.__module__}.{one.__qualname__}".replace(".forms", "")] = one
    return dict(sorted(found.items()))


def kind(field):
    """«text ≤ 200», «number 0–25»: what is taken, as one says it."""
    name = type(field).__name__.removesuffix("Field")
    if hasattr(field, "least"):
        said = f"{name} {field.least}–{field.most}"
    elif hasattr(field, "years"):
        said = f"{name} of {field.years} years"
    elif hasattr(field, "choices"):
        said = name if hasattr(field, "queryset") else _choices(name, field)
    elif hasattr(field, "limit"):
        said = f"{name} ≤ {field.limit}"
    else:
        said = name
    return said + (", required" if field.required else "")


def _choices(name, field):
    keys = [str(key) for key, _said in field.choices if key != ""]
    return f"{name} of {len(keys)}" if keys else name


def lines():
    """The rows of «Each field», as (where, fields)."""
    from referrals.forms.answers import field_for
    from referrals.questions import DISCUSSION, DOORS

    for door in (*DOORS, DISCUSSION):
        for step in getattr(door, "steps", (door,)):
            asked = [*step.questions, *getattr(step, "each", ())]
            named = [(question.key, kind(field_for(question))) for question in asked]
            yield f"{getattr(door, 'key', 'discussion')} / {step.slug}", named
    for name, form in forms().items():
        named = [(key, kind(field)) for key, field in form.base_fields.items()]
        if named:
            yield name, named


def together():
    """The rows of «What must agree with what»: (form, what it says when it does not)."""
    from referrals.questions import DOORS

    for door in DOORS:
        for step in door.steps:
            if step.one_of:
                yield f"{door.key} / {step.slug}", [step.none_of]
    for name, form in forms().items():
        said = []
        for method in vars(form).values():
            if inspect.isfunction(method) and "clean" in method.__name__:
                said += _sentences(method)
        if said:
            yield name, list(dict.fromkeys(said))


def _sentences(method):
    tree = ast.parse(textwrap.dedent(inspect.getsource(method)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_" and node.args:
            yield ast.literal_eval(node.args[0])


def constraints():
    """The rows of «What the database holds»: (table, names of its checks)."""
    from django.apps import apps
    from django.db.models import CheckConstraint

    for model in sorted(apps.get_models(), key=lambda model: model._meta.label):
        checks = [each for each in model._meta.constraints if isinstance(each, CheckConstraint)]
        if checks and model.__module__.split(".")[0] in ROOMS:
            yield model._meta.label, sorted(each.name for each in checks)


def kinds_used():
    return {said.split()[0].rstrip(",") for _where, named in lines() for _key, said in named}


def tables():
    rows = ["### Each field", "", "| Where | Fields |", "|---|---|"]
    for where, named in lines():
        rows.append(f"| {where} | {'; '.join(f'`{key}` {said}' for key, said in named)} |")
    rows += ["", "### What must agree with what", "", "| Form | Says otherwise |", "|---|---|"]
    rows += [f"| {where} | {' · '.join(map(str, said))} |" for where, said in together()]
    rows += ["", "### What the database holds", "", "| Table | Never otherwise |", "|---|---|"]
    rows += [
        f"| {table} | {', '.join(name.replace('_', ' ') for name in names)} |"
        for table, names in constraints()
    ]
    return "\n".join(rows)


def written():
    return PAGE.read_text().split(BEGIN)[1].split(END)[0].strip()


if __name__ == "__main__":
    import django

    django.setup()
    before, rest = PAGE.read_text().split(BEGIN)
    _old, after = rest.split(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{tables()}\n\n{END}{after}")
