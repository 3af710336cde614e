"""The admin command line: attach, status, rollback and detach."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from rollout import (
    LAB,
    THEIRS,
    Cli,
    Release,
    ask,
    attach,
    built_in,
    restart,
    set_built_in,
    snapshot,
    theirs,
)
from studio import BUCKET, sha256

from sandbox.aws.studio.seeding import DOMAIN, OVERRIDING, SHARED_SPACE

#: Many processes, one after the other, on a machine that may be busy.
pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("merge", ["member", "leaf"])
def test_a_roll_out_leaves_everything_else_as_it_was(
    cli: Cli, sagemaker: Any, release: Release, merge: str
) -> None:
    """Attach, status, upgrade, rollback, detach: three profiles and a shared space."""
    cli.aws.control("PUT", "studio", {"merge": merge})
    before = snapshot(sagemaker)
    names = {}
    for version in ("1.0.0", "1.1.0"):
        wheel = release(version)
        cli("publish", "--wheel", str(wheel), "--bucket", BUCKET)
        told = attach(cli, wheel)
        assert told["action"] == "done"
        names[version] = told["lifecycleConfig"].rpartition("/")[2]
        attached = snapshot(sagemaker)
        # Nothing but the installer is new.
        assert {
            name: text.replace(told["lifecycleConfig"], "") for name, text in attached.items()
        } != before
        changed = {name for name in before if before[name] != attached[name]}
        assert changed == {"domain", f"profile {OVERRIDING}"}
        status = cli("status", "--json").json()
        assert status["private"]["version"] == status["shared"]["version"] == version
        assert [one["next"] for one in status["spaces"]] == [version] * 4
    restart(sagemaker, SHARED_SPACE)
    status = cli("status", "--json").json()
    runs = {one["name"]: (one["running"], one["restart"]) for one in status["spaces"]}
    assert runs[SHARED_SPACE] == ("1.1.0", False)
    assert runs["ds-042-lab"] == ("", True)  # started before
    told = cli("rollback", "--yes", "--json").json()
    assert (told["version"], told["lifecycleConfig"].rpartition("/")[2]) == (
        "1.0.0",
        names["1.0.0"],
    )
    domain = sagemaker.describe_domain(DomainId=DOMAIN)
    assert built_in(domain, "DefaultUserSettings") == names["1.0.0"]
    assert built_in(domain, "DefaultSpaceSettings") == names["1.0.0"]
    told = cli("detach", "--yes", "--json", "--delete-installers").json()
    assert sorted(told["deleted"]) == sorted(names.values())
    assert snapshot(sagemaker) == before
    assert sagemaker.list_studio_lifecycle_configs()["StudioLifecycleConfigs"] == []


def test_every_kind_of_space_starts_with_the_installer(
    cli: Cli, sagemaker: Any, published: Path
) -> None:
    arn = attach(cli, published)["lifecycleConfig"]
    restart(sagemaker, "ds-042-lab")
    restart(sagemaker, SHARED_SPACE)
    for space in (f"{OVERRIDING}-lab", "rd-001-lab"):
        sagemaker.create_app(SpaceName=space, **LAB)
    for space in ("ds-042-lab", SHARED_SPACE, f"{OVERRIDING}-lab", "rd-001-lab"):
        told = sagemaker.describe_app(SpaceName=space, **LAB)
        assert told["BuiltInLifecycleConfigArn"] == arn, space


def test_the_change_is_shown_and_asked_for(cli: Cli, sagemaker: Any, published: Path) -> None:
    before = snapshot(sagemaker)
    words = ("attach", "--wheel", str(published), "--bucket", BUCKET)
    dry = cli(*words, "--dry-run")
    plus = "  + JupyterLabAppSettings.BuiltInLifecycleConfigArn: sagemaker-governance-1-0-0-"
    assert dry.out.count(plus) == 3
    assert f"user profile {OVERRIDING}" in dry.out
    asked = cli(*words, code=5)
    assert plus in asked.out
    assert "there is no terminal to ask on" in asked.err
    assert snapshot(sagemaker) == before
    assert sagemaker.list_studio_lifecycle_configs()["StudioLifecycleConfigs"] == []


def test_settings_that_change_while_it_asks_are_not_overwritten(
    cli: Cli, sagemaker: Any, published: Path
) -> None:
    def somebody() -> None:
        sagemaker.update_domain(
            DomainId=DOMAIN,
            DefaultUserSettings={
                "JupyterLabAppSettings": {"DefaultResourceSpec": {"InstanceType": "ml.t3.xlarge"}}
            },
        )

    words = ["attach", "--wheel", str(published), "--bucket", BUCKET]
    text = ask(cli, words, "y\r", 4, somebody)
    assert "was changed by somebody else meanwhile" in text
    lab = sagemaker.describe_domain(DomainId=DOMAIN)["DefaultUserSettings"]["JupyterLabAppSettings"]
    assert lab == {"DefaultResourceSpec": {"InstanceType": "ml.t3.xlarge"}}


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ("n\r", 5, "Nothing was changed."),
        ("\x03", 5, "Nothing was changed."),  # Ctrl-C
        ("\x04", 5, "Nothing was changed."),  # Ctrl-D
        ("y\r", 0, "Done: "),
    ],
)
def test_a_person_answers(cli: Cli, published: Path, answer: str, code: int, said: str) -> None:
    words = ["attach", "--wheel", str(published), "--bucket", BUCKET]
    text = ask(cli, words, answer, code)
    assert f"Apply these 3 changes to {DOMAIN}? [y/N]" in text
    assert said in text


def test_a_second_time_there_is_nothing_to_do(cli: Cli, published: Path) -> None:
    attach(cli, published)
    told = attach(cli, published)
    assert (told["action"], told["steps"]) == ("nothing to do", [])
    assert cli("detach", "--yes", "--json").json()["action"] == "done"
    assert cli("detach", "--yes", "--json").json()["action"] == "nothing to do"


def test_a_reviewed_script_and_an_existing_installer_are_attached(
    cli: Cli, sagemaker: Any, published: Path
) -> None:
    script = cli.folder / "reviewed.sh"
    words = ("--wheel", str(published), "--bucket", BUCKET, "--output", str(script))
    name = cli("render", *words, "--json").json()["name"]
    told = cli("attach", "--script", str(script), "--yes", "--json").json()
    assert told["lifecycleConfig"].endswith(f"/{name}")
    record = sagemaker.describe_studio_lifecycle_config(StudioLifecycleConfigName=name)
    assert base64.b64decode(record["StudioLifecycleConfigContent"]) == script.read_bytes()
    cli("detach", "--yes")
    told = cli("attach", "--lifecycle-config", name, "--yes", "--json").json()
    assert told["action"] == "done"
    done = cli("attach", "--lifecycle-config", "sagemaker-governance-none", code=2)
    assert "There is no lifecycle configuration sagemaker-governance-none" in done.err


def test_nothing_is_attached_whose_wheel_is_not_there(
    cli: Cli, sagemaker: Any, release: Release
) -> None:
    wheel = release("1.0.0")
    missing = attach(cli, wheel, code=4)
    assert "spaces would start without the extension" in missing["error"]["message"]
    key = f"sagemaker-governance/{sha256(wheel)[:12]}/{wheel.name}"
    cli.aws.client("s3", "admin").put_object(Bucket=BUCKET, Key=key, Body=b"PK other")
    replaced = attach(cli, wheel, code=4)
    assert "is not the wheel that the script pins" in replaced["error"]["message"]
    assert sagemaker.list_studio_lifecycle_configs()["StudioLifecycleConfigs"] == []


def test_another_built_in_script_is_never_replaced(
    cli: Cli, sagemaker: Any, published: Path
) -> None:
    set_built_in(sagemaker, theirs(sagemaker))
    before = snapshot(sagemaker)
    refused = attach(cli, published, code=4)
    assert THEIRS in refused["error"]["message"]
    assert "let that one run ours" in refused["error"]["hint"]
    assert snapshot(sagemaker) == before
    assert cli("detach", "--yes", "--json").json()["action"] == "nothing to do"


def test_profiles_of_others_are_left_and_told(cli: Cli, sagemaker: Any, published: Path) -> None:
    set_built_in(sagemaker, theirs(sagemaker), UserProfileName=OVERRIDING)
    told = attach(cli, published)
    (left,) = told["left"]
    assert (left["reason"], left["slot"]) == ("foreign", f"user profile {OVERRIDING}")
    profile = sagemaker.describe_user_profile(DomainId=DOMAIN, UserProfileName=OVERRIDING)
    assert built_in(profile, "UserSettings") == THEIRS
    status = cli("status")
    assert f"User profile {OVERRIDING} has app settings of its own, which override" in status.out
    assert THEIRS in status.out


def test_an_update_with_a_side_effect_is_undone(cli: Cli, sagemaker: Any, published: Path) -> None:
    """Should AWS ever replace settings as a whole, nothing is lost."""
    before = snapshot(sagemaker)
    cli.aws.control("PUT", "studio", {"merge": "whole"})
    failed = attach(cli, published, code=6)
    assert "ExecutionRole" in failed["error"]["message"]
    assert "The settings are as they were." in failed["error"]["message"]
    assert snapshot(sagemaker) == before


@pytest.mark.parametrize("slow", ["settle", "lag"])
def test_slow_updates_are_waited_for(cli: Cli, sagemaker: Any, published: Path, slow: str) -> None:
    """In status Updating, or told late: neither is taken for a side effect."""
    before = snapshot(sagemaker)
    cli.aws.control("PUT", "studio", {slow: 3})
    assert attach(cli, published)["action"] == "done"
    assert cli("detach", "--yes", "--json").json()["action"] == "done"
    cli.aws.control("PUT", "studio", {slow: 0})
    assert snapshot(sagemaker) == before


def test_source_identity_needs_stopped_apps(cli: Cli, sagemaker: Any, published: Path) -> None:
    words = ("attach", "--wheel", str(published), "--bucket", BUCKET, "--yes")
    note = cli(*words, "--dry-run").err
    assert "It can change only while no app runs. 2 apps run now: " in note
    before = snapshot(sagemaker)
    refused = cli(*words, "--source-identity", code=4)
    assert "ds-042-lab (JupyterLab)" in refused.err
    assert snapshot(sagemaker) == before
    for space in ("ds-042-lab", SHARED_SPACE):
        sagemaker.delete_app(SpaceName=space, **LAB)
    done = cli(*words, "--source-identity")
    assert "~ ExecutionRoleIdentityConfig: DISABLED -> USER_PROFILE_NAME" in done.out
    settings = sagemaker.describe_domain(DomainId=DOMAIN)["DomainSettings"]
    assert settings["ExecutionRoleIdentityConfig"] == "USER_PROFILE_NAME"
    assert settings["DockerSettings"] == {"EnableDockerAccess": "DISABLED"}


def test_source_identity_that_takes_a_setting_with_it_is_told(
    cli: Cli, sagemaker: Any, published: Path
) -> None:
    """Should AWS ever replace the domain's own settings as a whole."""
    attach(cli, published)
    for space in ("ds-042-lab", SHARED_SPACE):
        sagemaker.delete_app(SpaceName=space, **LAB)
    cli.aws.control("PUT", "studio", {"merge": "whole"})
    failed = attach(cli, published, "--source-identity", code=6)["error"]["message"]
    assert "other domain settings than it should: DockerSettings" in failed
    assert '"DockerSettings":{"EnableDockerAccess":"DISABLED"}' in failed


