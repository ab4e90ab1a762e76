"""What is shipped, read without a database."""

import importlib

from tibir.instruments.definition import parse

_migration = importlib.import_module(
    "tibir.instruments.migrations.0002_shipped_instruments_and_what_stays"
)
RAW = {code: definition for code, _name, _licence, definition, _is_on in _migration.INSTRUMENTS}
IS_ON = {code: is_on for code, _name, _licence, _definition, is_on in _migration.INSTRUMENTS}
SHIPPED = {code: parse(raw) for code, raw in RAW.items()}
NORM_SETS = _migration.NORM_SETS

ECBI, PSS = SHIPPED["ecbi"], SHIPPED["pss"]
SDQ_PARENT, SDQ_TEACHER = SHIPPED["sdq-parent-4-17"], SHIPPED["sdq-teacher-4-17"]


def bands_of(code, name):
    """{scale: bands} of one shipped norm set."""
    (found,) = [
        rows for its_code, its_name, *_, rows in NORM_SETS if (its_code, its_name) == (code, name)
    ]
    return found
