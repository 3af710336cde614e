"""The admin command line when AWS refuses, is slow, or somebody ends it half way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rollout import Cli, attach, built_in, denied, gate, kill_at, snapshot
from studio import BUCKET

from sandbox.aws.studio.seeding import DOMAIN, OVERRIDING
from sandbox.gate import Fault

#: Many processes, one after the other, on a machine that may be busy.
pytestmark = pytest.mark.timeout(300)

SECOND = "rd-001"
"""Another profile with app settings of its own."""


@pytest.fixture
def two(sagemaker: Any) -> Any:
    """Two profiles that override the domain."""
    lab = {"JupyterLabAppSettings": {"DefaultResourceSpec": {"InstanceType": "ml.t3.large"}}}
    sagemaker.update_user_profile(DomainId=DOMAIN, UserProfileName=SECOND, UserSettings=lab)
    return sagemaker


def profile(name: str) -> str:
    return f"arn:aws:sagemaker:*:*:user-profile/{DOMAIN}/{name}"


@pytest.mark.parametrize("line", ["Created lifecycle", "[1/3]", "[2/3]", "[3/3]"])
def test_a_killed_roll_out_is_finished_by_the_same_command(
    cli: Cli, sagemaker: Any, published: Path, line: str
) -> None:
    attach(cli, published)
    wanted = snapshot(sagemaker)
    cli("detach", "--yes", "--delete-installers")
    before = snapshot(sagemaker)
    cli.aws.control("PUT", "studio", {"settle": 1})
    words = ("--wheel", str(published), "--bucket", BUCKET, "--yes")
    kill_at(cli, line, "attach", *words)
    cli.aws.control("PUT", "studio", {"settle": 0})
    attach(cli, published)
    assert snapshot(sagemaker) == wanted
    cli("detach", "--yes")
    assert snapshot(sagemaker) == before


def test_what_one_profile_refuses_keeps_no_other_from_its_installer(
    cli: Cli, two: Any, published: Path
) -> None:
    words = ("attach", "--wheel", str(published), "--bucket", BUCKET, "--yes")
    with denied(cli.aws, "sagemaker:UpdateUserProfile", profile(OVERRIDING)):
        told = cli(*words, "--json", code=7).json()
        people = cli(*words, code=7)
    (failed,) = told["failed"]
    assert failed["slot"] == f"user profile {OVERRIDING}"
    assert "sagemaker:UpdateUserProfile" in failed["message"]
    assert "admin.json" in failed["hint"]
    assert told["action"] == "partly done"
    assert f"NOT DONE  user profile {OVERRIDING}: " in people.out
    assert "Done but for what is named above" in people.out
    done = two.describe_user_profile(DomainId=DOMAIN, UserProfileName=SECOND)
    assert str(built_in(done, "UserSettings")).startswith("sagemaker-governance-1-0-0-")
    again = attach(cli, published)
    assert [one["slot"] for one in again["steps"]] == [f"user profile {OVERRIDING}"]


def test_a_profile_that_cannot_be_read_is_named(cli: Cli, two: Any, published: Path) -> None:
    with denied(cli.aws, "sagemaker:DescribeUserProfile", profile(OVERRIDING)):
        told = attach(cli, published, code=7)
        assert [one["slot"] for one in told["failed"]] == [f"user profile {OVERRIDING}"]
        assert f"user profile {SECOND}" in [one["slot"] for one in told["steps"]]
        status = cli("status", code=7)
        assert "0.1.0" not in status.out
        assert f"NOT DONE  user profile {OVERRIDING}: " in status.out
        found = cli("doctor", "--json", code=3).json()["findings"]
        (one,) = [one for one in found if one["id"] == "profiles" and one["result"] == "failed"]
        assert OVERRIDING in one["text"]


def test_a_domain_that_refuses_stops_it(cli: Cli, two: Any, published: Path) -> None:
    before = snapshot(two)
    with denied(cli.aws, "sagemaker:UpdateDomain", "*"):
        failed = attach(cli, published, code=1)
    assert "sagemaker:UpdateDomain" in failed["error"]["message"]
    assert snapshot(two) == before


def test_throttling_is_waited_for(cli: Cli, sagemaker: Any, published: Path) -> None:
    with gate(cli.aws) as slow:
        for operation, times in (("UpdateDomain", 3), ("DescribeUserProfile", 5), ("ListApps", 2)):
            slow.board.switch_on(Fault("throttle", operation=operation, times=times))
        words = ("--wheel", str(published), "--bucket", BUCKET, "--yes", "--json")
        told = cli("attach", *words, AWS_ENDPOINT_URL=slow.url).json()
        assert slow.board.faults == []  # every one was met
    assert told["action"] == "done"


def test_throttling_without_end_is_told(cli: Cli, sagemaker: Any, published: Path) -> None:
    """It stops at once: the next profile would be throttled as well."""
    with gate(cli.aws) as slow:
        slow.board.switch_on(Fault("throttle", operation="UpdateUserProfile"))
        words = ("--wheel", str(published), "--bucket", BUCKET, "--yes")
        failed = cli("attach", *words, code=1, AWS_ENDPOINT_URL=slow.url)
    assert "2 of 3 updates were made before." in failed.err
    assert "Wait a minute, then run the same command." in failed.err
    assert [one["slot"] for one in attach(cli, published)["steps"]] == [
        f"user profile {OVERRIDING}"
    ]


def test_a_domain_that_is_being_updated_is_waited_for(
    cli: Cli, sagemaker: Any, published: Path
) -> None:
    cli.aws.control("PUT", "studio", {"settle": 3})
    sagemaker.update_domain(DomainId=DOMAIN, DefaultUserSettings={"StudioWebPortal": "ENABLED"})
    done = cli("attach", "--wheel", str(published), "--bucket", BUCKET, "--dry-run")
    assert f"Domain {DOMAIN} is in status Updating; waiting" in done.err
    assert "Nothing was changed (--dry-run)." in done.out
