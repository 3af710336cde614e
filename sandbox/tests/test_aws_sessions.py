"""Signatures, sessions that end, and roles of other accounts."""

from __future__ import annotations

import hashlib
import http.client
import time
from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from sandbox.catalogue.model import CLAIMS, DOMAIN, OWN, REGION, REGISTRY_ROLE

from .aws_fixture import AwsProcess

LIST: dict[str, Any] = {}
PACKAGE = f"arn:aws:sagemaker:{REGION}:{OWN}:model-package/churn-retail/1"
ROLE = f"arn:aws:iam::{CLAIMS}:role/{REGISTRY_ROLE}"


def kind(answer: Any) -> str:
    text: str = answer.body["__type"]
    return text


def test_unsigned_requests_are_refused(aws: AwsProcess) -> None:
    answer = aws.call("ListModelPackageGroups", LIST, None)
    assert (answer.status, kind(answer)) == (400, "MissingAuthenticationTokenException")


def test_a_wrong_secret_is_refused(aws: AwsProcess) -> None:
    known = aws.credentials("data-scientist")
    wrong = Credentials(known.access_key, "x" * 40, known.token)
    answer = aws.call("ListModelPackageGroups", LIST, wrong)
    assert (answer.status, kind(answer)) == (400, "InvalidSignatureException")
    with pytest.raises(ClientError) as refused:
        aws.client("sts", wrong).get_caller_identity()
    assert refused.value.response["Error"]["Code"] == "SignatureDoesNotMatch"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


@pytest.mark.parametrize(
    "wrong",
    [
        Credentials("ASIAAAAAAAAAAAAAAAAA", "x" * 40, "token"),
        Credentials("AKIAAAAAAAAAAAAAAAAA", "x" * 40),
    ],
)
def test_unknown_keys_are_refused(aws: AwsProcess, wrong: Credentials) -> None:
    assert kind(aws.call("ListModelPackageGroups", LIST, wrong)) == "UnrecognizedClientException"


def test_a_wrong_session_token_is_refused(aws: AwsProcess) -> None:
    known = aws.credentials("reader")
    wrong = Credentials(known.access_key, known.secret_key, "another")
    assert kind(aws.call("ListModelPackageGroups", LIST, wrong)) == "UnrecognizedClientException"


@pytest.mark.parametrize(
    ("header", "value", "expected"),
    [
        ("Authorization", "Bearer abc", "IncompleteSignatureException"),
        ("X-amz-date", "20200101T000000Z", "InvalidSignatureException"),
        ("X-amz-target", "SageMaker.Search", "InvalidSignatureException"),
        ("X-amz-content-sha256", "0" * 64, "InvalidSignatureException"),
    ],
)
def test_what_is_changed_after_signing_is_refused(
    aws: AwsProcess, header: str, value: str, expected: str
) -> None:
    # urllib spells header names so; a second spelling would be a second header.
    answer = aws.call("ListModelPackageGroups", LIST, aws.credentials("reader"), {header: value})
    assert (answer.status, kind(answer)) == (400, expected)


def test_no_header_chooses_the_account(aws: AwsProcess) -> None:
    answer = aws.call(
        "ListModelPackageGroups",
        {"MaxResults": 1},
        aws.credentials("reader"),
        {"x-moto-account-id": CLAIMS},
    )
    (group,) = answer.body["ModelPackageGroupSummaryList"]
    assert f":{OWN}:" in group["ModelPackageGroupArn"]


def test_sessions_end(aws: AwsProcess) -> None:
    for seconds in (1, 4, 16, 64):
        asked = time.time()
        short = aws.credentials("reader", f"?seconds={seconds}")
        status = aws.call("ListModelPackageGroups", LIST, short).status
        # A machine that is too busy to use a session in time gets a longer one.
        if time.time() < asked + seconds:
            break
    assert status == 200
    # It began no later than now.
    time.sleep(seconds + 0.2)
    answer = aws.call("ListModelPackageGroups", LIST, short)
    assert (answer.status, kind(answer)) == (400, "ExpiredTokenException")
    assert answer.body["message"] == "The security token included in the request is expired"


def test_all_sessions_can_be_ended_at_once(aws: AwsProcess) -> None:
    own = aws.credentials("data-scientist")
    role = aws.registry(CLAIMS)
    assert aws.control("POST", "expire")["expired"] >= 2
    for old in (own, role):
        assert kind(aws.call("ListModelPackageGroups", LIST, old)) == "ExpiredTokenException"
    with pytest.raises(ClientError) as refused:
        aws.client("sts", own).get_caller_identity()
    assert refused.value.response["Error"]["Code"] == "ExpiredToken"
    assert aws.call("ListModelPackageGroups", LIST, aws.credentials("reader")).status == 200


def test_container_credentials(aws: AwsProcess) -> None:
    before = time.time()
    known = aws.control("GET", "credentials/approver?seconds=120")
    after = time.time()
    assert set(known) == {"AccessKeyId", "SecretAccessKey", "Token", "Expiration", "RoleArn"}
    assert known["RoleArn"] == f"arn:aws:iam::{OWN}:role/SageMakerGovernanceApprover"
    ends = datetime.strptime(known["Expiration"], "%Y-%m-%dT%H:%M:%SZ")
    # Written in whole seconds.
    assert before + 119 <= ends.replace(tzinfo=timezone.utc).timestamp() <= after + 121


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("credentials/nobody", "there are: data-scientist, approver, reader, cloud-admin, admin"),
        ("credentials/reader?seconds=0", "between 1 and 43200"),
        ("credentials/reader?seconds=x", "whole number"),
        ("nonsense", "There is no call 'nonsense'"),
    ],
)
def test_bad_control_calls_say_what_is_wrong(aws: AwsProcess, path: str, text: str) -> None:
    assert text in aws.control("GET", path)["error"]


