"""The admin command line: back to the installer that was attached before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rollout import Cli, Release, attach, built_in, denied, kill_at, set_built_in, snapshot
from studio import BUCKET

from sandbox.aws.studio.seeding import DOMAIN, OVERRIDING

#: Many processes, one after the other, on a machine that may be busy.
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def roll(cli: Cli, release: Release) -> Any:
    """Publishes and attaches a version; name of its installer."""

    def act(version: str, *words: str) -> str:
        wheel = release(version)
        cli("publish", "--wheel", str(wheel), "--bucket", BUCKET)
        return str(attach(cli, wheel, *words)["lifecycleConfig"].rpartition("/")[2])

    return act


def back(cli: Cli, *words: str) -> str:
    """Version that a rollback goes to."""
    return str(cli("rollback", "--yes", "--json", *words).json()["version"])


def test_it_goes_to_what_was_attached_before_not_to_what_was_made_before(
    cli: Cli, roll: Any
) -> None:
    """1.1.0 was made right before 1.2.0; attached before it was 1.0.0, again."""
    for version in ("1.0.0", "1.1.0", "1.0.0", "1.2.0"):
        roll(version)
    shown = cli("rollback", "--dry-run").out
    assert shown.startswith("From sagemaker-governance-1-2-0-")
    assert "(version 1.0.0), which was attached before it." in shown
    assert "sagemaker-governance-1-0-0-" in cli("status").out
    assert back(cli) == "1.0.0"


def test_it_goes_further_back_each_time(cli: Cli, roll: Any) -> None:
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        roll(version)
    assert [back(cli), back(cli)] == ["1.1.0", "1.0.0"]
    refused = cli("rollback", "--yes", code=4)
    assert f"{DOMAIN} had no installer before sagemaker-governance-1-0-0-" in refused.err
    assert "use detach" in refused.err
    assert "goes back to:   nothing: it is the first installer" in cli("status").out


def test_it_goes_where_it_is_told(cli: Cli, roll: Any) -> None:
    names = {version: roll(version) for version in ("1.0.0", "1.1.0", "1.2.0")}
    assert back(cli, "--to", "1.0.0") == "1.0.0"
    assert back(cli, "--to", names["1.2.0"]) == "1.2.0"
    unknown = cli("rollback", "--to", "9.9.9", "--yes", code=2)
    assert "There is no installer 9.9.9" in unknown.err
    assert f"{names['1.1.0']} (version 1.1.0)" in unknown.err


def test_an_uninstaller_is_not_taken_for_the_version_it_takes_away(
    cli: Cli, release: Release, roll: Any
) -> None:
    installer = roll("1.0.0")
    script = cli("render", "--wheel", str(release("1.0.0")), "--bucket", BUCKET).out
    path = cli.folder / "uninstaller.sh"
    path.write_text(script.replace("ACTION=''", "ACTION='uninstall'"))
    told = cli("attach", "--script", str(path), "--yes")
    assert "starts JupyterLab with the uninstaller of 1.0.0." in told.out
    status = cli("status")
    assert "Private spaces start with: uninstaller of 1.0.0" in status.out
    findings = cli("doctor", "--json").json()["findings"]
    slot = next(one for one in findings if one["id"] == "private-spaces")
    assert slot["result"] == "warning"
    assert "spaces start without the extension" in slot["text"]
    # It is the newest script, and names that version.
    shown = cli("rollback", "--to", "1.0.0", "--yes", "--json").json()
    assert shown["lifecycleConfig"].endswith(f"/{installer}")


def test_domains_with_the_same_installers_have_their_own_past(
    cli: Cli, sagemaker: Any, roll: Any
) -> None:
    other = sagemaker.create_domain(DomainName="other", AuthMode="IAM", DefaultUserSettings={})
    first, second = ("--domain-id", DOMAIN), ("--domain-id", other["DomainId"])
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        roll(version, *first)
    for version in ("1.0.0", "1.2.0"):
        roll(version, *second)
    assert back(cli, *second) == "1.0.0"
    assert back(cli, *first) == "1.1.0"


def test_a_killed_rollback_is_finished_not_taken_further(
    cli: Cli, sagemaker: Any, roll: Any
) -> None:
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        roll(version)
    cli.aws.control("PUT", "studio", {"settle": 1})
    kill_at(cli, "[2/3]", "rollback", "--yes")
    cli.aws.control("PUT", "studio", {"settle": 0})
    assert back(cli) == "1.1.0"
    record = sagemaker.describe_domain(DomainId=DOMAIN)
    profile = sagemaker.describe_user_profile(DomainId=DOMAIN, UserProfileName=OVERRIDING)
    for told, settings in (
        (record, "DefaultUserSettings"),
        (record, "DefaultSpaceSettings"),
        (profile, "UserSettings"),
    ):
        assert str(built_in(told, settings)).startswith("sagemaker-governance-1-1-0-")


def test_a_killed_upgrade_can_be_rolled_back(
    cli: Cli, sagemaker: Any, roll: Any, release: Release
) -> None:
    roll("1.0.0")
    before = snapshot(sagemaker)
    cli.aws.control("PUT", "studio", {"settle": 1})
    make = ("--wheel", str(release("1.1.0")), "--bucket", BUCKET)
    cli("publish", *make)
    kill_at(cli, "[2/3]", "attach", *make, "--yes")
    cli.aws.control("PUT", "studio", {"settle": 0})
    assert back(cli) == "1.0.0"
    assert snapshot(sagemaker) == before


def test_what_nobody_wrote_down_is_asked_for(cli: Cli, sagemaker: Any, roll: Any) -> None:
    """Attached in the console: the past is not known, and is not guessed."""
    name = roll("1.0.0")
    script = sagemaker.describe_studio_lifecycle_config(StudioLifecycleConfigName=name)
    made = sagemaker.create_studio_lifecycle_config(
        StudioLifecycleConfigName="sagemaker-governance-by-hand",
        StudioLifecycleConfigContent=script["StudioLifecycleConfigContent"],
        StudioLifecycleConfigAppType="JupyterLab",
    )
    set_built_in(sagemaker, made["StudioLifecycleConfigArn"])
    refused = cli("rollback", "--yes", code=4)
    assert "It is not written down what" in refused.err
    assert f"{name} (version 1.0.0)" in refused.err
    assert "A rollback goes back to:   not written down" in cli("status").out


def test_what_was_deleted_is_told(cli: Cli, sagemaker: Any, roll: Any) -> None:
    name = roll("1.0.0")
    roll("1.1.0")
    sagemaker.delete_studio_lifecycle_config(StudioLifecycleConfigName=name)
    refused = cli("rollback", "--yes", code=4)
    assert f"{name}, which {DOMAIN} had before, does not exist any more." in refused.err


def test_a_roll_out_does_not_depend_on_tags(cli: Cli, roll: Any, release: Release) -> None:
    roll("1.0.0")
    wheel = release("1.1.0")
    cli("publish", "--wheel", str(wheel), "--bucket", BUCKET)
    with denied(cli.aws, "sagemaker:AddTags", "*"):
        done = cli("attach", "--wheel", str(wheel), "--bucket", BUCKET, "--yes")
    assert "A later rollback will need --to" in done.err
    assert "Done: " in done.out
    assert back(cli, "--to", "1.0.0") == "1.0.0"


def test_the_past_is_no_setting_of_the_domain(cli: Cli, sagemaker: Any, published: Path) -> None:
    arn = attach(cli, published)["lifecycleConfig"]
    tags = sagemaker.list_tags(ResourceArn=arn)["Tags"]
    assert tags == [{"Key": f"sagemaker-governance:before:{DOMAIN}", "Value": "none"}]
