"""Every operation keeps SageMaker's contract, as botocore's service model tells it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape

from sandbox.aws.service import OPERATIONS
from sandbox.aws.shapes import operation, pattern
from sandbox.aws.studio.seeding import DOMAIN, SHARED_SPACE
from sandbox.catalogue.model import OWN, REGION

from .aws_fixture import AwsProcess

GROUP = f"arn:aws:sagemaker:{REGION}:{OWN}:model-package-group/credit-risk-scoring"
PACKAGE = f"arn:aws:sagemaker:{REGION}:{OWN}:model-package/credit-risk-scoring/12"
ROLE = f"arn:aws:iam::{OWN}:role/SageMakerGovernanceReader"
APP = {"DomainId": DOMAIN, "AppType": "JupyterLab", "AppName": "default"}
MLFLOW_APP = f"arn:aws:sagemaker:{REGION}:{OWN}:mlflow-app/app-SANDBOX00001"
MISSING = f"arn:aws:sagemaker:{REGION}:{OWN}:model-package/credit-risk-scoring/99"

REQUESTS: dict[str, list[dict[str, Any]]] = {
    "Search": [
        {"Resource": "ModelPackageGroup", "SortBy": "CreationTime", "MaxResults": 100},
        {"Resource": "ModelPackage", "MaxResults": 100},
        {"Resource": "TrainingJob"},
    ],
    "ListModelPackageGroups": [{}, {"CrossAccountFilterOption": "CrossAccount"}],
    "DescribeModelPackageGroup": [{"ModelPackageGroupName": "credit-risk-scoring"}],
    "ListModelPackages": [{"ModelPackageGroupName": GROUP}, {}],
    "DescribeModelPackage": [
        {"ModelPackageName": PACKAGE},
        {"ModelPackageName": PACKAGE, "IncludedData": "MetadataOnly"},
    ],
    "BatchDescribeModelPackage": [{"ModelPackageArnList": [PACKAGE, MISSING]}],
    "ListTags": [{"ResourceArn": GROUP}, {"ResourceArn": PACKAGE}],
    "CreateModelPackageGroup": [
        {
            "ModelPackageGroupName": "new-group",
            "ModelPackageGroupDescription": "Neue Gruppe – مجموعة",
            "Tags": [{"Key": "governance:use-case-id", "Value": "15001"}],
        }
    ],
    "CreateModelPackage": [
        {
            "ModelPackageGroupName": "churn-retail",
            "ModelPackageDescription": "second",
            "ClientToken": "token-1",
            "ModelPackageRegistrationType": "Registered",
            "ModelApprovalStatus": "PendingManualApproval",
            "SourceUri": "mlflow-artifacts:/1/abc/artifacts/model",
            "CustomerMetadataProperties": {"mlflow.run_id": "abc", "metric.auc": "0.8"},
            "ModelLifeCycle": {"Stage": "Development", "StageStatus": "InProgress"},
            "ModelCard": {"ModelCardContent": "{}", "ModelCardStatus": "Draft"},
            "InferenceSpecification": {
                "Containers": [{"Image": "x", "ModelDataUrl": "s3://bucket/model.tar.gz"}],
                "SupportedContentTypes": ["text/csv"],
            },
        }
    ],
    "UpdateModelPackage": [
        {
            "ModelPackageArn": PACKAGE,
            "ModelApprovalStatus": "PendingManualApproval",
            "ApprovalDescription": "Stable over 8 quarters.",
            "ModelLifeCycle": {"Stage": "QA", "StageStatus": "PendingApproval"},
        }
    ],
    "AddTags": [{"ResourceArn": GROUP, "Tags": [{"Key": "a", "Value": "b"}]}],
    "DeleteTags": [{"ResourceArn": GROUP, "TagKeys": ["team"]}],
    "CreateStudioLifecycleConfig": [
        {
            "StudioLifecycleConfigName": "installer",
            "StudioLifecycleConfigContent": "IyEvYmluL2Jhc2gK",
            "StudioLifecycleConfigAppType": "JupyterLab",
        }
    ],
    "DescribeStudioLifecycleConfig": [],
    "ListStudioLifecycleConfigs": [{}, {"SortBy": "Name", "AppTypeEquals": "JupyterLab"}],
    "DeleteStudioLifecycleConfig": [],
    "CreateDomain": [
        {"DomainName": "second", "AuthMode": "IAM", "DefaultUserSettings": {"ExecutionRole": ROLE}}
    ],
    "DescribeDomain": [{"DomainId": DOMAIN}],
    "ListDomains": [{}, {"MaxResults": 1}],
    "UpdateDomain": [
        {"DomainId": DOMAIN, "DefaultUserSettings": {"StudioWebPortal": "DISABLED"}},
    ],
    "DeleteDomain": [],
    "CreateUserProfile": [{"DomainId": DOMAIN, "UserProfileName": "new"}],
    "DescribeUserProfile": [{"DomainId": DOMAIN, "UserProfileName": "apr-007"}],
    "ListUserProfiles": [{}, {"DomainIdEquals": DOMAIN, "SortBy": "LastModifiedTime"}],
    "UpdateUserProfile": [
        {"DomainId": DOMAIN, "UserProfileName": "apr-007", "UserSettings": {"ExecutionRole": ROLE}}
    ],
    "DeleteUserProfile": [],
    "CreateSpace": [{"DomainId": DOMAIN, "SpaceName": "new"}],
    "DescribeSpace": [{"DomainId": DOMAIN, "SpaceName": SHARED_SPACE}],
    "ListSpaces": [{"DomainIdEquals": DOMAIN}],
    "UpdateSpace": [{"DomainId": DOMAIN, "SpaceName": "rd-001-lab", "SpaceDisplayName": "x"}],
    "DeleteSpace": [{"DomainId": DOMAIN, "SpaceName": "rd-001-lab"}],
    "CreateApp": [{"SpaceName": "apr-007-lab", **APP}],
    "DescribeApp": [{"SpaceName": SHARED_SPACE, **APP}],
    "ListApps": [{}, {"SpaceNameEquals": SHARED_SPACE}],
    "DeleteApp": [{"SpaceName": SHARED_SPACE, **APP}],
    "ListMlflowTrackingServers": [{}, {"TrackingServerStatus": "Stopped", "MaxResults": 1}],
    "ListMlflowApps": [{}, {"SortBy": "Name", "SortOrder": "Ascending"}],
    "DescribeMlflowTrackingServer": [{"TrackingServerName": "team-experiments"}],
    "DescribeMlflowApp": [{"Arn": MLFLOW_APP}],
    "StartMlflowTrackingServer": [{"TrackingServerName": "archive-2024"}],
    "StopMlflowTrackingServer": [{"TrackingServerName": "team-experiments"}],
    "CreatePresignedMlflowTrackingServerUrl": [
        {"TrackingServerName": "team-experiments", "ExpiresInSeconds": 60}
    ],
    "CreatePresignedMlflowAppUrl": [{"Arn": MLFLOW_APP}],
}
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "timestamp": (int, float),
}


def deviations(value: Any, shape: Shape, path: str) -> Iterator[str]:
    """Where a raw JSON value is not what the shape says."""
    if isinstance(shape, StructureShape):
        if not isinstance(value, dict):
            yield f"{path}: not a structure"
            return
        for name in shape.required_members:
            if name not in value:
                yield f"{path}.{name}: missing"
        for name, member in value.items():
            if name not in shape.members:
                yield f"{path}.{name}: not in the model"
            else:
                yield from deviations(member, shape.members[name], f"{path}.{name}")
    elif isinstance(shape, ListShape):
        for i, member in enumerate(value):
            yield from deviations(member, shape.member, f"{path}[{i}]")
    elif isinstance(shape, MapShape):
        for key, member in value.items():
            yield from deviations(member, shape.value, f"{path}[{key}]")
    else:
        if not isinstance(value, TYPES[shape.type_name]):
            yield f"{path}: {value!r} is no {shape.type_name}"
        elif getattr(shape, "enum", None) and value not in shape.enum:
            yield f"{path}: {value!r} is none of {shape.enum}"


#: They answer nothing; what they refuse and do: test_aws_studio.py.
WITHOUT_ANSWER = {"DeleteApp", "DeleteSpace"}


def test_every_operation_is_covered() -> None:
    assert set(REQUESTS) == set(OPERATIONS)
    covered_elsewhere = {name for name, bodies in REQUESTS.items() if not bodies}
    assert covered_elsewhere == {
        "DeleteDomain",
        "DeleteStudioLifecycleConfig",
        "DeleteUserProfile",
        "DescribeStudioLifecycleConfig",
    }


@pytest.mark.parametrize(
    ("name", "request_body"),
    [(name, body) for name, bodies in REQUESTS.items() for body in bodies],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_answers_validate(aws: AwsProcess, name: str, request_body: dict[str, Any]) -> None:
    answer = aws.call(name, request_body, aws.credentials("admin"))
    assert answer.status == 200, answer.body
    assert answer.headers["Content-Type"] == "application/x-amz-json-1.1"
    assert "Access-Control-Allow-Origin" not in answer.headers
    shape = operation(name).output_shape
    if name in WITHOUT_ANSWER:
        assert shape is None
        assert answer.body == {}
        return
    assert list(deviations(answer.body, shape, name)) == []


def test_the_check_of_answers_can_fail() -> None:
    shape = operation("DescribeModelPackageGroup").output_shape
    wrong = {"ModelPackageGroupName": 1, "Nonsense": "x", "ModelPackageGroupStatus": "Fine"}
    found = list(deviations(wrong, shape, "D"))
    assert "D.Nonsense: not in the model" in found
    assert "D.ModelPackageGroupArn: missing" in found
    assert "D.ModelPackageGroupName: 1 is no string" in found
    assert any("'Fine' is none of" in line for line in found)


@pytest.mark.parametrize("name", sorted(REQUESTS))
def test_botocore_reads_every_answer(aws: AwsProcess, name: str) -> None:
    client = aws.client("sagemaker", "admin")
    for body in REQUESTS[name]:
        answer = client._make_api_call(name, body)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_details_of_a_version(aws: AwsProcess) -> None:
    package = aws.client().describe_model_package(ModelPackageName=PACKAGE)
    assert package["ModelPackageVersion"] == 12
    assert package["ModelApprovalStatus"] == "PendingManualApproval"
    assert package["ModelLifeCycle"] == {"Stage": "Development", "StageStatus": "Complete"}
    assert package["CreatedBy"]["UserProfileName"] == "ds-042"
    assert package["CreatedBy"]["IamIdentity"]["SourceIdentity"] == "ds-042"
    card = json.loads(package["ModelCard"]["ModelCardContent"])
    details = card["additional_information"]["custom_details"]
    assert details["UseCaseId"] == "CREDIT-001"
    (metrics,) = card["evaluation_details"][0]["metric_groups"]
    assert {"name": "auc", "type": "number", "value": 0.861} in metrics["metric_data"]
    assert "intended_uses" not in card
    only = aws.client().describe_model_package(
        ModelPackageName=PACKAGE, IncludedData="MetadataOnly"
    )
    assert "ModelCard" not in only


def test_missing_versions_go_to_the_error_map(aws: AwsProcess) -> None:
    answer = aws.client().batch_describe_model_package(ModelPackageArnList=[PACKAGE, MISSING])
    assert set(answer["ModelPackageSummaries"]) == {PACKAGE}
    assert set(answer["BatchDescribeModelPackageErrorMap"]) == {MISSING}


@pytest.mark.parametrize(
    ("name", "body", "text"),
    [
        ("Search", {}, "Missing required parameter in input"),
        ("Search", {"Resource": "Nonsense"}, "Member must satisfy enum value set: [TrainingJob,"),
        ("Search", {"Resource": "ModelPackage", "MaxResults": 101}, "less than or equal to 100"),
        ("Search", {"Resource": "ModelPackage", "MaxResults": "x"}, "Invalid type for parameter"),
        ("Search", {"Resource": "ModelPackage", "Nonsense": 1}, "Unknown parameter in input"),
        (
            "DescribeModelPackageGroup",
            {"ModelPackageGroupName": "none"},
            f"ModelPackageGroup arn:aws:sagemaker:{REGION}:{OWN}:model-package-group/none "
            "does not exist.",
        ),
        ("DescribeModelPackage", {"ModelPackageName": MISSING}, f"ModelPackage {MISSING} does"),
        ("DescribeModelPackage", {"ModelPackageName": "just-a-name"}, "names no model package"),
        (
            "ListTags",
            {"ResourceArn": f"arn:aws:sagemaker:{REGION}:{OWN}:endpoint/x"},
            "names no model package",
        ),
        (
            "CreateModelPackageGroup",
            {"ModelPackageGroupName": "-bad-"},
            "Member must satisfy regular expression pattern",
        ),
        (
            "CreateModelPackageGroup",
            {"ModelPackageGroupName": "a" * 64},
            "length less than or equal to 63",
        ),
        ("CreateModelPackageGroup", {"ModelPackageGroupName": "Churn-Retail"}, "already exists"),
        ("CreateModelPackage", {"ModelPackageName": "x"}, "ModelPackageGroupName is needed"),
        (
            "CreateModelPackage",
            {"ModelPackageGroupName": "churn-retail", "Tags": [{"Key": "a", "Value": "b"}]},
            "tag its group",
        ),
    ],
)
def test_bad_input_is_refused(aws: AwsProcess, name: str, body: dict[str, Any], text: str) -> None:
    answer = aws.call(name, body, aws.credentials("admin"))
    assert answer.status == 400
    assert answer.body["__type"] == "ValidationException"
    assert text in answer.body["message"]


def patterns(shape: Shape, seen: set[str]) -> Iterator[str]:
    """Patterns of a shape and of all shapes in it."""
    if shape.name in seen:
        return
    seen.add(shape.name)
    if "pattern" in shape.metadata:
        yield shape.metadata["pattern"]
    inner: list[Shape] = []
    if isinstance(shape, StructureShape):
        inner = list(shape.members.values())
    elif isinstance(shape, ListShape):
        inner = [shape.member]
    elif isinstance(shape, MapShape):
        inner = [shape.key, shape.value]
    for member in inner:
        yield from patterns(member, seen)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_pattern_of_the_model_can_be_checked(name: str) -> None:
    for text in patterns(operation(name).input_shape, set()):
        pattern(text)


@pytest.mark.parametrize(
    ("value", "accepted"),
    [("0.861", True), ("a b_.:/=+-@", True), ("Größe ١٢", True), ("a,b", False), ("(x)", False)],
)
def test_metadata_values(aws: AwsProcess, value: str, accepted: bool) -> None:
    body = {"ModelPackageArn": PACKAGE, "CustomerMetadataProperties": {"key": value}}
    answer = aws.call("UpdateModelPackage", body, aws.credentials("data-scientist"))
    assert answer.status == (200 if accepted else 400), answer.body


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
def test_what_is_no_json_object_is_refused(aws: AwsProcess, body: bytes) -> None:
    answer = aws.call("Search", body, aws.credentials("reader"))
    assert (answer.status, answer.body["__type"]) == (400, "SerializationException")
