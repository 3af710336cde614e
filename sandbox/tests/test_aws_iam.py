"""What each role may do with the policies that ship, decided by a real simulator."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.aws.accounts import SHIPPED, shipped
from sandbox.aws.service import OPERATIONS
from sandbox.aws.studio.operations import ACTS
from sandbox.catalogue.model import CLAIMS, MARKETS, OWN, REGION, SHARING

from .aws_fixture import AwsProcess

GROUP = f"arn:aws:sagemaker:{REGION}:{OWN}:model-package-group/churn-retail"
PACKAGE = f"arn:aws:sagemaker:{REGION}:{OWN}:model-package/churn-retail/1"
APP = f"arn:aws:sagemaker:{REGION}:{OWN}:mlflow-app/app-SANDBOX00001"
SHARED = f"arn:aws:sagemaker:{REGION}:{SHARING}:model-package/group-macro-scenarios/5"
SHARED_GROUP = f"arn:aws:sagemaker:{REGION}:{SHARING}:model-package-group/group-macro-scenarios"

#: Tag that a link writes and its undoing takes away.
USE_CASE_TAG = "governance:use-case-id"

READS: dict[str, dict[str, Any]] = {
    "Search": {"Resource": "ModelPackageGroup"},
    "ListModelPackageGroups": {},
    "DescribeModelPackageGroup": {"ModelPackageGroupName": "churn-retail"},
    "ListModelPackages": {"ModelPackageGroupName": "churn-retail"},
    "DescribeModelPackage": {"ModelPackageName": PACKAGE},
    "BatchDescribeModelPackage": {"ModelPackageArnList": [PACKAGE]},
    "ListTags": {"ResourceArn": GROUP},
    "ListMlflowTrackingServers": {},
    "ListMlflowApps": {},
    "DescribeMlflowTrackingServer": {"TrackingServerName": "archive-2024"},
    "DescribeMlflowApp": {"Arn": APP},
}
WRITES: dict[str, tuple[str, dict[str, Any]]] = {
    "new group": ("CreateModelPackageGroup", {"ModelPackageGroupName": "new"}),
    "new group with tags": (
        "CreateModelPackageGroup",
        {"ModelPackageGroupName": "new", "Tags": [{"Key": "a", "Value": "b"}]},
    ),
    "new version": ("CreateModelPackage", {"ModelPackageGroupName": "churn-retail"}),
    "new pending version": (
        "CreateModelPackage",
        {
            "ModelPackageGroupName": "churn-retail",
            "ModelApprovalStatus": "PendingManualApproval",
        },
    ),
    "new approved version": (
        "CreateModelPackage",
        {"ModelPackageGroupName": "churn-retail", "ModelApprovalStatus": "Approved"},
    ),
    "request": (
        "UpdateModelPackage",
        {"ModelPackageArn": PACKAGE, "ModelApprovalStatus": "PendingManualApproval"},
    ),
    "approve": (
        "UpdateModelPackage",
        {"ModelPackageArn": PACKAGE, "ModelApprovalStatus": "Approved"},
    ),
    "reject": (
        "UpdateModelPackage",
        {"ModelPackageArn": PACKAGE, "ModelApprovalStatus": "Rejected"},
    ),
    "metadata": (
        "UpdateModelPackage",
        {"ModelPackageArn": PACKAGE, "CustomerMetadataProperties": {"a": "b"}},
    ),
    "tag": ("AddTags", {"ResourceArn": GROUP, "Tags": [{"Key": "a", "Value": "b"}]}),
    "untag": ("DeleteTags", {"ResourceArn": GROUP, "TagKeys": ["team"]}),
    "untag use case": ("DeleteTags", {"ResourceArn": GROUP, "TagKeys": [USE_CASE_TAG]}),
    "untag use case and more": (
        "DeleteTags",
        {"ResourceArn": GROUP, "TagKeys": [USE_CASE_TAG, "team"]},
    ),
    "approve shared": (
        "UpdateModelPackage",
        {"ModelPackageArn": SHARED, "ModelApprovalStatus": "Approved"},
    ),
    "tag shared": (
        "AddTags",
        {"ResourceArn": SHARED_GROUP, "Tags": [{"Key": "a", "Value": "b"}]},
    ),
    "start MLflow": ("StartMlflowTrackingServer", {"TrackingServerName": "archive-2024"}),
    "stop MLflow": ("StopMlflowTrackingServer", {"TrackingServerName": "team-experiments"}),
    "open a server": (
        "CreatePresignedMlflowTrackingServerUrl",
        {"TrackingServerName": "team-experiments"},
    ),
    "open an App": ("CreatePresignedMlflowAppUrl", {"Arn": APP}),
}
#: Statements whose actions have no resource in IAM.
WITHOUT_RESOURCE = (
    *("FindModelGroups", "FindStudio", "KnowWhoIAm", "FindServers", "SeeServersInATab"),
)
ALLOW, IMPLICIT, EXPLICIT, SHARE = (
    None,
    "because no identity-based policy allows the {action} action",
    "with an explicit deny in an identity-based policy",
    "because no resource-based policy allows the {action} action",
)
MATRIX: dict[str, dict[str, str | None]] = {
    "data-scientist": {
        "new group": ALLOW,
        "new group with tags": ALLOW,
        "new version": ALLOW,
        "new pending version": ALLOW,
        "new approved version": EXPLICIT,
        "request": ALLOW,
        "approve": EXPLICIT,
        "reject": EXPLICIT,
        "metadata": ALLOW,
        "tag": ALLOW,
        "untag": IMPLICIT,
        "untag use case": ALLOW,
        "untag use case and more": IMPLICIT,
        "approve shared": EXPLICIT,
        "tag shared": SHARE,
        "start MLflow": ALLOW,
        "stop MLflow": ALLOW,
        "open a server": ALLOW,
        "open an App": ALLOW,
    },
    "approver": {
        "new group": EXPLICIT,
        "new group with tags": EXPLICIT,
        "new version": EXPLICIT,
        "new pending version": EXPLICIT,
        "new approved version": EXPLICIT,
        "request": ALLOW,
        "approve": ALLOW,
        "reject": ALLOW,
        "metadata": ALLOW,
        "tag": IMPLICIT,
        "untag": IMPLICIT,
        "untag use case": IMPLICIT,
        "untag use case and more": IMPLICIT,
        "approve shared": ALLOW,
        "tag shared": IMPLICIT,
        "start MLflow": IMPLICIT,
        "stop MLflow": IMPLICIT,
        "open a server": IMPLICIT,
        "open an App": EXPLICIT,
    },
    "reader": {deed: EXPLICIT if deed == "open an App" else IMPLICIT for deed in WRITES},
}


def test_every_operation_is_in_the_matrix() -> None:
    # What users may do in Studio itself: test_aws_studio.py.
    assert {name for name, _ in WRITES.values()} | set(READS) == set(OPERATIONS) - set(ACTS)
    assert all(set(row) == set(WRITES) for row in MATRIX.values())


@pytest.mark.parametrize("persona", sorted(MATRIX))
@pytest.mark.parametrize("operation", sorted(READS))
def test_every_role_reads(aws: AwsProcess, persona: str, operation: str) -> None:
    answer = aws.call(operation, READS[operation], aws.credentials(persona))
    assert answer.status == 200, answer.body


@pytest.mark.parametrize(
    ("persona", "deed"), [(persona, deed) for persona, row in MATRIX.items() for deed in row]
)
def test_who_may_write(aws: AwsProcess, persona: str, deed: str) -> None:
    operation, body = WRITES[deed]
    answer = aws.call(operation, body, aws.credentials(persona))
    refusal = MATRIX[persona][deed]
    if refusal is None:
        assert answer.status == 200, answer.body
        return
    assert answer.status == 400, answer.body
    assert answer.body["__type"] == "AccessDeniedException"
    text = answer.body["Message"]
    assert ":assumed-role/SageMakerGovernance" in text
    action = f"sagemaker:{operation}"
    assert f"is not authorized to perform: {action}" in text
    assert text.endswith(refusal.format(action=action))


def test_a_refusal_changes_nothing(aws: AwsProcess) -> None:
    reader = aws.credentials("reader")
    before = aws.call("DescribeModelPackage", {"ModelPackageName": PACKAGE}, reader).body
    for operation, body in WRITES.values():
        assert aws.call(operation, body, reader).status == 400
    after = aws.call("DescribeModelPackage", {"ModelPackageName": PACKAGE}, reader).body
    assert after == before


def test_approving_as_a_reader_is_refused_in_the_words_of_aws(aws: AwsProcess) -> None:
    answer = aws.call(*WRITES["approve"], aws.credentials("reader"))
    assert answer.body["Message"] == (
        f"User: arn:aws:sts::{OWN}:assumed-role/SageMakerGovernanceReader/SageMaker "
        f"is not authorized to perform: sagemaker:UpdateModelPackage on resource: {PACKAGE} "
        "because no identity-based policy allows the sagemaker:UpdateModelPackage action"
    )


@pytest.mark.parametrize("account", [CLAIMS, MARKETS])
def test_the_registry_role_registers_but_never_decides(aws: AwsProcess, account: str) -> None:
    group = {CLAIMS: "bodily-injury-reserve", MARKETS: "intraday-liquidity-forecast"}[account]
    role = aws.registry(account)
    package = f"arn:aws:sagemaker:{REGION}:{account}:model-package/{group}/2"
    for status, expected in (
        ("PendingManualApproval", 200),
        ("Approved", 400),
        ("Rejected", 400),
    ):
        body = {"ModelPackageArn": package, "ModelApprovalStatus": status}
        assert aws.call("UpdateModelPackage", body, role).status == expected
    assert aws.call("CreateModelPackage", {"ModelPackageGroupName": group}, role).status == 200


def test_the_registry_role_writes_only_when_it_is_known_who(aws: AwsProcess) -> None:
    client = aws.client("sts", aws.credentials("data-scientist", "?space=shared"))
    said = client.assume_role(
        RoleArn=f"arn:aws:iam::{CLAIMS}:role/SageMakerGovernanceRegistry",
        RoleSessionName="relay",
        ExternalId="sandbox-external-id",
    )["Credentials"]
    nobody = type(aws.credentials("reader"))(
        said["AccessKeyId"], said["SecretAccessKey"], said["SessionToken"]
    )
    body = {"ModelPackageGroupName": "bodily-injury-reserve"}
    assert aws.call("ListModelPackages", body, nobody).status == 200
    assert aws.call("CreateModelPackage", body, nobody).body["__type"] == "AccessDeniedException"


def test_an_operation_can_be_switched_off(aws: AwsProcess) -> None:
    admin = aws.credentials("admin")
    assert aws.control("POST", "deny", {"operation": "Search"}) == {"denied": ["Search"]}
    refused = aws.call("Search", READS["Search"], admin)
    assert refused.body["__type"] == "AccessDeniedException"
    assert refused.body["Message"].endswith("with an explicit deny in a service control policy")
    assert aws.call("ListModelPackageGroups", {}, admin).status == 200
    assert aws.control("DELETE", "deny", {"operation": "Search"}) == {"denied": []}
    assert aws.call("Search", READS["Search"], admin).status == 200
    assert "one of: Search" in aws.control("POST", "deny", {"operation": "Nonsense"})["error"]


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.json")), ids=lambda path: path.stem)
def test_shipped_policies_are_small_and_spelt_out(path: Any) -> None:
    document = json.loads(shipped(path.stem))
    assert document["Version"] == "2012-10-17"
    # IAM counts managed policies without white space, up to 6,144 characters.
    assert len(json.dumps(document, separators=(",", ":"))) <= 6144
    for statement in document["Statement"]:
        assert statement["Sid"]
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            assert "*" not in action
        if statement["Effect"] == "Allow" and "Resource" in statement:
            resource = statement["Resource"]
            if resource == "*":
                assert statement["Sid"] in WITHOUT_RESOURCE
