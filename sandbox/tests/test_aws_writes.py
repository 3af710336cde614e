"""Registering, requesting, deciding and tagging."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from sandbox.catalogue.model import OWN, REGION, SHARING

from .aws_fixture import AwsProcess

PACKAGE = f"arn:aws:sagemaker:{REGION}:{OWN}:model-package/credit-risk-scoring/12"


def describe(client: BaseClient, arn: str = PACKAGE) -> dict[str, Any]:
    package: dict[str, Any] = client.describe_model_package(ModelPackageName=arn)
    package.pop("ResponseMetadata")
    return package


def test_versions_are_numbered(aws: AwsProcess) -> None:
    client = aws.client()
    arn = client.create_model_package_group(ModelPackageGroupName="New-Group")[
        "ModelPackageGroupArn"
    ]
    assert arn == f"arn:aws:sagemaker:{REGION}:{OWN}:model-package-group/new-group"
    for number in (1, 2):
        made = client.create_model_package(ModelPackageGroupName="New-Group")["ModelPackageArn"]
        assert made == f"arn:aws:sagemaker:{REGION}:{OWN}:model-package/new-group/{number}"
    package = describe(client, made)
    assert package["ModelPackageGroupName"] == "New-Group"
    assert package["ModelPackageVersion"] == 2
    assert package["ModelApprovalStatus"] == "PendingManualApproval"
    found = client.search(Resource="ModelPackageGroup", SortBy="CreationTime", MaxResults=1)
    newest = found["Results"][0]["ModelPackageGroup"]
    assert newest["ModelPackageGroupName"] == "New-Group"
    assert newest["CreatedBy"]["UserProfileName"] == "ds-042"


def test_the_same_token_makes_one_version(aws: AwsProcess) -> None:
    client = aws.client()
    asked = {"ModelPackageGroupName": "churn-retail", "ClientToken": "dialog-1"}
    first = client.create_model_package(**asked)["ModelPackageArn"]
    assert client.create_model_package(**asked)["ModelPackageArn"] == first
    listed = client.list_model_packages(ModelPackageGroupName="churn-retail")
    assert len(listed["ModelPackageSummaryList"]) == 2
    with pytest.raises(ClientError) as refused:
        client.create_model_package(**asked, ModelPackageDescription="another")
    assert refused.value.response["Error"]["Code"] == "ConflictException"
    other = client.create_model_package(**asked | {"ClientToken": "dialog-2"})["ModelPackageArn"]
    assert other != first


def test_an_update_repeated_with_its_token_acts_once(aws: AwsProcess) -> None:
    client = aws.client()
    asked = {"ModelPackageArn": PACKAGE, "ApprovalDescription": "once", "ClientToken": "t"}
    client.update_model_package(**asked)
    after = describe(client)
    client.update_model_package(**asked)
    assert describe(client) == after


def test_two_at_once_get_two_numbers(aws: AwsProcess) -> None:
    client = aws.client()
    with ThreadPoolExecutor(8) as pool:
        arns = list(
            pool.map(
                lambda _: client.create_model_package(ModelPackageGroupName="playground-ds-042")[
                    "ModelPackageArn"
                ],
                range(16),
            )
        )
    assert sorted(int(arn.rpartition("/")[2]) for arn in arns) == list(range(1, 17))


def test_an_update_changes_what_it_names_and_nothing_else(aws: AwsProcess) -> None:
    client = aws.client()
    before = describe(client)
    client.update_model_package(
        ModelPackageArn=PACKAGE,
        ApprovalDescription="New bureau data – Gini +2.6 pp; مراجعة",
        ModelLifeCycle={"Stage": "QA", "StageStatus": "PendingApproval"},
    )
    after = describe(client)
    changed = {key for key in after if after[key] != before.get(key)}
    assert changed == {"ApprovalDescription", "ModelLifeCycle", "LastModifiedTime"}
    assert after["ApprovalDescription"] == "New bureau data – Gini +2.6 pp; مراجعة"
    assert after["LastModifiedTime"] > before["LastModifiedTime"]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"ApprovalDescription": "one\ntwo"}, "at 'approvalDescription' failed to satisfy"),
        ({"ApprovalDescription": "x" * 1025}, "length less than or equal to 1024"),
        ({"ModelApprovalStatus": "approved"}, "Member must satisfy enum value set: [Approved,"),
        ({"ModelLifeCycle": {"Stage": "In QA", "StageStatus": "x"}}, "at 'modelLifeCycle.stage'"),
        ({"ModelLifeCycle": {"Stage": "x" * 64, "StageStatus": "x"}}, "less than or equal to 63"),
        ({"ModelLifeCycle": {"Stage": "QA"}}, "Missing required parameter in ModelLifeCycle"),
        ({"CustomerMetadataProperties": {"k" * 129: "v"}}, "less than or equal to 128"),
        ({"CustomerMetadataProperties": {"k": "v" * 257}}, "less than or equal to 256"),
        ({"CustomerMetadataProperties": {f"k{i}": "v" for i in range(51)}}, "equal to 50"),
        ({"ClientToken": "x" * 37, "ApprovalDescription": "y"}, "less than or equal to 36"),
        ({"ModelCard": {"ModelCardContent": "{"}}, "not valid JSON"),
        ({"ModelCard": {"ModelCardContent": "[]"}}, "must be a JSON object"),
        ({"ModelCard": {"ModelCardContent": '{"surprise": 1}'}}, "surprise"),
        ({"ModelCard": {"ModelCardContent": json.dumps("x" * 100_001)}}, "equal to 100000"),
        ({}, "at least one member to change"),
    ],
)
def test_limits(aws: AwsProcess, change: dict[str, Any], text: str) -> None:
    reader = aws.client()
    before = describe(reader)
    answer = aws.call(
        "UpdateModelPackage", {"ModelPackageArn": PACKAGE} | change, aws.credentials("approver")
    )
    assert (answer.status, answer.body["__type"]) == (400, "ValidationException")
    assert text in answer.body["message"]
    assert describe(reader) == before


def test_metadata_is_merged_and_removed(aws: AwsProcess) -> None:
    client = aws.client()
    before = describe(client)["CustomerMetadataProperties"]
    client.update_model_package(
        ModelPackageArn=PACKAGE,
        CustomerMetadataProperties={"ticket": "MR-17", "param.max_depth": "4"},
        CustomerMetadataPropertiesToRemove=["param.model", "not-there"],
    )
    after = describe(client)["CustomerMetadataProperties"]
    expected = before | {"ticket": "MR-17", "param.max_depth": "4"}
    del expected["param.model"]
    assert after == expected
    with pytest.raises(ClientError, match="at most 50"):
        client.update_model_package(
            ModelPackageArn=PACKAGE, CustomerMetadataProperties={f"k{i}": "v" for i in range(48)}
        )
    with pytest.raises(ClientError, match="both set and removed: a"):
        client.update_model_package(
            ModelPackageArn=PACKAGE,
            CustomerMetadataProperties={"a": "b"},
            CustomerMetadataPropertiesToRemove=["a"],
        )


def test_a_card_is_replaced_as_a_whole(aws: AwsProcess) -> None:
    client = aws.client()
    content = json.dumps({"intended_uses": {"intended_uses": "Ranks applicants."}})
    client.update_model_package(ModelPackageArn=PACKAGE, ModelCard={"ModelCardContent": content})
    card = describe(client)["ModelCard"]
    assert card == {"ModelCardContent": content, "ModelCardStatus": "Draft"}
    client.update_model_package(ModelPackageArn=PACKAGE, ModelCard={"ModelCardStatus": "Archived"})
    assert describe(client)["ModelCard"]["ModelCardContent"] == content
    with pytest.raises(ClientError, match="archived model card") as refused:
        client.update_model_package(ModelPackageArn=PACKAGE, ModelCard={"ModelCardStatus": "Draft"})
    assert refused.value.response["Error"]["Code"] == "ConflictException"


def test_a_decision_on_a_shared_version(aws: AwsProcess) -> None:
    arn = f"arn:aws:sagemaker:{REGION}:{SHARING}:model-package/group-macro-scenarios/5"
    client = aws.client("sagemaker", "approver")
    client.update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus="Rejected", ApprovalDescription="Too rosy."
    )
    package = describe(client, arn)
    assert package["ModelApprovalStatus"] == "Rejected"
    assert package["LastModifiedBy"]["UserProfileName"] == "apr-007"


def test_tags(aws: AwsProcess) -> None:
    client = aws.client("sagemaker", "admin")
    arn = f"arn:aws:sagemaker:{REGION}:{OWN}:model-package-group/churn-retail"
    client.add_tags(
        ResourceArn=arn, Tags=[{"Key": "team", "Value": "x"}, {"Key": "b", "Value": ""}]
    )
    listed = client.list_tags(ResourceArn=arn)["Tags"]
    assert {t["Key"]: t["Value"] for t in listed} == {"team": "x", "b": ""}
    client.delete_tags(ResourceArn=arn, TagKeys=["team", "not-there"])
    assert client.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": ""}]
    found = client.search(
        Resource="ModelPackageGroup",
        SearchExpression={"Filters": [{"Name": "Tags.b", "Operator": "Exists"}]},
    )
    assert found["TotalHits"]["Value"] == 1
    with pytest.raises(ClientError, match="take no tags"):
        client.add_tags(ResourceArn=PACKAGE, Tags=[{"Key": "a", "Value": "b"}])
    with pytest.raises(ClientError, match="at most 50 tags") as refused:
        client.add_tags(ResourceArn=arn, Tags=[{"Key": f"k{i}", "Value": "v"} for i in range(50)])
    assert refused.value.response["Error"]["Code"] == "ResourceLimitExceeded"


def test_reset_seeds_again(aws: AwsProcess) -> None:
    client = aws.client("sagemaker", "approver")
    before = describe(client)
    client.update_model_package(ModelPackageArn=PACKAGE, ModelApprovalStatus="Approved")
    aws.control("POST", "reset")
    assert describe(client) == before
