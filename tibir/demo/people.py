"""The people of Fjordvik. All of them are invented."""

from tibir.accounts.models import Role

PASSWORD = "fjordvik-prøver-seg-fram"  # noqa: S105 - demo only, shown on the login page

# (e-mail, name, what the login page says, roles as (role, scope))
CAST = [
    ("koordinator@fjordvik.example", "Kari Lindvåg", "Koordinator i Familiens hus",
     [(Role.COORDINATOR, "familiens-hus")]),
    ("leder@fjordvik.example", "Leif Åsnes", "Leder i Familiens hus",
     [(Role.LEADER, "familiens-hus")]),
    ("behandler@fjordvik.example", "Bente Haugmyr", "PMTO-terapeut i Familiens hus",
     [(Role.PRACTITIONER, "familiens-hus")]),
    ("merkantil@fjordvik.example", "Mette Øyangen", "Merkantil i Familiens hus",
     [(Role.CLERK, "familiens-hus")]),
    ("veileder@fjordvik.example", "Vidar Strandlien", "Veileder i Fjordvik kommune",
     [(Role.SUPERVISOR, "fjordvik")]),
    ("ppt-leder@fjordvik.example", "Pål Tennfjord", "Leder i PPT, en annen enhet",
     [(Role.LEADER, "ppt")]),
    ("klarert@fjordvik.example", "Klara Nesgård", "Koordinator, klarert for strengt fortrolig",
     [(Role.COORDINATOR, "familiens-hus"), (Role.CLEARED, "fjordvik")]),
    ("klarert-behandler@fjordvik.example", "Sigurd Lia", "Behandler, klarert for strengt fortrolig",
     [(Role.PRACTITIONER, "familiens-hus"), (Role.CLEARED, "fjordvik")]),
    ("region@region.example", "Rune Aasheim", "Regionskoordinator",
     [(Role.REGIONAL_COORDINATOR, "nordfjord")]),
    ("regionskonsulent@region.example", "Ragnhild Mo", "Regionskonsulent",
     [(Role.REGIONAL_CONSULTANT, "nordfjord")]),
    ("admin@fjordvik.example", "Aud Systad", "Administrator, uten tilgang til saker", []),
]  # fmt: skip

DEMO_USERS = [{"email": email, "label": f"{name}: {about}"} for email, name, about, _roles in CAST]
