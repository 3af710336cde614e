"""The catalogue tells what the sandbox promises."""

from __future__ import annotations

import re
import time
from collections import Counter

import pytest

from sandbox.catalogue import build
from sandbox.catalogue.model import CLAIMS, MARKETS, OWN, SHARING, USE_CASE_TAG, Catalogue
from sandbox.catalogue.registries import EXTRA_GROUPS, HOMES, TWO_WAYS

NOW = 1_800_000_000.0
GROUP_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")


@pytest.fixture(scope="module")
def told() -> Catalogue:
    return build(now=NOW)


def test_same_arguments_give_an_equal_catalogue(told: Catalogue) -> None:
    assert build(now=NOW) == told
    assert build(seed=1, now=NOW) != told


@pytest.mark.parametrize("count", [0, 1, 8, 40, 41, 500])
def test_number_of_groups(count: int) -> None:
    assert len(build(count, now=NOW).groups) == count


def test_negative_number_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 0, not -1"):
        build(-1)


def test_more_groups_keep_the_stories(told: Catalogue) -> None:
    assert build(200, now=NOW).groups[:40] == told.groups


def test_accounts(told: Catalogue) -> None:
    accounts = Counter(group.account for group in told.groups)
    assert set(accounts) == {OWN, CLAIMS, MARKETS, SHARING}
    shared = [group for group in told.groups if group.shared_with]
    assert [(g.account, g.shared_with) for g in shared] == [(SHARING, OWN)]


def _work(count: int) -> float:
    """Processor seconds to build so many groups; the least of three, as others use it too."""
    spent: list[float] = []
    for _ in range(3):
        start = time.process_time()
        build(count, now=NOW)
        spent.append(time.process_time() - start)
    return min(spent)


def test_ten_thousand_take_ten_times_the_work_of_a_thousand() -> None:
    # Looking at all others for each group would be a hundred times as much.
    assert _work(10_000) < 35 * _work(1000)
    groups = build(10_000, now=NOW).groups
    assert len({group.arn for group in groups}) == 10_000
    own = sum(group.account == OWN for group in groups)
    assert 0.85 < own / 10_000 < 0.95


def test_names_are_what_sagemaker_takes() -> None:
    groups = build(1_000, now=NOW).groups
    assert all(GROUP_NAME.fullmatch(group.name) for group in groups)
    assert max(len(group.name) for group in groups) == 63
    assert any(group.name != group.name.lower() for group in groups)
    assert all(group.arn == group.arn.lower() for group in groups)


def test_every_reference_holds() -> None:
    catalogue = build(500, now=NOW)
    ids = {case.id for case in catalogue.use_cases}
    keys = {case.key for case in catalogue.use_cases}
    entities = {entity.id for entity in catalogue.entities}
    runs = {(run.experiment, run.name) for run in catalogue.runs}
    assert len(ids) == len(keys) == len(catalogue.use_cases)
    assert {case.entity for case in catalogue.use_cases} <= entities
    assert {g.use_case for g in catalogue.groups} - {None} <= ids
    for group in catalogue.groups:
        assert [v.number for v in group.versions] == list(range(1, len(group.versions) + 1))
        for version in group.versions:
            assert version.card_use_case is None or version.card_use_case in keys
            assert version.run_name is None or (version.experiment, version.run_name) in runs


def test_time_runs_forward() -> None:
    for group in build(500, now=NOW).groups:
        before = group.created
        for version in group.versions:
            assert before <= version.created <= version.modified <= NOW, group.name
            before = version.created


def test_limits_of_sagemaker_hold() -> None:
    for group in build(500, now=NOW).groups:
        for version in group.versions:
            reason = version.approval_description or ""
            assert len(reason) <= 1024
            assert "\n" not in reason


