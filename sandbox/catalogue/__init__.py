"""What the sandbox's registries hold, told once for AWS, OpenPages and MLflow."""

from __future__ import annotations

import random
import time

from . import bank, insurer, mockups
from .generated import generate
from .model import Catalogue, Entity, Group, Run, UseCase, Version
from .runs import RUNS
from .story import group_of
from .usecases import ENTITIES, USE_CASES

__all__ = ["Catalogue", "Entity", "Group", "Run", "UseCase", "Version", "build"]

SEED = 20261121


def build(groups: int = 40, seed: int = SEED, now: float | None = None) -> Catalogue:
    """Build the catalogue; the same arguments give an equal one.

    The first 40 groups are hand-written, the others generated. Use cases, entities
    and runs of the hand-written groups are there whatever the number.

    Args:
        groups: number of model package groups over all accounts, at least 0.
        seed: of everything that varies.
        now: moment that ages count back from, seconds since the epoch; default: now.

    Raises:
        ValueError: ``groups`` is negative.
    """
    if groups < 0:
        raise ValueError(f"groups must be at least 0, not {groups}")
    moment = time.time() if now is None else now
    rng = random.Random(seed)  # noqa: S311  (sample data, not cryptography)
    stories = (
        *mockups.rows(rng),
        *insurer.first_rows(rng),
        *bank.rows(rng),
        *insurer.other_rows(rng),
    )
    told = [group_of(story, moment, rng) for story in stories]
    more, cases = generate(max(0, groups - len(told)), {group.name for group in told}, moment, rng)
    return Catalogue(
        now=moment,
        entities=ENTITIES,
        use_cases=(*USE_CASES.values(), *cases),
        groups=(*told, *more)[:groups],
        runs=RUNS,
    )
