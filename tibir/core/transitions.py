from django.db import models
from django.utils.translation import gettext as _

from tibir.core.errors import DomainError, StaleState


class Stateful(models.Model):
    TRANSITIONS: dict[str, set[str]]

    class Meta:
        abstract = True

    def can_move_to(self, state):
        return state in self.TRANSITIONS.get(self.state, set())

    def move_to(self, state, **changes):
        """Write the new state and `changes` together, or raise and write nothing.

        The old state is part of the WHERE clause, so two people acting at
        once cannot both succeed.
        """
        if not self.can_move_to(state):
            raise DomainError(
                _("«%(thing)s» kan ikke settes til %(state)s.")
                % {"thing": self, "state": state.label}
            )
        changes["state"] = state
        row = type(self)._base_manager.filter(pk=self.pk, state=self.state)
        if not row.update(**changes):
            raise StaleState(_("«%(thing)s» er endret av noen andre.") % {"thing": self})
        for name, value in changes.items():
            setattr(self, name, value)
