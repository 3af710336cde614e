"""Against the sandbox's AWS, which checks signatures, policies and expiry."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from .lab import PACKAGE_ROOT, Lab

REPOSITORY = PACKAGE_ROOT.parent
#: `EXTERNAL_ID` of the sandbox's catalogue.
EXTERNAL_ID = "sandbox-external-id"
SEARCH = json.dumps({"Resource": "ModelPackageGroup"})
ROLE = "arn:aws:iam::222233334444:role/SageMakerGovernanceRegistry"


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox.aws", "--port", "0", "--groups", "40"],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.wait(20)


def control(aws: str, method: str, path: str, body: object = None) -> object:
    """A privileged call of the sandbox."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{aws}/_sandbox/{path}", data=data, method=method)  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - loopback
        return json.loads(response.read())


def registry(aws: str, identifier: str, **more: object) -> dict[str, object]:
    return {
        "id": identifier,
        "kind": "sagemaker",
        "region": "eu-west-1",
        "role_arn": ROLE,
        "external_id": EXTERNAL_ID,
        "endpoint_url": aws,
        **more,
    }


def start(aws: str, directory: Path, credentials: str, *registries: dict[str, object]) -> Lab:
    metadata = directory / "metadata.json"
    metadata.write_text(json.dumps({"UserProfileName": "ds-042"}))
    own = {"id": "own", "kind": "sagemaker", "region": "eu-west-1"}
    return Lab(
        directory,
        {"connections": [own, *registries], "metadata_path": str(metadata)},
        {
            "AWS_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": aws,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{aws}/_sandbox/credentials/{credentials}",
        },
    )