def test_every_link_and_state_is_told(told: Catalogue) -> None:
    by_name = {group.name: group for group in told.groups}
    cases = {case.id: case for case in told.use_cases}
    linked = [cases[g.use_case] for g in told.groups if g.use_case]
    assert {
        "Rejected",
        "Decommissioned",
        "Awaiting Use Case Approval",
        "Draft",
        "Proposed",
        "Under Development",
        "Approved",
        "In pre-assessment",
        None,
    } <= {case.status for case in linked}
    assert any(not case.readable for case in linked)
    assert any(group.use_case is None and not group.tags for group in told.groups)
    assert any(not group.versions for group in told.groups)
    assert len(by_name["fraud-cards-authorisation"].versions) == 300

    by_card = by_name["vulnerable-customer-detection"]
    assert by_card.use_case is None
    assert by_card.versions[-1].card_use_case == "COL-005"
    assert USE_CASE_TAG not in by_card.tags
    by_tag = by_name["mortgage-prescreening-jp"]
    assert by_tag.use_case is None
    assert by_tag.versions[-1].card_use_case is None
    assert by_tag.tags[USE_CASE_TAG] in cases
    torn = by_name["credit-line-increase"]
    assert torn.use_case is not None
    assert cases[torn.use_case].key != torn.versions[-1].card_use_case


def test_pending_versions_of_both_kinds_of_author(told: Catalogue) -> None:
    authors = {
        group.versions[-1].created_by
        for group in told.groups
        if group.versions and group.versions[-1].approval == "PendingManualApproval"
    }
    assert "apr-007" in authors
    assert {"ds-042", "ds-107"} <= authors


def test_runs(told: Catalogue) -> None:
    assert Counter(run.experiment for run in told.runs) == {
        "credit-risk-scoring": 6,
        "claims-triage": 6,
    }
    assert {run.model for run in told.runs} == {"logistic", "forest", "boosting"}
    assert {run.registered_as for run in told.runs} == {
        None,
        "credit-risk-scoring",
        "claims-triage",
    }


def test_measures_go_together(told: Catalogue) -> None:
    for group in told.groups:
        for version in group.versions:
            if version.metrics:
                assert version.metrics["gini"] == pytest.approx(
                    2 * version.metrics["auc"] - 1, abs=2e-4
                )
                assert 0 < version.metrics["ks"] < version.metrics["gini"]


def test_ten_registries_have_as_many_groups_as_asked_for() -> None:
    told = build(now=NOW, registries=10, groups_per_registry=120)
    counts = Counter(group.account for group in told.groups)
    assert counts == {**{home.account: 120 for home in HOMES}, SHARING: 1}
    assert build(now=NOW, registries=10, groups_per_registry=120) == told
    # The stories come first, also where there is room for only some of them.
    few = build(now=NOW, registries=2, groups_per_registry=3)
    assert {g.name for g in few.groups} < {g.name for g in build(now=NOW).groups}


def test_each_registry_has_its_own_root_entity_and_use_cases_below_it() -> None:
    told = build(now=NOW, registries=10, groups_per_registry=60)
    entities = {entity.id: entity for entity in told.entities}
    ids = [*entities, *(case.id for case in told.use_cases)]
    assert len(set(ids)) == len(ids)
    assert len({case.key for case in told.use_cases}) == len(told.use_cases)
    above = {case.id: case.entity for case in told.use_cases}
    for home in HOMES:
        assert entities[home.entity].parent is None
        here = [group for group in told.groups if group.account == home.account]
        linked = [group for group in here if group.use_case]
        assert 20 < len(linked) < 60
        if home.invented:
            assert {above[group.use_case or ""] for group in linked} == {home.entity}
    statuses = {case.status for case in told.use_cases}
    assert {"Approved for Development", "Rejected", "Draft", None} <= statuses


def test_more_registries_leave_the_first_three_as_they_are(told: Catalogue) -> None:
    more = build(now=NOW, registries=10)
    assert more.groups[:40] == told.groups
    assert Counter(group.account for group in more.groups[40:]) == {
        home.account: EXTRA_GROUPS for home in HOMES[3:]
    }


def test_one_group_is_reached_by_role_and_by_ram() -> None:
    told = build(now=NOW, registries=4)
    (both,) = [g for g in told.groups if g.shared_with and g.account != SHARING]
    assert (both.name, both.account, both.shared_with) == (TWO_WAYS, HOMES[3].account, OWN)
    assert both.use_case
    assert both.versions


@pytest.mark.parametrize("registries", [0, 11])
def test_registries_have_a_limit(registries: int) -> None:
    with pytest.raises(ValueError, match="1 to 10"):
        build(now=NOW, registries=registries)
