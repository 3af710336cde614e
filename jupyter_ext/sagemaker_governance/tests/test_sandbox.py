"""Against the sandbox's AWS, which checks signatures, policies and expiry."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from .lab import PACKAGE_ROOT, Lab

REPOSITORY = PACKAGE_ROOT.parent
#: `EXTERNAL_ID` of the sandbox's catalogue.
EXTERNAL_ID = "sandbox-external-id"
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


def start(aws: str, directory: Path, persona: str, external_id: str) -> Lab:
    registry = {
        "id": "claims",
        "kind": "sagemaker",
        "region": "eu-west-1",
        "role_arn": ROLE,
        "external_id": external_id,
        "endpoint_url": aws,
    }
    own = {"id": "own", "kind": "sagemaker", "region": "eu-west-1"}
    return Lab(
        directory,
        {"connections": [own, registry]},
        {
            "AWS_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": aws,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{aws}/_sandbox/credentials/{persona}",
        },
    )


@pytest.fixture(scope="module")
def reader(aws: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = start(aws, tmp_path_factory.mktemp("reader"), "reader", EXTERNAL_ID)
    yield lab
    lab.stop()


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
    request = urllib.request.Request(f"{aws}/_sandbox/expire", method="POST")  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - loopback
        assert response.status == 200
    for connection in ("own", "claims"):
        got = reader.sagemaker("ListModelPackageGroups", "{}", connection)
        assert (got.status, got.code) == (200, None), got.body


def test_another_account_by_role(reader: Lab) -> None:
    got = reader.sagemaker("Search", json.dumps({"Resource": "ModelPackageGroup"}), "claims")
    assert got.status == 200, got.body
    assert b"222233334444" in got.body


def test_a_wrong_external_id_is_explained(aws: str, tmp_path: Path) -> None:
    lab = start(aws, tmp_path, "reader", f"{EXTERNAL_ID}-wrong")
    try:
        assert lab.sagemaker("Search", "{}", "claims").code == "assume_role_denied"
        own = lab.sagemaker("Search", json.dumps({"Resource": "ModelPackageGroup"}))
        assert own.status == 200
    finally:
        lab.stop()
