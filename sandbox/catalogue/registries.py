"""The registry accounts that a sandbox can have, each with its business entity."""

from __future__ import annotations

from dataclasses import dataclass

from .model import CLAIMS, MARKETS, OWN, Entity
from .usecases import CLAIMS_ENTITY, MARKETS_ENTITY, OWN_ENTITY

MAXIMUM = 10
"""Connections to SageMaker that watsonx.governance takes, and so does the product."""
DEFAULT = 3
EXTRA_GROUPS = 12
"""Groups of each registry beyond ``DEFAULT`` when nobody says how many."""
MAX_PER_REGISTRY = 2000
TWO_WAYS = "card-portfolio-benchmark"
"""Group of the account ``cards`` that RAM shares with the own account too."""


@dataclass(frozen=True)
class Home:
    """An account with a model registry."""

    id: str
    """Id of the connection to it."""
    account: str
    entity: str
    """Resource ID of its root business entity."""
    invented: bool = True
    """False: its entity is among the hand-written ones."""

    def entities(self) -> tuple[Entity, ...]:
        """The root entity to add for it."""
        return (Entity(self.entity, f"SageMaker {self.id}"),) if self.invented else ()


HOMES: tuple[Home, ...] = (
    Home("own", OWN, OWN_ENTITY, False),
    Home("claims", CLAIMS, CLAIMS_ENTITY, False),
    Home("markets", MARKETS, MARKETS_ENTITY, False),
    Home("cards", "555566667777", "31001"),
    Home("mortgages", "666677778888", "32001"),
    Home("motor", "777788889999", "33001"),
    Home("life", "888899990000", "34001"),
    Home("savings", "999900001111", "35001"),
    Home("corporate", "121234345656", "36001"),
    Home("payments", "343456567878", "37001"),
)
"""In the order in which ``--registries N`` takes them."""
