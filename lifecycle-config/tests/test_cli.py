"""The admin command line: publish, render, attach, status, rollback, detach, doctor."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ptyprocess import PtyProcessUnicode
from rollout import LAB, Cli, built_in, snapshot
from studio import BUCKET, ROOT, sha256

from sandbox.aws.studio.seeding import DOMAIN, OVERRIDING, SHARED_SPACE
from sandbox.catalogue.model import CLAIMS, EXTERNAL_ID, OWN, REGION
from sandbox.tests.aws_fixture import AwsProcess

#: Many processes, one after the other, on a machine that may be busy.
pytestmark = pytest.mark.timeout(300)

Release = Callable[[str], Path]
SHELLCHECK = Path(sys.executable).with_name("shellcheck")
THEIRS = "security-baseline-7"


@pytest.fixture
def studio(aws: AwsProcess) -> Iterator[Any]:
    """SageMaker for somebody who may do all."""
    yield aws.client("sagemaker", "admin")
    aws.control("PUT", "studio", {"merge": "member", "settle": 0, "lag": 0})


@pytest.fixture
def published(cli: Cli, release: Release) -> Path:
    """A wheel that is in the bucket."""
    wheel = release("1.0.0")
    cli("publish", "--wheel", str(wheel), "--bucket", BUCKET)
    return wheel


def attach(cli: Cli, wheel: Path, *words: str, code: int = 0) -> Any:
    """Attach a wheel without asking; the JSON of it."""
    given = ("--wheel", str(wheel), "--bucket", BUCKET, "--yes", "--json")
    return cli("attach", *given, *words, code=code).json()


def theirs(studio: Any) -> str:
    """A built-in script of somebody else; its ARN."""
    made = studio.create_studio_lifecycle_config(
        StudioLifecycleConfigName=THEIRS,
        StudioLifecycleConfigContent=base64.b64encode(b"#!/bin/bash\n").decode(),
        StudioLifecycleConfigAppType="JupyterLab",
    )
    return str(made["StudioLifecycleConfigArn"])


def set_built_in(studio: Any, arn: str, **where: str) -> None:
    """Put a script into a slot, beside what is there."""
    if "UserProfileName" in where:
        told = studio.describe_user_profile(DomainId=DOMAIN, **where)["UserSettings"]
    else:
        told = studio.describe_domain(DomainId=DOMAIN)["DefaultUserSettings"]
    lab = told.get("JupyterLabAppSettings", {}) | {"BuiltInLifecycleConfigArn": arn}
    settings = {"JupyterLabAppSettings": lab}
    if "UserProfileName" in where:
        studio.update_user_profile(DomainId=DOMAIN, UserSettings=settings, **where)
    else:
        studio.update_domain(DomainId=DOMAIN, DefaultUserSettings=settings)


# publish


def test_publish_puts_the_wheel_once(cli: Cli, release: Release) -> None:
    wheel = release("1.0.0")
    words = ("publish", "--wheel", str(wheel), "--bucket", BUCKET, "--json")
    assert cli(*words, "--dry-run").json()["action"] == "would upload"
    first = cli(*words).json()
    assert first["action"] == "uploaded"
    assert first["sha256"] == sha256(wheel)
    assert first["key"] == f"sagemaker-governance/{sha256(wheel)[:12]}/{wheel.name}"
    stored = cli.aws.client("s3", "admin").get_object(Bucket=BUCKET, Key=first["key"])
    assert stored["Body"].read() == wheel.read_bytes()
    assert cli(*words).json() == first | {"action": "kept"}


def test_publish_prints_what_the_script_needs(cli: Cli, release: Release) -> None:
    wheel = release("1.0.0")
    done = cli("publish", "--wheel", str(wheel), "--bucket", BUCKET)
    assert f"sha256   {sha256(wheel)}\n" in done.out
    assert "Putting" not in done.out
    assert "Putting" in done.err


def test_publish_encrypts_with_the_key_that_is_named(cli: Cli, release: Release) -> None:
    wheel = release("1.0.0")
    key = f"arn:aws:kms:{REGION}:{OWN}:key/6b2f8c1e-0000-4000-8000-000000000000"
    words = ("publish", "--wheel", str(wheel), "--bucket", BUCKET, "--kms-key", key, "--json")
    told = cli(*words).json()
    stored = cli.aws.client("s3", "admin").head_object(Bucket=BUCKET, Key=told["key"])
    assert (stored["ServerSideEncryption"], stored["SSEKMSKeyId"]) == ("aws:kms", key)


def test_publish_never_replaces_another_file(cli: Cli, published: Path) -> None:
    key = f"sagemaker-governance/{sha256(published)[:12]}/{published.name}"
    cli.aws.client("s3", "admin").put_object(Bucket=BUCKET, Key=key, Body=b"PK other")
    done = cli("publish", "--wheel", str(published), "--bucket", BUCKET, code=4)
    assert "is another file than its name says" in done.err


@pytest.mark.parametrize("name", ["other-1.0.0-py3-none-any.whl", "wheel.zip"])
def test_publish_takes_only_our_wheels(cli: Cli, release: Release, name: str) -> None:
    renamed = release("1.0.0").rename(cli.folder / name)
    done = cli("publish", "--wheel", str(renamed), "--bucket", BUCKET, code=2)
    assert "is not a wheel of jupyterlab-sagemaker-governance" in done.err


# render


def test_render_fills_the_script_in(cli: Cli, release: Release) -> None:
    wheel = release("1.0.0")
    config = cli.folder / "connections.json"
    connection = {"id": "own", "kind": "sagemaker", "label": "O'Hara's $HOME `id` \\ registry"}
    content = {"SageMakerGovernance": {"connections": [connection]}}
    config.write_text(json.dumps(content, indent=2))
    script = cli.folder / "install.sh"
    words = ("--wheel", str(wheel), "--bucket", BUCKET, "--config", str(config))
    told = cli("render", *words, "--output", str(script), "--json").json()
    assert told["bytes"] == script.stat().st_size <= 12288
    # SC2016 guesses that the label was meant to be expanded.
    done = subprocess.run(  # noqa: S603 (own arguments)
        [str(SHELLCHECK), "--exclude=SC2016", str(script)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout
    # What bash reads in it is what was given.
    head = "".join(
        line + "\n"
        for line in script.read_text().splitlines()
        if line.startswith(("BUCKET=", "KEY=", "SHA256=", "VERSION=", "CONFIG="))
    )
    ask = head + r'printf "%s\n" "$BUCKET" "$KEY" "$SHA256" "$VERSION" "$CONFIG"'
    said = subprocess.run(  # noqa: S603 (the script under test)
        ["/bin/bash", "-c", ask], capture_output=True, text=True, timeout=10, check=True
    ).stdout.splitlines()
    assert said[:4] == [BUCKET, told["key"], sha256(wheel), "1.0.0"]
    assert json.loads(said[4]) == content


def test_render_prints_the_script_alone(cli: Cli, release: Release) -> None:
    done = cli("render", "--wheel", str(release("1.0.0")), "--bucket", BUCKET)
    assert done.out.startswith("#!/bin/bash\n")
    assert "12288 bytes" in done.err


def test_render_refuses_what_studio_would_refuse(cli: Cli, release: Release) -> None:
    config = cli.folder / "connections.json"
    config.write_text(json.dumps({"SageMakerGovernance": {"connections": ["x" * 12000]}}))
    words = ("render", "--wheel", str(release("1.0.0")), "--bucket", BUCKET)
    done = cli(*words, "--config", str(config), code=2)
    assert "Studio takes 12288" in done.err
    assert "Shorten the configuration by" in done.err


def test_the_same_content_has_the_same_name(cli: Cli, release: Release) -> None:
    def name(version: str, bucket: str = BUCKET) -> str:
        words = ("render", "--wheel", str(release(version)), "--bucket", bucket, "--json")
        return str(cli(*words).json()["name"])

    first = name("1.0.0rc1+local.7")
    assert first == name("1.0.0rc1+local.7")
    assert first.startswith("sagemaker-governance-1-0-0rc1-local-7-")
    assert len({first, name("1.0.1"), name("1.0.1", "other")}) == 3


# attach, status, rollback, detach


@pytest.mark.parametrize("merge", ["member", "leaf"])
def test_a_roll_out_leaves_everything_else_as_it_was(
    cli: Cli, studio: Any, release: Release, merge: str
) -> None:
    """Attach, status, upgrade, rollback, detach: three profiles and a shared space."""
    cli.aws.control("PUT", "studio", {"merge": merge})
    before = snapshot(studio)
    names = {}
    for version in ("1.0.0", "1.1.0"):
        wheel = release(version)
        cli("publish", "--wheel", str(wheel), "--bucket", BUCKET)
        told = attach(cli, wheel)
        assert told["action"] == "done"
        names[version] = told["lifecycleConfig"].rpartition("/")[2]
        attached = snapshot(studio)
        # Nothing but the installer is new.
        assert {
            name: text.replace(told["lifecycleConfig"], "") for name, text in attached.items()
        } != before
        changed = {name for name in before if before[name] != attached[name]}
        assert changed == {"domain", f"profile {OVERRIDING}"}
        status = cli("status", "--json").json()
        assert status["private"]["version"] == status["shared"]["version"] == version
        assert [one["next"] for one in status["spaces"]] == [version] * 4
    restart(studio, SHARED_SPACE)
    status = cli("status", "--json").json()
    runs = {one["name"]: (one["running"], one["restart"]) for one in status["spaces"]}
    assert runs[SHARED_SPACE] == ("1.1.0", False)
    assert runs["ds-042-lab"] == ("", True)  # started before
    told = cli("rollback", "--yes", "--json").json()
    assert (told["version"], told["lifecycleConfig"].rpartition("/")[2]) == (
        "1.0.0",
        names["1.0.0"],
    )
    domain = studio.describe_domain(DomainId=DOMAIN)
    assert built_in(domain, "DefaultUserSettings") == names["1.0.0"]
    assert built_in(domain, "DefaultSpaceSettings") == names["1.0.0"]
    told = cli("detach", "--yes", "--json", "--delete-installers").json()
    assert sorted(told["deleted"]) == sorted(names.values())
    assert snapshot(studio) == before
    assert studio.list_studio_lifecycle_configs()["StudioLifecycleConfigs"] == []


def restart(studio: Any, space: str) -> None:
    """Stop and start the app of a space."""
    studio.delete_app(SpaceName=space, **LAB)
    studio.create_app(SpaceName=space, **LAB)


def test_every_kind_of_space_starts_with_the_installer(
    cli: Cli, studio: Any, published: Path
) -> None:
    arn = attach(cli, published)["lifecycleConfig"]
    restart(studio, "ds-042-lab")
    restart(studio, SHARED_SPACE)
    for space in (f"{OVERRIDING}-lab", "rd-001-lab"):
        studio.create_app(SpaceName=space, **LAB)
    for space in ("ds-042-lab", SHARED_SPACE, f"{OVERRIDING}-lab", "rd-001-lab"):
        told = studio.describe_app(SpaceName=space, **LAB)
        assert told["BuiltInLifecycleConfigArn"] == arn, space


def test_the_change_is_shown_and_asked_for(cli: Cli, studio: Any, published: Path) -> None:
    before = snapshot(studio)
    words = ("attach", "--wheel", str(published), "--bucket", BUCKET)
    dry = cli(*words, "--dry-run")
    plus = "  + JupyterLabAppSettings.BuiltInLifecycleConfigArn: sagemaker-governance-1-0-0-"
    assert dry.out.count(plus) == 3
    assert f"user profile {OVERRIDING}" in dry.out
    asked = cli(*words, code=5)
    assert plus in asked.out
    assert "there is no terminal to ask on" in asked.err
    assert snapshot(studio) == before
    assert studio.list_studio_lifecycle_configs()["StudioLifecycleConfigs"] == []


def ask(
    cli: Cli, words: list[str], answer: str, code: int, meanwhile: Callable[[], Any] | None = None
) -> str:
    """Answer the question of a command in a real terminal; what was seen there."""
    terminal = PtyProcessUnicode.spawn(
        ["node", str(cli.main), *words], env=cli.env(), dimensions=(40, 200)
    )
    text = ""
    try:
        while "[y/N]" not in text:
            text += terminal.read()
        if meanwhile is not None:
            meanwhile()
        terminal.write(answer)
        while True:
            text += terminal.read()
    except EOFError:
        terminal.wait()
    assert terminal.exitstatus == code, text
    return text


def test_settings_that_change_while_it_asks_are_not_overwritten(
    cli: Cli, studio: Any, published: Path
) -> None:
    def somebody() -> None:
        studio.update_domain(
            DomainId=DOMAIN,
            DefaultUserSettings={
                "JupyterLabAppSettings": {"DefaultResourceSpec": {"InstanceType": "ml.t3.xlarge"}}
            },
        )

    words = ["attach", "--wheel", str(published), "--bucket", BUCKET]
    text = ask(cli, words, "y\r", 4, somebody)
    assert "was changed by somebody else meanwhile" in text
    lab = studio.describe_domain(DomainId=DOMAIN)["DefaultUserSettings"]["JupyterLabAppSettings"]
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


def test_an_interrupted_roll_out_is_finished(cli: Cli, studio: Any, published: Path) -> None:
    """Denied half way: the domain is done, the profile is not."""
    cli.aws.control("POST", "deny", {"operation": "UpdateUserProfile"})
    failed = attach(cli, published, code=1)
    assert "UpdateUserProfile" in failed["error"]["message"]
    assert "admin.json" in failed["error"]["hint"]
    cli.aws.control("DELETE", "deny")
    told = attach(cli, published)
    assert [one["slot"] for one in told["steps"]] == [f"user profile {OVERRIDING}"]


def test_a_reviewed_script_and_an_existing_installer_are_attached(
    cli: Cli, studio: Any, published: Path
) -> None:
    script = cli.folder / "reviewed.sh"
    words = ("--wheel", str(published), "--bucket", BUCKET, "--output", str(script))
    name = cli("render", *words, "--json").json()["name"]
    told = cli("attach", "--script", str(script), "--yes", "--json").json()
    assert told["lifecycleConfig"].endswith(f"/{name}")
    record = studio.describe_studio_lifecycle_config(StudioLifecycleConfigName=name)
    assert base64.b64decode(record["StudioLifecycleConfigContent"]) == script.read_bytes()
    cli("detach", "--yes")
    told = cli("attach", "--lifecycle-config", name, "--yes", "--json").json()
    assert told["action"] == "done"
    done = cli("attach", "--lifecycle-config", "sagemaker-governance-none", code=2)
    assert "There is no lifecycle configuration sagemaker-governance-none" in done.err


def test_nothing_is_attached_whose_wheel_is_not_there(
    cli: Cli, studio: Any, release: Release
) -> None:
    wheel = release("1.0.0")
    missing = attach(cli, wheel, code=4)
    assert "spaces would start without the extension" in missing["error"]["message"]
    key = f"sagemaker-governance/{sha256(wheel)[:12]}/{wheel.name}"
    cli.aws.client("s3", "admin").put_object(Bucket=BUCKET, Key=key, Body=b"PK other")
    replaced = attach(cli, wheel, code=4)
    assert "is not the wheel that the script pins" in replaced["error"]["message"]
    assert studio.list_studio_lifecycle_configs()["StudioLifecycleConfigs"] == []


def test_another_built_in_script_is_never_replaced(cli: Cli, studio: Any, published: Path) -> None:
    set_built_in(studio, theirs(studio))
    before = snapshot(studio)
    refused = attach(cli, published, code=4)
    assert THEIRS in refused["error"]["message"]
    assert "let that one run ours" in refused["error"]["hint"]
    assert snapshot(studio) == before
    assert cli("detach", "--yes", "--json").json()["action"] == "nothing to do"


def test_profiles_of_others_are_left_and_told(cli: Cli, studio: Any, published: Path) -> None:
    set_built_in(studio, theirs(studio), UserProfileName=OVERRIDING)
    told = attach(cli, published)
    (left,) = told["left"]
    assert (left["reason"], left["slot"]) == ("foreign", f"user profile {OVERRIDING}")
    profile = studio.describe_user_profile(DomainId=DOMAIN, UserProfileName=OVERRIDING)
    assert built_in(profile, "UserSettings") == THEIRS
    status = cli("status")
    assert f"User profile {OVERRIDING} has app settings of its own, which override" in status.out
    assert THEIRS in status.out


def test_an_update_with_a_side_effect_is_undone(cli: Cli, studio: Any, published: Path) -> None:
    """Should AWS ever replace settings as a whole, nothing is lost."""
    before = snapshot(studio)
    cli.aws.control("PUT", "studio", {"merge": "whole"})
    failed = attach(cli, published, code=6)
    assert "ExecutionRole" in failed["error"]["message"]
    assert "The settings are as they were." in failed["error"]["message"]
    assert snapshot(studio) == before


@pytest.mark.parametrize("slow", ["settle", "lag"])
def test_slow_updates_are_waited_for(cli: Cli, studio: Any, published: Path, slow: str) -> None:
    """In status Updating, or told late: neither is taken for a side effect."""
    before = snapshot(studio)
    cli.aws.control("PUT", "studio", {slow: 3})
    assert attach(cli, published)["action"] == "done"
    assert cli("detach", "--yes", "--json").json()["action"] == "done"
    cli.aws.control("PUT", "studio", {slow: 0})
    assert snapshot(studio) == before


def test_source_identity_needs_stopped_apps(cli: Cli, studio: Any, published: Path) -> None:
    words = ("attach", "--wheel", str(published), "--bucket", BUCKET, "--yes")
    note = cli(*words, "--dry-run").err
    assert "It can change only while no app runs. 2 apps run now: " in note
    before = snapshot(studio)
    refused = cli(*words, "--source-identity", code=4)
    assert "ds-042-lab (JupyterLab)" in refused.err
    assert snapshot(studio) == before
    for space in ("ds-042-lab", SHARED_SPACE):
        studio.delete_app(SpaceName=space, **LAB)
    done = cli(*words, "--source-identity")
    assert "~ ExecutionRoleIdentityConfig: DISABLED -> USER_PROFILE_NAME" in done.out
    settings = studio.describe_domain(DomainId=DOMAIN)["DomainSettings"]
    assert settings["ExecutionRoleIdentityConfig"] == "USER_PROFILE_NAME"
    assert settings["DockerSettings"] == {"EnableDockerAccess": "DISABLED"}


def test_an_installer_of_another_domain_is_kept(cli: Cli, studio: Any, published: Path) -> None:
    arn = attach(cli, published, "--domain-id", DOMAIN)["lifecycleConfig"]
    other = studio.create_domain(
        DomainName="other",
        AuthMode="IAM",
        DefaultUserSettings={"JupyterLabAppSettings": {"BuiltInLifecycleConfigArn": arn}},
    )["DomainId"]
    assert f"There are 2 domains: {DOMAIN}, {other}." in cli("detach", "--yes", code=2).err
    words = ("--domain-id", DOMAIN, "--delete-installers", "--yes", "--json")
    told = cli("detach", *words).json()
    assert (told["deleted"], told["kept"]) == ([], [arn.rpartition("/")[2]])


def test_rollback_goes_where_it_is_told(cli: Cli, release: Release) -> None:
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        cli("publish", "--wheel", str(release(version)), "--bucket", BUCKET)
        attach(cli, release(version))
    assert cli("rollback", "--to", "1.0.0", "--yes", "--json").json()["version"] == "1.0.0"
    oldest = cli("rollback", "--yes", code=4)
    assert "There is no installer older than sagemaker-governance-1-0-0-" in oldest.err
    unknown = cli("rollback", "--to", "9.9.9", "--yes", code=2)
    assert "There is no installer 9.9.9" in unknown.err


def test_profiles_of_every_page_are_reached(cli: Cli, studio: Any, published: Path) -> None:
    lab = {"JupyterLabAppSettings": {"DefaultResourceSpec": {"InstanceType": "ml.t3.large"}}}
    names = [f"user-{number:03}" for number in range(110)]
    for name in names:
        studio.create_user_profile(DomainId=DOMAIN, UserProfileName=name)
    studio.update_user_profile(DomainId=DOMAIN, UserProfileName=names[-1], UserSettings=lab)
    slots = [one["slot"] for one in attach(cli, published)["steps"]]
    assert slots[2:] == [f"user profile {OVERRIDING}", f"user profile {names[-1]}"]


# doctor


def findings(cli: Cli, code: int) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in cli("doctor", "--json", code=code).json()["findings"]}


def test_doctor_is_content_with_a_good_roll_out(cli: Cli, studio: Any, published: Path) -> None:
    attach(cli, published)
    found = findings(cli, 0)
    assert found["private-spaces"]["result"] == found["shared-spaces-wheel"]["result"] == "ok"
    assert found["caller"]["text"].endswith(f"(account {OWN})")
    assert found["clock"]["result"] == "ok"
    assert found["spaces"]["result"] == "warning"  # two run without it
    assert found["source-identity"]["result"] == "warning"
    # What cannot be known is not called fine.
    assert found["network"]["result"] == found["execution-roles"]["result"] == "unknown"
    assert "AmazonSageMakerFullAccess" in found["execution-roles"]["todo"]


def test_doctor_tells_what_is_wrong_and_what_to_do(cli: Cli, studio: Any, published: Path) -> None:
    nothing = findings(cli, 3)
    assert nothing["private-spaces"]["result"] == "failed"
    assert nothing["private-spaces"]["todo"] == "Run attach."
    key = attach(cli, published) and f"sagemaker-governance/{sha256(published)[:12]}"
    s3 = cli.aws.client("s3", "admin")
    s3.put_object(Bucket=BUCKET, Key=f"{key}/{published.name}", Body=b"PK other")
    replaced = findings(cli, 3)["private-spaces-wheel"]
    assert "is not the pinned wheel" in replaced["text"]
    s3.delete_object(Bucket=BUCKET, Key=f"{key}/{published.name}")
    assert "there is no s3://" in findings(cli, 3)["shared-spaces-wheel"]["text"]
    done = cli("doctor", code=3)
    for line in done.out.splitlines():
        if line.startswith(("FAIL", "WARN", "?")):
            assert "  -> " in done.out[done.out.index(line) :].splitlines()[1]
    assert done.out.splitlines()[-1] == "6 ok, 2 failed, 2 to look at, 2 not tested"


def test_a_script_that_runs_ours_is_known(cli: Cli, studio: Any, published: Path) -> None:
    installer = cli("render", "--wheel", str(published), "--bucket", BUCKET).out
    combined = f"#!/bin/bash\necho baseline\ncat > /tmp/x <<'END'\n{installer}END\nbash /tmp/x\n"
    made = studio.create_studio_lifecycle_config(
        StudioLifecycleConfigName=THEIRS,
        StudioLifecycleConfigContent=base64.b64encode(combined.encode()).decode(),
        StudioLifecycleConfigAppType="JupyterLab",
    )
    set_built_in(studio, made["StudioLifecycleConfigArn"])
    found = findings(cli, 3)  # the shared spaces have none
    assert found["private-spaces"]["result"] == "ok"
    assert found["private-spaces-wheel"]["result"] == "ok"
    status = cli("status", "--json").json()
    assert status["private"]["version"] == f"1.0.0 (run by {THEIRS})"


# common options


def test_a_role_is_assumed_with_its_external_id(cli: Cli) -> None:
    role = f"arn:aws:iam::{CLAIMS}:role/SageMakerGovernanceRegistry"
    cli.credentials = cli.aws.credentials("data-scientist")
    words = ("status", "--role-arn", role, "--region", REGION)
    without = cli(*words, code=1)
    assert "sts:AssumeRole" in without.err
    # The role is a registry's: it may be assumed, and may not list domains.
    assumed = cli(*words, "--external-id", EXTERNAL_ID, code=1)
    assert f"arn:aws:sts::{CLAIMS}:assumed-role/SageMakerGovernanceRegistry" in assumed.err
    assert "sagemaker:ListDomains" in assumed.err


def test_profiles_of_the_aws_configuration_are_used(cli: Cli) -> None:
    folder = cli.folder / ".aws"
    folder.mkdir()
    (folder / "config").write_text(f"[profile studio-admin]\nregion = {REGION}\n")
    (folder / "credentials").write_text(
        "[studio-admin]\n"
        f"aws_access_key_id = {cli.credentials.access_key}\n"
        f"aws_secret_access_key = {cli.credentials.secret_key}\n"
        f"aws_session_token = {cli.credentials.token}\n"
    )
    own = dict.fromkeys(
        ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION"), ""
    )
    told = cli("status", "--profile", "studio-admin", "--json", **own).json()
    assert told["domain"] == DOMAIN
    assert "No region is given" in cli("status", code=2, **own).err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nonsense",), "There is no command nonsense."),
        (("attach", "--nonsense"), "Unknown option '--nonsense'"),
        (("attach",), "exactly one way"),
        (("publish",), "--wheel, --bucket is needed"),
        (("publish", "--wheel", "none.whl", "--bucket", "b"), "none.whl cannot be read"),
        (("status", "--domain-id", "d-none"), "There is no Studio domain d-none"),
    ],
)
def test_wrong_usage_is_told(cli: Cli, words: tuple[str, ...], said: str) -> None:
    assert said in cli(*words, code=2).err


def test_a_network_that_does_not_answer_is_told(cli: Cli) -> None:
    done = cli("status", code=1, AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert "ECONNREFUSED" in done.err
    assert "must be reachable" in done.err


def test_denied_rights_are_named(cli: Cli) -> None:
    cli.credentials = cli.aws.credentials("reader")
    assert "sagemaker:ListDomains" in cli("status", code=1).err


def test_json_is_the_only_thing_on_stdout_and_secrets_are_nowhere(
    cli: Cli, published: Path
) -> None:
    for words in (
        ("attach", "--wheel", str(published), "--bucket", BUCKET, "--yes"),
        ("status",),
        ("doctor",),
        ("detach", "--yes"),
    ):
        done = cli(*words, "--json")
        assert isinstance(done.json(), dict)
        for secret in (cli.credentials.secret_key, cli.credentials.token):
            assert secret not in done.out + done.err


def test_one_file_runs_without_a_registry(cli: Cli, release: Release, published: Path) -> None:
    """As unpacked from the npm package: no node_modules anywhere above it."""
    package = cli.folder / "package"
    folder = package / "lib" / "cli"
    subprocess.run(  # noqa: S603 (own arguments)
        ["node", str(ROOT / "scripts/bundle-cli.mjs"), str(cli.main), str(folder)],  # noqa: S607
        check=True,
        timeout=100,
    )
    for name in ("install.sh", "cloudformation"):
        source, target = ROOT / "lifecycle-config" / name, package / "lifecycle-config" / name
        target.parent.mkdir(exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    cli.main = folder / "standalone.js"
    assert attach(cli, published)["action"] == "done"
    assert cli("status", "--json").json()["private"]["version"] == "1.0.0"
    assert "Apache License" in (folder / "standalone.licences.txt").read_text()


def test_the_package_has_what_the_command_line_needs() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    assert package["bin"] == {"jupyterlab-sagemaker-governance": "lib/cli/main.js"}
    assert {
        "docs/*.md",  # errors refer to the guide
        "lifecycle-config/install.sh",
        "lifecycle-config/{cloudformation,iam}/*",
        "lib/cli/standalone.licences.txt",
    } <= set(package["files"])