@pytest.fixture(scope="module")
def reader(aws: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = start(aws, tmp_path_factory.mktemp("reader"), "reader", registry(aws, "claims"))
    yield lab
    lab.stop()


@pytest.fixture(scope="module")
def author(aws: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A data scientist whose session carries the source identity `ds-042`."""
    lab = start(
        aws,
        tmp_path_factory.mktemp("author"),
        "data-scientist",
        registry(aws, "claims", source_identity="passthrough"),
        registry(aws, "inherits"),
        registry(aws, "renames", source_identity="svc-lab"),
        registry(aws, "wrong-id", external_id="of-somebody-else"),
        registry(aws, "no-id", external_id=""),
        registry(aws, "no-role", role_arn=ROLE.replace("Registry", "Nobody")),
        registry(aws, "markets", role_arn=ROLE.replace("222233334444", "333344445555")),
    )
    yield lab
    lab.stop()


@pytest.fixture(scope="module")
def shared(aws: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A shared space: its session carries no source identity."""
    lab = start(
        aws,
        tmp_path_factory.mktemp("shared"),
        "data-scientist?space=shared",
        registry(aws, "named", source_identity="svc-team-lab"),
        registry(aws, "nobody"),
    )
    yield lab
    lab.stop()


def refusal(lab: Lab, connection: str) -> tuple[str, str]:
    """Message and hint of a role that cannot be assumed."""
    got = lab.sagemaker("Search", SEARCH, connection)
    assert (got.status, got.code) == (403, "assume_role_denied"), got.body
    error = got.json["error"]
    assert isinstance(error, dict)
    assert error["connection"] == connection
    return str(error["message"]), str(error["hint"])


def written_by(lab: Lab, connection: str) -> dict[str, object]:
    """Whom the registry names for a version that we register there."""
    group = json.dumps({"ModelPackageGroupName": "bodily-injury-reserve"})
    made = lab.sagemaker("CreateModelPackage", group, connection)
    assert made.status == 200, made.body
    named = json.dumps({"ModelPackageName": made.json["ModelPackageArn"]})
    by = lab.sagemaker("DescribeModelPackage", named, connection).json["CreatedBy"]
    assert isinstance(by, dict)
    return dict(by["IamIdentity"])


def test_signatures_are_accepted(reader: Lab) -> None:
    got = reader.sagemaker("Search", json.dumps({"Resource": "ModelPackageGroup"}))
    assert got.status == 200, got.body
    results = got.json["Results"]
    assert isinstance(results, list)
    assert results[0]["ModelPackageGroup"]["ModelPackageGroupArn"]


def test_identity(reader: Lab) -> None:
    got = reader.post("aws/own/sts/", "Action=GetCallerIdentity&Version=2011-06-15")
    assert got.status == 200, got.body
    assert b"assumed-role/SageMakerGovernanceReader/" in got.body


def test_refusals_of_iam_pass(reader: Lab) -> None:
    got = reader.sagemaker(
        "CreateModelPackageGroup", json.dumps({"ModelPackageGroupName": "not-allowed"})
    )
    assert got.status == 400, got.body
    assert "AccessDenied" in str(got.json["__type"])
    assert got.code is None


def test_expired_sessions_are_renewed(reader: Lab, aws: str) -> None:
    assert reader.sagemaker("ListModelPackageGroups").status == 200
    control(aws, "POST", "expire")
    for connection in ("own", "claims"):
        got = reader.sagemaker("ListModelPackageGroups", "{}", connection)
        assert (got.status, got.code) == (200, None), got.body


def test_another_account_by_role(reader: Lab) -> None:
    got = reader.sagemaker("Search", json.dumps({"Resource": "ModelPackageGroup"}), "claims")
    assert got.status == 200, got.body
    assert b"222233334444" in got.body


def test_the_registry_knows_who_wrote(author: Lab) -> None:
    # Passed on or only inherited: the chain keeps it.
    for connection in ("claims", "inherits"):
        assert written_by(author, connection)["SourceIdentity"] == "ds-042"


def test_a_fixed_source_identity_names_a_shared_space(shared: Lab) -> None:
    assert written_by(shared, "named")["SourceIdentity"] == "svc-team-lab"
    # The shipped policy lets nobody write who is not named; reading goes on.
    group = json.dumps({"ModelPackageGroupName": "bodily-injury-reserve"})
    refused = shared.sagemaker("CreateModelPackage", group, "nobody")
    assert "AccessDenied" in str(refused.json["__type"])
    assert shared.sagemaker("Search", SEARCH, "nobody").status == 200


def test_a_trust_without_set_source_identity_is_explained(author: Lab, aws: str) -> None:
    assert author.sagemaker("Search", SEARCH, "markets").status == 200
    control(aws, "PUT", "trust/markets", {"source_identity": False})
    control(aws, "POST", "expire")
    message, hint = refusal(author, "markets")
    assert "sts:SetSourceIdentity is refused" in message
    for part in (
        "administrator of account 333344445555",
        "role SageMakerGovernanceDataScientist of account 111122223333",
        "trust policy of role SageMakerGovernanceRegistry",
        "sts:SetSourceIdentity, beside sts:AssumeRole",
    ):
        assert part in hint
    # The others go on meanwhile, and it works again as soon as the trust does.
    assert author.sagemaker("Search", SEARCH, "claims").status == 200
    control(aws, "DELETE", "trust/markets")
    until = time.monotonic() + 30
    while author.sagemaker("Search", SEARCH, "markets").status != 200:
        assert time.monotonic() < until
        time.sleep(0.5)


@pytest.mark.parametrize(
    ("connection", "parts"),
    [
        ("wrong-id", ("asks for another external id than external_id of connection wrong-id",)),
        ("no-id", ("asks for an external id, and connection no-id has no external_id",)),
        ("no-role", ("role/SageMakerGovernanceNobody does not exist", "role_arn")),
    ],
)
def test_a_role_that_refuses_is_explained(
    author: Lab, connection: str, parts: tuple[str, ...]
) -> None:
    message, hint = refusal(author, connection)
    assert "sts:AssumeRole is refused (AccessDenied)" in message
    assert "administrator of account 222233334444" in hint
    assert "role SageMakerGovernanceDataScientist of account 111122223333" in hint
    for part in parts:
        assert part in hint
    assert "of-somebody-else" not in message + hint


def test_a_source_identity_cannot_be_changed_on_the_way(author: Lab) -> None:
    _, hint = refusal(author, "renames")
    assert "another source identity" in hint
    assert 'set it to "passthrough"' in hint
