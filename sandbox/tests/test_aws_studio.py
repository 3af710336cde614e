"""Studio's control plane: what an installer relies on, and what is refused."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.aws.studio.seeding import DOMAIN, OVERRIDING, SHARED_SPACE
from sandbox.aws.studio.store import MERGES
from sandbox.catalogue.model import OWN, PERSONAS, REGION

from .aws_fixture import AwsProcess

LAB = {"DomainId": DOMAIN, "AppType": "JupyterLab", "AppName": "default"}
ROLE = f"arn:aws:iam::{OWN}:role/SageMakerGovernanceReader"


@pytest.fixture
def studio(aws: AwsProcess) -> Iterator[Any]:
    """SageMaker for an admin; how updates act is put back afterwards."""
    before = aws.control("GET", "studio")
    yield aws.client("sagemaker", "admin")
    aws.control("PUT", "studio", before)


def script(studio: Any, name: str = "installer", app_type: str = "JupyterLab") -> str:
    """A new lifecycle configuration; its ARN."""
    made = studio.create_studio_lifecycle_config(
        StudioLifecycleConfigName=name,
        StudioLifecycleConfigContent=base64.b64encode(b"#!/bin/bash\n").decode(),
        StudioLifecycleConfigAppType=app_type,
    )
    return str(made["StudioLifecycleConfigArn"])


def built_in(arn: str) -> dict[str, Any]:
    return {"JupyterLabAppSettings": {"BuiltInLifecycleConfigArn": arn}}


def refused(call: Any, code: str, text: str, **parameters: Any) -> None:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    assert error["Code"] == code
    assert text in error["Message"]


def test_a_script_of_the_greatest_length_is_taken_and_one_more_refused(studio: Any) -> None:
    names = {"StudioLifecycleConfigName": "long", "StudioLifecycleConfigAppType": "JupyterLab"}
    content = base64.b64encode(b"#" * 12288).decode()
    assert len(content) == 16384
    studio.create_studio_lifecycle_config(StudioLifecycleConfigContent=content, **names)
    told = studio.describe_studio_lifecycle_config(StudioLifecycleConfigName="long")
    assert told["StudioLifecycleConfigContent"] == content
    refused(
        studio.create_studio_lifecycle_config,
        "ValidationException",
        "length less than or equal to 16384",
        StudioLifecycleConfigContent=base64.b64encode(b"#" * 12289).decode(),
        **(names | {"StudioLifecycleConfigName": "longer"}),
    )


def test_a_script_is_encoded_and_its_name_taken_once(studio: Any) -> None:
    names = {"StudioLifecycleConfigName": "one", "StudioLifecycleConfigAppType": "JupyterLab"}
    create = studio.create_studio_lifecycle_config
    text = "not encoded in base64"
    refused(create, "ValidationException", text, StudioLifecycleConfigContent="#!/", **names)
    create(StudioLifecycleConfigContent="IyE=", **names)
    refused(create, "ResourceInUse", "already exists", StudioLifecycleConfigContent="IyE=", **names)


def test_lists_of_scripts_are_filtered_sorted_and_paged(studio: Any) -> None:
    for name, app_type in (("b-1", "JupyterLab"), ("a-2", "CodeEditor"), ("a-1", "JupyterLab")):
        script(studio, name, app_type)

    def named(**asked: Any) -> list[str]:
        pages = studio.get_paginator("list_studio_lifecycle_configs").paginate(**asked)
        rows = [row for page in pages for row in page["StudioLifecycleConfigs"]]
        return [row["StudioLifecycleConfigName"] for row in rows]

    assert named(SortBy="Name", SortOrder="Ascending", MaxResults=1) == ["a-1", "a-2", "b-1"]
    assert named() == ["a-1", "a-2", "b-1"]  # the newest first
    assert named(NameContains="A", AppTypeEquals="JupyterLab") == ["a-1"]


def test_scripts_have_tags_until_they_are_deleted(studio: Any) -> None:
    arn = script(studio)

    def tags() -> dict[str, str]:
        rows = studio.list_tags(ResourceArn=arn)["Tags"]
        return {one["Key"]: one["Value"] for one in rows}

    assert tags() == {}
    for value in ("1", "2"):
        studio.add_tags(ResourceArn=arn, Tags=[{"Key": "a:b", "Value": value}])
    studio.add_tags(ResourceArn=arn, Tags=[{"Key": "c", "Value": ""}])
    assert tags() == {"a:b": "2", "c": ""}
    studio.delete_tags(ResourceArn=arn, TagKeys=["c", "none"])
    assert tags() == {"a:b": "2"}
    many = [{"Key": f"k{number}", "Value": ""} for number in range(50)]
    refused(studio.add_tags, "ResourceLimitExceeded", "at most 50", ResourceArn=arn, Tags=many)
    studio.delete_studio_lifecycle_config(StudioLifecycleConfigName="installer")
    refused(studio.list_tags, "ResourceNotFound", "does not exist", ResourceArn=arn)
    script(studio)
    assert tags() == {}
    elsewhere = arn.replace(OWN, "999988887777")
    refused(studio.list_tags, "ResourceNotFound", "does not exist", ResourceArn=elsewhere)


@pytest.mark.parametrize("merge", MERGES)
def test_how_an_update_merges(aws: AwsProcess, studio: Any, merge: str) -> None:
    aws.control("PUT", "studio", {"merge": merge})
    before = studio.describe_domain(DomainId=DOMAIN)
    settings = before["DefaultUserSettings"]
    studio.update_domain(DomainId=DOMAIN, DefaultUserSettings=built_in(script(studio)))
    after = studio.describe_domain(DomainId=DOMAIN)["DefaultUserSettings"]
    added = built_in(after["JupyterLabAppSettings"]["BuiltInLifecycleConfigArn"])
    assert (
        after
        == {
            "member": settings | added,
            "leaf": settings
            | {
                "JupyterLabAppSettings": settings["JupyterLabAppSettings"]
                | added["JupyterLabAppSettings"]
            },
            "whole": added,
        }[merge]
    )
    changed = {"DefaultUserSettings", "LastModifiedTime", "ResponseMetadata"}
    now = studio.describe_domain(DomainId=DOMAIN)
    assert {k: v for k, v in now.items() if k not in changed} == {
        k: v for k, v in before.items() if k not in changed
    }


def test_none_takes_the_built_in_script_away(aws: AwsProcess, studio: Any) -> None:
    aws.control("PUT", "studio", {"merge": "leaf"})
    before = studio.describe_domain(DomainId=DOMAIN)["DefaultUserSettings"]
    studio.update_domain(DomainId=DOMAIN, DefaultUserSettings=built_in(script(studio)))
    studio.update_domain(DomainId=DOMAIN, DefaultUserSettings=built_in("None"))
    assert studio.describe_domain(DomainId=DOMAIN)["DefaultUserSettings"] == before


def test_only_scripts_that_exist_and_fit_are_attached(studio: Any) -> None:
    unknown = f"arn:aws:sagemaker:{REGION}:{OWN}:studio-lifecycle-config/none"
    editor = script(studio, "editor", "CodeEditor")
    for arn, text in ((unknown, "does not exist"), (editor, "app type CodeEditor")):
        refused(
            studio.update_domain,
            "ValidationException",
            text,
            DomainId=DOMAIN,
            DefaultUserSettings=built_in(arn),
        )
    spec = {"LifecycleConfigArn": script(studio)}
    refused(
        studio.update_user_profile,
        "ValidationException",
        "must be one of its LifecycleConfigArns",
        DomainId=DOMAIN,
        UserProfileName=OVERRIDING,
        UserSettings={"JupyterLabAppSettings": {"DefaultResourceSpec": spec}},
    )


@pytest.mark.parametrize("where", ["domain", "shared spaces", "profile"])
def test_an_attached_script_cannot_be_deleted(studio: Any, where: str) -> None:
    settings = built_in(script(studio))
    attach: Callable[[dict[str, Any]], Any] = {
        "domain": lambda s: studio.update_domain(DomainId=DOMAIN, DefaultUserSettings=s),
        "shared spaces": lambda s: studio.update_domain(DomainId=DOMAIN, DefaultSpaceSettings=s),
        "profile": lambda s: studio.update_user_profile(
            DomainId=DOMAIN, UserProfileName="rd-001", UserSettings=s
        ),
    }[where]
    attach(settings)
    name = {"StudioLifecycleConfigName": "installer"}
    refused(studio.delete_studio_lifecycle_config, "ResourceInUse", "is attached to", **name)
    attach(built_in("None"))
    studio.delete_studio_lifecycle_config(**name)
    refused(
        studio.describe_studio_lifecycle_config, "ResourceNotFound", "installer does not", **name
    )


def test_identity_passes_only_while_no_app_runs(studio: Any) -> None:
    asked = {
        "DomainId": DOMAIN,
        "DomainSettingsForUpdate": {"ExecutionRoleIdentityConfig": "USER_PROFILE_NAME"},
    }
    refused(studio.update_domain, "ResourceInUse", "there are 2", **asked)
    studio.delete_app(SpaceName="ds-042-lab", **LAB)
    studio.delete_app(SpaceName=SHARED_SPACE, **LAB)
    before = studio.describe_domain(DomainId=DOMAIN)["DomainSettings"]
    studio.update_domain(**asked)
    after = studio.describe_domain(DomainId=DOMAIN)["DomainSettings"]
    assert after == before | {"ExecutionRoleIdentityConfig": "USER_PROFILE_NAME"}


def test_updates_take_their_time(aws: AwsProcess, studio: Any) -> None:
    profile = {"DomainId": DOMAIN, "UserProfileName": "rd-001"}
    aws.control("PUT", "studio", {"settle": 60})
    studio.update_domain(DomainId=DOMAIN, TagPropagation="DISABLED")
    studio.update_user_profile(UserSettings={"StudioWebPortal": "ENABLED"}, **profile)
    told = studio.describe_domain(DomainId=DOMAIN)
    assert (told["Status"], told["TagPropagation"]) == ("Updating", "ENABLED")
    assert studio.describe_user_profile(**profile)["Status"] == "Updating"
    again = {"DomainId": DOMAIN, "TagPropagation": "ENABLED"}
    refused(studio.update_domain, "ResourceInUse", "in status Updating", **again)
    refused(studio.update_user_profile, "ResourceInUse", "in status Updating", **profile)
    aws.control("PUT", "studio", {"settle": 0})
    told = studio.describe_domain(DomainId=DOMAIN)
    assert (told["Status"], told["TagPropagation"]) == ("InService", "DISABLED")
    aws.control("PUT", "studio", {"lag": 60})
    studio.update_domain(**again)
    told = studio.describe_domain(DomainId=DOMAIN)
    assert (told["Status"], told["TagPropagation"]) == ("InService", "DISABLED")


def test_which_script_an_app_starts_with(studio: Any) -> None:
    user, space = script(studio, "user"), script(studio, "space")
    studio.update_domain(
        DomainId=DOMAIN, DefaultUserSettings=built_in(user), DefaultSpaceSettings=built_in(space)
    )
    studio.delete_app(SpaceName="ds-042-lab", **LAB)
    studio.delete_app(SpaceName=SHARED_SPACE, **LAB)

    def started(name: str, **more: Any) -> str | None:
        studio.create_app(SpaceName=name, **LAB, **more)
        told = studio.describe_app(SpaceName=name, **LAB)
        arn: str | None = told.get("BuiltInLifecycleConfigArn")
        return arn

    assert started("ds-042-lab") == user
    assert started(SHARED_SPACE) == space
    # Own app settings of the profile hide the domain's.
    assert started(f"{OVERRIDING}-lab") is None
    assert started("rd-001-lab", RecoveryMode=True) is None


def test_a_running_app_keeps_its_script(studio: Any) -> None:
    studio.update_domain(DomainId=DOMAIN, DefaultUserSettings=built_in(script(studio)))
    assert "BuiltInLifecycleConfigArn" not in studio.describe_app(SpaceName="ds-042-lab", **LAB)


def test_apps_take_only_attached_scripts(studio: Any) -> None:
    refused(
        studio.create_app,
        "ValidationException",
        "is not attached",
        SpaceName="rd-001-lab",
        ResourceSpec={"LifecycleConfigArn": script(studio)},
        **LAB,
    )
    running = {"SpaceName": "ds-042-lab", **LAB}
    refused(studio.create_app, "ResourceInUse", "already runs", **running)
    refused(studio.create_app, "ValidationException", "needs a SpaceName", **LAB)


def test_what_is_in_use_is_not_deleted(studio: Any) -> None:
    one = {"DomainId": DOMAIN, "UserProfileName": "rd-001"}
    refused(studio.delete_domain, "ResourceInUse", "still has", DomainId=DOMAIN)
    refused(studio.delete_user_profile, "ResourceInUse", "still owns space rd-001-lab", **one)
    space = {"DomainId": DOMAIN, "SpaceName": "ds-042-lab"}
    refused(studio.delete_space, "ResourceInUse", "still runs an app", **space)
    studio.delete_space(DomainId=DOMAIN, SpaceName="rd-001-lab")
    studio.delete_user_profile(**one)
    refused(studio.describe_user_profile, "ResourceNotFound", "rd-001 does not exist", **one)


def test_from_nothing_to_a_shared_space(studio: Any) -> None:
    made = studio.create_domain(
        DomainName="new",
        AuthMode="IAM",
        DefaultUserSettings={"ExecutionRole": ROLE},
        SubnetIds=["subnet-0aa11bb22cc33dd44"],
        VpcId="vpc-0123456789abcdef0",
    )
    domain = {"DomainId": made["DomainId"]}
    studio.create_user_profile(UserProfileName="ana", **domain)
    shared = {
        "SpaceName": "team",
        "OwnershipSettings": {"OwnerUserProfileName": "ana"},
        "SpaceSharingSettings": {"SharingType": "Shared"},
    }
    text = "no DefaultSpaceSettings.ExecutionRole"
    refused(studio.create_space, "ValidationException", text, **shared, **domain)
    studio.update_domain(DefaultSpaceSettings={"ExecutionRole": ROLE}, **domain)
    studio.create_space(**shared, **domain)
    (row,) = studio.list_spaces(DomainIdEquals=made["DomainId"])["Spaces"]
    assert row["SpaceSharingSettingsSummary"] == {"SharingType": "Shared"}
    for call, more in (
        (studio.delete_space, {"SpaceName": "team"}),
        (studio.delete_user_profile, {"UserProfileName": "ana"}),
        (studio.delete_domain, {}),
    ):
        call(**more, **domain)
    assert [one["DomainId"] for one in studio.list_domains()["Domains"]] == [DOMAIN]


@pytest.mark.parametrize("persona", PERSONAS)
def test_users_cannot_change_the_domain(aws: AwsProcess, persona: str) -> None:
    refused(
        aws.client("sagemaker", persona).update_domain,
        "AccessDeniedException",
        f"sagemaker:UpdateDomain on resource: arn:aws:sagemaker:{REGION}:{OWN}:domain/{DOMAIN}",
        DomainId=DOMAIN,
        TagPropagation="DISABLED",
    )


def test_the_cloud_admin_installs_and_does_nothing_else(aws: AwsProcess, studio: Any) -> None:
    admin = aws.client("sagemaker", "cloud-admin")
    ours = built_in(script(admin, "sagemaker-governance-1-0-0-abc"))
    admin.update_domain(DomainId=DOMAIN, DefaultUserSettings=ours)
    admin.update_user_profile(DomainId=DOMAIN, UserProfileName=OVERRIDING, UserSettings=ours)
    for call, parameters in (
        (script, {"studio": admin, "name": "other"}),
        (admin.delete_domain, {"DomainId": DOMAIN}),
        (admin.delete_app, {"SpaceName": SHARED_SPACE, **LAB}),
        (admin.create_user_profile, {"DomainId": DOMAIN, "UserProfileName": "mine"}),
        (admin.create_model_package, {"ModelPackageGroupName": "churn-retail"}),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            call(**parameters)


def test_a_policy_can_list_the_scripts_that_may_be_attached(aws: AwsProcess, studio: Any) -> None:
    iam = aws.client("iam", "admin")
    role = "SageMakerGovernanceReader"
    ours = script(studio, "ours")
    allowed = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sagemaker:UpdateDomain",'
        '"Resource":"*","Condition":{"ForAllValues:StringEquals":'
        f'{{"sagemaker:StudioLifecycleConfigArns":["{ours}"]}}}}}}]}}'
    )
    iam.put_role_policy(RoleName=role, PolicyName="installer", PolicyDocument=allowed)
    try:
        reader = aws.client("sagemaker", "reader")
        reader.update_domain(DomainId=DOMAIN, DefaultUserSettings=built_in(ours))
        other = built_in(script(studio, "theirs"))
        with pytest.raises(ClientError, match="AccessDenied"):
            reader.update_domain(DomainId=DOMAIN, DefaultUserSettings=other)
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="installer")