def test_source_identity_is_waited_for(cli: Cli, sagemaker: Any, published: Path) -> None:
    for space in ("ds-042-lab", SHARED_SPACE):
        sagemaker.delete_app(SpaceName=space, **LAB)
    cli.aws.control("PUT", "studio", {"lag": 3})
    assert attach(cli, published, "--source-identity")["sourceIdentity"] is True
    settings = sagemaker.describe_domain(DomainId=DOMAIN)["DomainSettings"]
    assert settings["ExecutionRoleIdentityConfig"] == "USER_PROFILE_NAME"


def test_an_installer_of_another_domain_is_kept(cli: Cli, sagemaker: Any, published: Path) -> None:
    arn = attach(cli, published, "--domain-id", DOMAIN)["lifecycleConfig"]
    other = sagemaker.create_domain(
        DomainName="other",
        AuthMode="IAM",
        DefaultUserSettings={"JupyterLabAppSettings": {"BuiltInLifecycleConfigArn": arn}},
    )["DomainId"]
    assert f"There are 2 domains: {DOMAIN}, {other}." in cli("detach", "--yes", code=2).err
    words = ("--domain-id", DOMAIN, "--delete-installers", "--yes", "--json")
    told = cli("detach", *words).json()
    assert (told["deleted"], told["kept"]) == ([], [arn.rpartition("/")[2]])


def test_profiles_of_every_page_are_reached(cli: Cli, sagemaker: Any, published: Path) -> None:
    lab = {"JupyterLabAppSettings": {"DefaultResourceSpec": {"InstanceType": "ml.t3.large"}}}
    names = [f"user-{number:03}" for number in range(210)]
    for name in names:
        sagemaker.create_user_profile(DomainId=DOMAIN, UserProfileName=name)
    sagemaker.update_user_profile(DomainId=DOMAIN, UserProfileName=names[-1], UserSettings=lab)
    slots = [one["slot"] for one in attach(cli, published)["steps"]]
    assert slots[2:] == [f"user profile {OVERRIDING}", f"user profile {names[-1]}"]
