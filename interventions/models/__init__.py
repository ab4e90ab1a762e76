"""Everything with meetings: what a family was told, the services, and their courses."""

from interventions.models.catalogue import Service
from interventions.models.told import ToldWindow

__all__ = ["Service", "ToldWindow"]
