"""Finding, starting and opening MLflow servers of SageMaker, against a stand-in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

from .conftest import SERVER_ARN, control, set_defaults
from .lab import Lab
from .standin import Reply, StandIn, fixed, json_reply


def servers(lab: Lab) -> tuple[dict[str, dict[str, object]], list[dict[str, str]]]:
    got = lab.get("mlflow-servers?fresh")
    assert got.status == 200, got.body
    entries, notes = got.json["servers"], got.json["notes"]
    assert isinstance(entries, list)
    assert isinstance(notes, list)
    return {one["id"]: one for one in entries}, notes


@pytest.fixture(autouse=True)
def _as_found(lab: Lab, upstream: StandIn) -> Iterator[None]:
    """Read the listing anew after a test: the server takes it as it is for ten seconds."""
    yield
    set_defaults(upstream)
    servers(lab)


def test_the_answer_is_the_contract(lab: Lab, upstream: StandIn) -> None:
    entries, _ = servers(lab)
    shown = entries["ml-server"].pop("shown")
    assert entries["ml-server"] == {
        "id": "ml-server",
        "kind": "mlflow",
        "label": "ml-server",
        "ui": "bridge",
        "readOnly": False,
        "publicUrl": None,
        "server": "tracking-server",
        "routes": "api",
        "assets": "installed",
        "arn": SERVER_ARN,
        "name": "team",
        "region": "eu-west-1",
        "account": "111122223333",
        "registry": None,
        "link": True,
        "discovered": False,
        "trackingUri": SERVER_ARN,
        "login": "sigv4",
        "status": "Created",
        "state": "running",
        "version": "3.0.0",
        "startable": False,
    }
    assert shown is None or shown["skew"] == "minor"  # type: ignore[index] # JSON
    assert entries["ml-claims"]["registry"] == "claims"
    assert {entries[name]["server"] for name in ("ml", "ml-basic", "ml-bearer")} == {"self-hosted"}
    assert entries["ml-gateway"]["server"] == "api-gateway"
    assert entries["ml-app"]["version"] == "3.4.0"


def listing(*answers: tuple[int, object]) -> Reply:
    """SageMaker that gives these answers to the listing of servers, page by page."""
    left = list(answers)

    async def reply(request: web.Request) -> web.StreamResponse:
        operation = request.headers["X-Amz-Target"]
        if not operation.endswith("ListMlflowTrackingServers"):
            return json_reply({"Summaries": []})
        status, body = left.pop(0)
        return json_reply(body, status)

    return reply


def summary(name: str, status: str = "Created", active: str = "Active") -> dict[str, str]:
    return {
        "TrackingServerArn": f"{SERVER_ARN.rpartition('/')[0]}/{name}",
        "TrackingServerName": name,
        "TrackingServerStatus": status,
        "IsActive": active,
    }


def test_all_pages_are_read(lab: Lab, upstream: StandIn) -> None:
    upstream.on(
        "/registry-own",
        listing(
            (200, {"TrackingServerSummaries": [summary("one")], "NextToken": "t"}),
            (200, {"TrackingServerSummaries": [summary("Two"), {"TrackingServerArn": "no"}]}),
        ),
    )
    entries, _ = servers(lab)
    found = {str(one["label"]): one for one in entries.values() if one["discovered"]}
    assert set(found) == {"one", "Two"}
    asked = [json.loads(one.body) for one in upstream.requests("/registry-own") if b"t" in one.body]
    assert {"MaxResults": 100, "NextToken": "t"} in asked
    # The id depends on the ARN only, so that other spaces know it too.
    assert str(found["Two"]["id"]).startswith("two-")
    assert found["Two"]["readOnly"] is False


@pytest.mark.parametrize("slow", ["own", "claims"])
def test_a_server_that_two_connections_see_is_the_firsts(
    lab: Lab, upstream: StandIn, slow: str
) -> None:
    def reply(registry: str) -> Reply:
        answer = listing((200, {"TrackingServerSummaries": [summary("both")]}))

        async def wait(request: web.Request) -> web.StreamResponse:
            if registry == slow:
                await asyncio.sleep(0.2)
            return await answer(request)

        return wait

    for registry in ("own", "claims"):
        upstream.on(f"/registry-{registry}", reply(registry))
    entries, _ = servers(lab)
    (found,) = [one for one in entries.values() if one["label"] == "both"]
    assert found["registry"] == "own"


@pytest.mark.parametrize(
    ("status", "body", "code", "words"),
    [
        (
            400,
            {"__type": "AccessDeniedException", "Message": "no"},
            "denied",
            "sagemaker:ListMlflowTrackingServers",
        ),
        (400, {"__type": "UnknownOperationException"}, "missing", "not there in eu-west-1"),
        (404, {}, "missing", "not there in eu-west-1"),
        (400, {"__type": "ThrottlingException", "message": "slow"}, "refused", "slow"),
        (502, {}, "upstream_not_json", "not AWS's"),
        (200, [], "upstream_not_json", "not AWS's"),
    ],
)
def test_a_listing_that_fails_is_a_note(
    lab: Lab, upstream: StandIn, status: int, body: object, code: str, words: str
) -> None:
    upstream.on("/registry-own", listing((status, body)))
    entries, notes = servers(lab)
    assert "ml" in entries
    (note,) = [
        one
        for one in notes
        if one["connection"] == "own" and one["operation"] == "ListMlflowTrackingServers"
    ]
    assert note["code"] == code
    assert words in note["message"]
    assert note["hint"]


def test_a_role_that_is_refused_is_a_note(lab: Lab) -> None:
    _, notes = servers(lab)
    (code,) = {one["code"] for one in notes if one["connection"] == "refused"}
    assert code == "assume_role_denied"


STATES = [
    ("Created", "Active", "running"),
    ("Started", "Active", "running"),
    ("Updated", "Inactive", "stopped"),
    ("Stopped", "Inactive", "stopped"),
    ("Starting", "Inactive", "starting"),
    ("Stopping", "Active", "stopping"),
    ("MaintenanceInProgress", "Active", "updating"),
    ("UpdateFailed", "Active", "running"),
    ("StartFailed", "Inactive", "failed"),
    ("CreateFailed", "Inactive", "failed"),
    ("Unheard", "Active", "unknown"),
]


@pytest.mark.parametrize(("status", "active", "state"), STATES)
def test_states(lab: Lab, upstream: StandIn, status: str, active: str, state: str) -> None:
    answer = {"TrackingServerSummaries": [summary("s", status, active)]}
    upstream.on("/registry-own", listing((200, answer)))
    entries, _ = servers(lab)
    (found,) = [one for one in entries.values() if one["label"] == "s"]
    assert (found["status"], found["state"]) == (status, state)
    assert found["startable"] is (state == "stopped")


def down(status: str) -> Reply:
    """The control plane when the tracking server has another status."""

    async def reply(request: web.Request) -> web.StreamResponse:
        if not request.headers["X-Amz-Target"].endswith("DescribeMlflowTrackingServer"):
            return await control(request)
        active = "Inactive" if status == "Stopped" else "Active"
        return json_reply({**summary("team", status, active), "MlflowVersion": "3.0.0"})

    return reply


@pytest.mark.parametrize(
    ("status", "code"),
    [("Stopped", "server_not_running"), ("Stopping", "server_not_running"), ("Created", None)],
)
def test_a_server_that_fails_is_looked_up(
    lab: Lab, upstream: StandIn, status: str, code: str | None
) -> None:
    upstream.on("/control", down(status))
    upstream.on("/ml-server/", fixed("<html>no</html>", 503, "text/html"))
    servers(lab)
    got = lab.get("mlflow/ml-server/api/2.0/mlflow/runs/get")
    assert got.code == (code or "upstream_refused")
    # MLflow's own errors are not the server's.
    upstream.on("/ml-server/", fixed('{"error_code": "RESOURCE_DOES_NOT_EXIST"}', 404))
    got = lab.get("mlflow/ml-server/api/2.0/mlflow/runs/get")
    assert (got.status, got.code) == (404, None)


def test_a_server_that_was_deleted_is_said_to_be_gone(lab: Lab, upstream: StandIn) -> None:
    upstream.on("/control", fixed('{"__type": "ResourceNotFound", "Message": "no"}', 400))
    upstream.on("/ml-server/", fixed("<html>no</html>", 503, "text/html"))
    entries, notes = servers(lab)
    assert (entries["ml-server"]["state"], entries["ml-server"]["status"]) == ("deleting", None)
    assert entries["ml-server"]["startable"] is False
    assert not [note for note in notes if note["operation"].startswith("Describe")]
    got = lab.get("mlflow/ml-server/api/2.0/mlflow/runs/get")
    assert got.code == "server_not_running"
    assert "is gone" in got.body.decode()


def test_starting_and_links_name_the_missing_right(lab: Lab, upstream: StandIn) -> None:
    upstream.on("/control", fixed('{"__type": "AccessDeniedException", "Message": "no"}', 400))
    for route, action in (
        ("mlflow-start/ml-server", "sagemaker:StartMlflowTrackingServer"),
        ("mlflow-link/ml-server", "sagemaker:CreatePresignedMlflowTrackingServerUrl"),
        ("mlflow-link/ml-app", "sagemaker:CreatePresignedMlflowAppUrl"),
    ):
        got = lab.post(route)
        assert got.code == "upstream_forbidden"
        assert action in got.body.decode()
    assert lab.post("mlflow-start/ml-app").code == "operation_not_allowed"


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "http://evil.example/auth", "https://169.254.169.254/", "", 7, None],
)
def test_a_link_leads_to_a_web_page(lab: Lab, upstream: StandIn, url: object) -> None:
    upstream.on("/control", fixed(json.dumps({"AuthorizedUrl": url})))
    assert lab.post("mlflow-link/ml-app").code == "upstream_not_json"


@pytest.mark.parametrize("name", ["", "x/y", "..", "ML", "ml-server/..", "%6dl-server"])
def test_only_a_connections_name_is_taken(lab: Lab, upstream: StandIn, name: str) -> None:
    for route in ("mlflow-start", "mlflow-link"):
        got = lab.post(f"{route}/{name}")
        assert got.code in ("unknown_connection", "unknown_route", "cross_site"), got.body
    assert not upstream.requests("/control")


def test_discovery_can_be_switched_off(upstream: StandIn, tmp_path: Path) -> None:
    registry = {
        "id": "own",
        "kind": "sagemaker",
        "region": "eu-west-1",
        "endpoint_url": f"{upstream.url}/registry-own",
    }
    lab = Lab(
        tmp_path,
        {"connections": [registry], "mlflow_discovery": False, "mlflow_start": False},
        {"AWS_REGION": "eu-west-1"},
    )
    try:
        assert lab.get("mlflow-servers").json == {"servers": [], "notes": []}
        assert not upstream.requests("/registry-own")
        assert lab.get("mlflow/team-12345678/version").code == "unknown_connection"
    finally:
        lab.stop()
