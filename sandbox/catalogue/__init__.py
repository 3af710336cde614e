"""What the sandbox's registries hold, told once for AWS, OpenPages and MLflow."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import replace

from . import bank, insurer, mockups
from .generated import FIRST, generate
from .model import Catalogue, Entity, Group, Run, UseCase, Version
from .registries import DEFAULT, EXTRA_GROUPS, HOMES, MAXIMUM, TWO_WAYS, Home
from .runs import RUNS
from .story import group_of
from .usecases import ENTITIES, USE_CASES
from .workflows import workflows

__all__ = ["Catalogue", "Entity", "Group", "Run", "UseCase", "Version", "build"]

SEED = 20261121


def build(
    groups: int = 40,
    seed: int = SEED,
    now: float | None = None,
    *,
    registries: int = DEFAULT,
    groups_per_registry: int | None = None,
) -> Catalogue:
    """Build the catalogue; the same arguments give an equal one.

    The first 40 groups are hand-written, the others generated. Use cases, entities
    and runs of the hand-written groups are there whatever the number.

    Args:
        groups: number of model package groups over the first three accounts, at
            least 0; without meaning when ``groups_per_registry`` is given.
        seed: of everything that varies.
        now: moment that ages count back from, seconds since the epoch; default: now.
        registries: how many accounts have a registry, 1 to 10. Those beyond three
            have ``EXTRA_GROUPS`` groups each.
        groups_per_registry: groups of every account, hand-written ones first.

    Raises:
        ValueError: a number is out of its range.
    """
    if groups < 0 or (groups_per_registry or 0) < 0:
        raise ValueError(f"groups must be at least 0, not {min(groups, groups_per_registry or 0)}")
    if not 1 <= registries <= MAXIMUM:
        raise ValueError(f"registries must be 1 to {MAXIMUM}, not {registries}")
    moment = time.time() if now is None else now
    rng = random.Random(seed)  # noqa: S311  (sample data, not cryptography)
    stories = (
        *mockups.rows(rng),
        *insurer.first_rows(rng),
        *bank.rows(rng),
        *insurer.other_rows(rng),
    )
    told = [group_of(story, moment, rng) for story in stories]
    homes = HOMES[:registries]
    if groups_per_registry is None:
        names = {group.name for group in told}
        more, cases = generate(max(0, groups - len(told)), names, moment, rng)
        all_groups = [*told, *more][:groups]
        added, count = homes[DEFAULT:], EXTRA_GROUPS
    else:
        cases = []
        added, count = homes, groups_per_registry
        known = {home.account for home in homes}
        all_groups = [group for group in told if group.account not in known and group.shared_with]
    for home in added:
        here, its_cases = _fill(home, told, count, moment, seed)
        all_groups += here
        cases += its_cases
    use_cases = (*USE_CASES.values(), *cases)
    return Catalogue(
        now=moment,
        entities=(*ENTITIES, *(entity for home in homes for entity in home.entities())),
        use_cases=use_cases,
        groups=tuple(all_groups),
        runs=RUNS,
        workflows=workflows(use_cases, all_groups, moment),
    )


def _fill(
    home: Home, told: Sequence[Group], count: int, now: float, seed: int
) -> tuple[list[Group], list[UseCase]]:
    """Exactly ``count`` groups of one account: the hand-written ones, then others.

    Names are unique within the account only, as in AWS.
    """
    written = [group for group in told if group.account == home.account][:count]
    rng = random.Random(f"{seed}/{home.account}")  # noqa: S311  (sample data, not cryptography)
    first = FIRST * 10 * (HOMES.index(home) + 1)
    more, cases = generate(
        count - len(written), {g.name for g in written}, now, rng, ((home, 1),), first
    )
    if home.id == "cards":
        _share(more)
    return [*written, *more], cases


def _share(groups: list[Group]) -> None:
    """Make one linked group reachable by RAM as well as by role."""
    for at, group in enumerate(groups):
        if group.versions and group.use_case:
            groups[at] = replace(group, name=TWO_WAYS, shared_with=HOMES[0].account)
            return
