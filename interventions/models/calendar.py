"""The secret address at which somebody's own calendar program asks for their meetings."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models import User
from tibir.core.codes import WeakSecret, digest

PURPOSE = "interventions.calendar"


class CalendarAddressQuerySet(models.QuerySet):
    def opened_by(self, secret):
        """The one of somebody who works here, or none; a secret that is none opens nothing."""
        try:
            return self.filter(digest=digest(PURPOSE, secret), user__is_active=True)
        except WeakSecret:
            return self.none()


class CalendarAddress(models.Model):
    """One for each who wants it. Only the secret's digest is here, so a copy opens nothing."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, related_name="calendar_address", editable=False
    )
    digest = models.BinaryField(unique=True, editable=False)
    made_at = models.DateTimeField(_("laget"), db_default=Now())
    read_on = models.DateField(_("sist hentet"), null=True)

    objects = CalendarAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("kalenderadresse")
        verbose_name_plural = _("kalenderadresser")

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"