def test_caller_identity(aws: AwsProcess) -> None:
    said = aws.client("sts").get_caller_identity()
    assert said["Account"] == OWN
    assert said["Arn"] == (
        f"arn:aws:sts::{OWN}:assumed-role/SageMakerGovernanceDataScientist/SageMaker"
    )
    said = aws.client("sts", aws.registry(CLAIMS)).get_caller_identity()
    assert said["Account"] == CLAIMS
    assert said["Arn"] == f"arn:aws:sts::{CLAIMS}:assumed-role/{REGISTRY_ROLE}/relay"


@pytest.mark.parametrize(
    "form",
    [
        b"Action=GetCallerIdentity&Version=2011-06-15",
        b"Version=2011-06-15&Action=GetCallerIdentity",
        b"Action=Get%43allerIdentity&Version=2011%2D06-15",
    ],
)
@pytest.mark.parametrize("hashed", [True, False])
def test_forms_are_checked_as_they_were_sent(aws: AwsProcess, form: bytes, hashed: bool) -> None:
    # The SDK for JavaScript sends the hash of the body, botocore does not; and a form
    # has more than one spelling.
    credentials = aws.credentials("reader")

    def ask(body: bytes) -> int:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if hashed:
            headers["X-Amz-Content-SHA256"] = hashlib.sha256(form).hexdigest()
        request = AWSRequest("POST", f"{aws.url}/", data=form, headers=headers)
        SigV4Auth(credentials, "sts", REGION).add_auth(request)
        connection = http.client.HTTPConnection(aws.url.removeprefix("http://"), timeout=30)
        connection.request("POST", "/", body, dict(request.headers.items()))
        status = connection.getresponse().status
        connection.close()
        return status

    assert ask(form) == 200
    assert ask(form + b"&More=1") == 403


@pytest.mark.parametrize("more", [{}, {"ExternalId": "another-external-id"}])
def test_the_external_id_is_asked_for(aws: AwsProcess, more: dict[str, str]) -> None:
    with pytest.raises(ClientError, match=f"sts:AssumeRole on resource: {ROLE}") as refused:
        aws.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="relay", **more)
    assert refused.value.response["Error"]["Code"] == "AccessDenied"


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:iam::{CLAIMS}:role/NoSuchRole",
        f"arn:aws:iam::{OWN}:role/SageMakerGovernanceApprover",
        f"arn:aws:iam::{OWN}:role/SandboxAdmin",
    ],
)
def test_other_roles_cannot_be_assumed(aws: AwsProcess, arn: str) -> None:
    for who in ("data-scientist", "admin"):
        with pytest.raises(ClientError) as refused:
            aws.client("sts", who).assume_role(RoleArn=arn, RoleSessionName="relay")
        assert refused.value.response["Error"]["Code"] == "AccessDenied"


def test_chained_sessions_are_at_most_an_hour(aws: AwsProcess) -> None:
    with pytest.raises(ClientError, match="1 hour session limit"):
        aws.client("sts").assume_role(
            RoleArn=ROLE,
            RoleSessionName="relay",
            ExternalId="sandbox-external-id",
            DurationSeconds=7200,
        )


def test_who_wrote_is_kept(aws: AwsProcess) -> None:
    body = {"ModelPackageArn": PACKAGE, "ModelApprovalStatus": "Approved"}
    assert aws.call("UpdateModelPackage", body, aws.credentials("approver")).status == 200
    package = aws.client().describe_model_package(ModelPackageName=PACKAGE)
    by = package["LastModifiedBy"]
    assert by["UserProfileName"] == "apr-007"
    assert by["DomainId"] == DOMAIN
    assert by["UserProfileArn"].endswith(f":user-profile/{DOMAIN}/apr-007")
    assert by["IamIdentity"]["SourceIdentity"] == "apr-007"
    assert by["IamIdentity"]["Arn"].endswith(":assumed-role/SageMakerGovernanceApprover/SageMaker")
    assert package["CreatedBy"]["UserProfileName"] == "ds-042"
    said = aws.client("sts", "approver").get_caller_identity()
    assert by["IamIdentity"]["PrincipalId"] == said["UserId"]


def test_across_accounts_only_the_source_identity_tells_who(aws: AwsProcess) -> None:
    client = aws.client("sagemaker", aws.registry(CLAIMS))
    arn = client.create_model_package(ModelPackageGroupName="bodily-injury-reserve")[
        "ModelPackageArn"
    ]
    by = client.describe_model_package(ModelPackageName=arn)["CreatedBy"]
    assert "UserProfileName" not in by
    assert by["IamIdentity"]["SourceIdentity"] == "ds-042"


def test_shared_spaces_have_no_identity(aws: AwsProcess) -> None:
    client = aws.client("sagemaker", aws.credentials("data-scientist", "?space=shared"))
    arn = client.create_model_package(ModelPackageGroupName="churn-retail")["ModelPackageArn"]
    by = client.describe_model_package(ModelPackageName=arn)["CreatedBy"]
    assert set(by) == {"IamIdentity"}
    assert set(by["IamIdentity"]) == {"Arn", "PrincipalId"}
