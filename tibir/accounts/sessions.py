"""Django's sessions, each with the user it belongs to: so that one may see and end one's own."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from tibir.accounts.models import Session


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls):
        return Session

    def create_model_instance(self, data):
        row = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        return row
