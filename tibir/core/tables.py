"""Many tables in one step of a migration."""

from django.db.migrations.operations.base import Operation, OperationCategory


class Tables(Operation):
    """What a list of CreateModel does, in a fraction of the time.

    After each CreateModel Django renders anew every model that is somehow related to it, and
    here all are. So they are rendered once, when all of them are there; then a table may also
    refer to one further down.
    """

    category = OperationCategory.ADDITION
    serialization_expand_args = ["models"]

    def __init__(self, models):
        self.models = models

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)  # Django renders it when it is next asked for
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return f"Create {len(self.models)} tables"
