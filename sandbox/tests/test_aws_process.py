"""The process: what it keeps, what it is started with, the services beside SageMaker."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from sandbox.catalogue.model import OWN, REGION

from .aws_fixture import ROOT, AwsProcess

PACKAGE = f"arn:aws:sagemaker:{REGION}:{OWN}:model-package/credit-risk-scoring/12"


def refused(*options: str) -> str:
    """What a start that fails says on stderr."""
    done = subprocess.run(  # noqa: S603  (our own module)
        [sys.executable, "-m", "sandbox.aws", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_second_start_knows_the_decisions_of_the_first(tmp_path: Path) -> None:
    state = tmp_path / "run" / "aws.jsonl"
    with AwsProcess("--state", str(state)) as first:
        seeded = first.client().describe_model_package(ModelPackageName=PACKAGE)
        first.client("sagemaker", "approver").update_model_package(
            ModelPackageArn=PACKAGE, ModelApprovalStatus="Approved", ApprovalDescription="Fine."
        )
        new = first.client().create_model_package(
            ModelPackageGroupName="churn-retail", ClientToken="dialog-1"
        )["ModelPackageArn"]
        with pytest.raises(ClientError):
            first.client("sagemaker", "reader").update_model_package(
                ModelPackageArn=PACKAGE, ModelApprovalStatus="Rejected"
            )
        decided = first.client().describe_model_package(ModelPackageName=PACKAGE)
    with AwsProcess("--state", str(state)) as second:
        found = second.client().describe_model_package(ModelPackageName=PACKAGE)
        for key in ("CreationTime", "LastModifiedTime", "LastModifiedBy", "ApprovalDescription"):
            assert found[key] == decided[key]
        assert found["ModelApprovalStatus"] == "Approved"
        assert found["CreationTime"] == seeded["CreationTime"]
        again = second.client().create_model_package(
            ModelPackageGroupName="churn-retail", ClientToken="dialog-1"
        )
        assert again["ModelPackageArn"] == new
        second.control("POST", "reset")
    with AwsProcess("--state", str(state)) as third:
        found = third.client().describe_model_package(ModelPackageName=PACKAGE)
        assert found["ModelApprovalStatus"] == "PendingManualApproval"


def test_a_journal_that_was_cut_off_loses_only_its_last_line(tmp_path: Path) -> None:
    state = tmp_path / "aws.jsonl"
    with AwsProcess("--state", str(state)) as first:
        first.client().create_model_package(ModelPackageGroupName="churn-retail")
    with state.open("a") as file:
        file.write('{"operation": "CreateModel')
    for _ in range(2):
        with AwsProcess("--state", str(state)) as later:
            listed = later.client().list_model_packages(ModelPackageGroupName="churn-retail")
            assert len(listed["ModelPackageSummaryList"]) == 2


def test_runs_that_mlflow_holds_are_named(tmp_path: Path) -> None:
    index = tmp_path / "index.json"
    run = {
        "run_id": "abc",
        "experiment_id": "1",
        "model_id": "m-1",
        "artifact_uri": "mlflow-artifacts:/1/models/m-1/artifacts",
    }
    index.write_text(json.dumps({"credit-risk-scoring/bold-owl-118": run}))
    with AwsProcess("--mlflow-index", str(index)) as process:
        client = process.client()
        package = client.describe_model_package(ModelPackageName=PACKAGE)
        metadata = package["CustomerMetadataProperties"]
        assert metadata["mlflow.run_id"] == "abc"
        assert metadata["mlflow.model_id"] == "m-1"
        assert metadata["mlflow.run_name"] == "bold-owl-118"
        assert metadata["mlflow.connection"] == "mlflow"
        assert package["SourceUri"] == run["artifact_uri"]
        other = client.describe_model_package(ModelPackageName=PACKAGE.replace("/12", "/11"))
        assert "mlflow.run_id" not in other["CustomerMetadataProperties"]


def test_without_iam_signatures_still_count() -> None:
    with AwsProcess("--no-iam", "--groups", "1") as process:
        reader = process.credentials("reader")
        body = {"ModelPackageArn": PACKAGE, "ModelApprovalStatus": "Approved"}
        assert process.call("UpdateModelPackage", body, reader).status == 200
        assert process.call("UpdateModelPackage", body, None).status == 400


def test_bad_options_say_what_to_do(tmp_path: Path) -> None:
    assert "--groups must be at least 0" in refused("--groups", "-1")
    assert "No such file" in refused("--mlflow-index", str(tmp_path / "none.json"))
    odd = tmp_path / "odd.json"
    odd.write_text('{"a": {}}')
    assert "every run needs" in refused("--mlflow-index", str(odd))
    assert "not a journal" in refused("--state", str(odd))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f"port {port} cannot be used" in refused("--port", port)


def test_s3_works_beside(aws: AwsProcess) -> None:
    aws.control("POST", "s3/sagemaker-wheels")
    aws.raw_control("PUT", "s3/sagemaker-wheels/a/b.whl", b"\x00wheel")
    for who in ("admin", "data-scientist"):
        s3 = aws.client("s3", who)
        got = s3.get_object(Bucket="sagemaker-wheels", Key="a/b.whl")["Body"].read()
        assert got == b"\x00wheel"
    admin = aws.client("s3", "admin")
    admin.put_object(Bucket="sagemaker-wheels", Key="c", Body=b"c")
    assert admin.get_object(Bucket="sagemaker-wheels", Key="c")["Body"].read() == b"c"
    with pytest.raises(ClientError) as denied:
        aws.client("s3").put_object(Bucket="sagemaker-wheels", Key="d", Body=b"d")
    assert denied.value.response["Error"]["Code"] == "AccessDenied"
    aws.control("POST", "s3/elsewhere")
    aws.raw_control("PUT", "s3/elsewhere/x", b"x")
    with pytest.raises(ClientError) as denied:
        aws.client("s3").get_object(Bucket="elsewhere", Key="x")
    assert denied.value.response["Error"]["Code"] == "AccessDenied"


def test_s3_tells_where_a_bucket_is(aws: AwsProcess) -> None:
    """As AWS does: a client that signed for another region is sent there, and goes."""
    aws.control("POST", "s3/sagemaker-far?region=us-east-1")
    aws.raw_control("PUT", "s3/sagemaker-far/a", b"far")
    s3 = aws.client("s3", "reader")
    seen: list[tuple[int, str | None]] = []
    s3.meta.events.register(
        "response-received.s3.GetObject",
        lambda response_dict, **_: seen.append(
            (
                response_dict["status_code"],
                response_dict["headers"].get("x-amz-bucket-region"),
            )
        ),
    )
    assert s3.get_object(Bucket="sagemaker-far", Key="a")["Body"].read() == b"far"
    assert seen[0] == (301, "us-east-1")
    assert seen[-1][0] == 200


def test_s3_asks_for_the_key_of_an_object(aws: AwsProcess) -> None:
    key = "arn:aws:kms:eu-west-1:111122223333:key/7a0fbb1c-1111-4d3f-9a4b-000000000001"
    aws.control("POST", "s3/sagemaker-wheels")
    aws.raw_control("PUT", f"s3/sagemaker-wheels/sealed?kms={key}", b"sealed")
    # Its size and date are not encrypted.
    assert aws.client("s3", "reader").head_object(Bucket="sagemaker-wheels", Key="sealed")
    with pytest.raises(ClientError, match="kms:Decrypt") as denied:
        aws.client("s3", "reader").get_object(Bucket="sagemaker-wheels", Key="sealed")
    assert denied.value.response["Error"]["Code"] == "AccessDenied"
    admin = aws.client("s3", "admin")
    assert admin.get_object(Bucket="sagemaker-wheels", Key="sealed")["Body"].read() == b"sealed"


def test_s3_refuses_an_expired_session(aws: AwsProcess) -> None:
    aws.control("POST", "s3/sagemaker-wheels")
    s3 = aws.client("s3", "admin")
    aws.control("POST", "expire")
    with pytest.raises(ClientError) as expired:
        s3.list_objects_v2(Bucket="sagemaker-wheels")
    assert expired.value.response["Error"]["Code"] == "ExpiredToken"


def test_secrets_of_connections_can_be_read(aws: AwsProcess) -> None:
    aws.raw_control("PUT", "secrets/sagemaker-governance/openpages", b'{"apikey": "k"}')
    aws.raw_control("PUT", "secrets/sagemaker-governance/openpages", b'{"apikey": "k2"}')
    said = aws.client("secretsmanager").get_secret_value(SecretId="sagemaker-governance/openpages")
    assert json.loads(said["SecretString"]) == {"apikey": "k2"}
