"""Who may do what with a family and with trust."""

from tibir.family.rules.log import log_basis, may_read_log, owed_openings

__all__ = ["log_basis", "may_read_log", "owed_openings"]
