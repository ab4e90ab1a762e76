"""What the services are called, and what is said of them in words."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ServiceKind(models.TextChoices):
    SCREENING = "screening", _("kartlegging")
    COUNSELLING = "counselling", _("rådgivning")
    PMTO_THERAPY = "pmto_therapy", _("PMTO-terapi")
    PARENT_GROUP = "parent_group", _("PMTO-gruppe (foreldrekurs)")
    SOCIAL_SKILLS = "social_skills", _("sosial ferdighetstrening")
    CONSULTATION = "consultation", _("konsultasjon i barnehage eller skole")


class For(models.TextChoices):
    """Whom a service is for, and so whose presence makes a meeting one that counts."""

    FAMILY = "family", _("familien")
    GUARDIANS = "guardians", _("foreldrene")
    GROUP = "group", _("foreldre i flere familier")
    CHILD = "child", _("barnet")
    STAFF = "staff", _("ansatte i barnehage, skole og tjenester")


class Risk(models.TextChoices):
    UNIVERSAL = "universal", _("universelt")
    SELECTIVE = "selective", _("selektivt")
    INDICATED = "indicated", _("indikert")
