"""Managed servers and gateways against a stand-in: addresses, signatures, limits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from aiohttp import web

from .conftest import APP_ARN, AWS_SECRET, AWS_TOKEN, ROLE_SECRET, ROLE_TOKEN, SERVER_ARN, control
from .lab import Lab
from .sigv4 import verify
from .standin import Reply, StandIn, fixed, json_reply

RUN = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("connection", "service", "header", "arn"),
    [
        ("ml-server", "sagemaker-mlflow", "x-mlflow-sm-tracking-server-arn", SERVER_ARN),
        ("ml-app", "sagemaker", "x-sm-mlflow-app-arn", APP_ARN),
        ("ml-gateway", "execute-api", None, None),
    ],
)
def test_signatures(
    lab: Lab, upstream: StandIn, connection: str, service: str, header: str | None, arn: str | None
) -> None:
    path = "ajax-api/2.0/mlflow/runs/get?run_id=a+b"
    forged = {"x-sm-mlflow-app-arn": "arn:other", "x-mlflow-sm-tracking-server-arn": "arn:other"}
    assert lab.get(f"mlflow/{connection}/{path}", forged).status == 200
    seen = upstream.requests(f"/{connection}")[-1]
    assert seen.raw_path == f"/{connection}/api/2.0/mlflow/runs/get?run_id=a%20b"
    assert verify(seen, AWS_SECRET, AWS_TOKEN)[:2] == ("eu-west-1", service)
    named = {name.lower(): value for name, value in seen.headers if "arn" in name.lower()}
    assert named == ({header: arn} if header else {})
    if header:
        assert header in verify(seen, AWS_SECRET, AWS_TOKEN)[2]


def test_another_account_is_reached_by_its_registrys_role(lab: Lab, upstream: StandIn) -> None:
    assert lab.get("mlflow/ml-claims/api/2.0/mlflow/runs/get").status == 200
    verify(upstream.requests("/ml-claims")[-1], ROLE_SECRET, ROLE_TOKEN)


#: Raw path below a gateway -> what is asked of it, or None for a refusal.
TWINS: dict[str, str | None] = {
    "api/2.0/mlflow/runs/get": "api/2.0/mlflow/runs/get",
    "ajax-api/2.0/mlflow/runs/get": "api/2.0/mlflow/runs/get",
    "ajax-api/3.0/mlflow/traces/search": "api/3.0/mlflow/traces/search",
    "ajax-api/2.0/preview/mlflow/runs/get": "api/2.0/preview/mlflow/runs/get",
    "ajax-api/2.0/mlflow/registered-models/get?name=a%20b%C3%A9": (
        "api/2.0/mlflow/registered-models/get?name=a%20b%C3%A9"
    ),
    "ajax-api/2.0/mlflow-artifacts/artifacts/1/a%20b": "api/2.0/mlflow-artifacts/artifacts/1/a%20b",
    "ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?run_ids=1": (
        "api/2.0/mlflow/metrics/get-history-bulk-interval?run_ids=1"
    ),
    "AJAX-API/2.0/mlflow/runs/get": None,
    "%61jax-api/2.0/mlflow/runs/get": None,
    "prefix/ajax-api/2.0/mlflow/runs/get": None,
    "health": None,
    "gateway/chat/mlflow/invocations": None,
    "v1/traces": None,
    "signup": None,
    "ajax-api/2.0/mlflow/get-trace-artifact?request_id=1": None,
    "ajax-api/3.0/mlflow/demo/generate": None,
}


@pytest.mark.parametrize("path", TWINS)
def test_only_api_is_asked_of_a_gateway(lab: Lab, upstream: StandIn, path: str) -> None:
    got = lab.get(f"mlflow/ml-gateway/{path}")
    asked = [seen.raw_path for seen in upstream.requests("/ml-gateway")]
    wanted = TWINS[path]
    if wanted is None:
        assert (got.status, got.code) == (501, "no_twin")
        assert "does not work with this server" in got.body.decode()
        assert asked == []
    else:
        assert got.status == 200
        assert asked == [f"/ml-gateway/{wanted}"]


@pytest.mark.parametrize("path", ["ajax-api/3.0/mlflow/jobs/1", "ajax-api/3.0/jobs", "graphql/"])
def test_what_is_refused_everywhere_is_refused_here(lab: Lab, path: str) -> None:
    got = lab.post(f"mlflow/ml-gateway/{path}", b"{}")
    assert got.code == ("path_not_allowed" if "jobs" in path else None)
    assert lab.request("DELETE", "mlflow/ml-gateway/version", {}, b"").code == "method_not_allowed"
    assert lab.get("mlflow/ml-gateway/graphql").code == "method_not_allowed"


def runs(root: str) -> Reply:
    return fixed(json.dumps({"run": {"info": {"run_id": RUN, "artifact_uri": root}}}))


FILE = f"get-artifact?path=plots%2Froc%20a.png&run_uuid={RUN}"


@pytest.fixture
def stored(upstream: StandIn) -> StandIn:
    """S3, as `AWS_ENDPOINT_URL_S3` names it."""
    upstream.on("/s3/", fixed(b"\x89PNG", 200, "image/png", ETag='"e"', Accept_Ranges="bytes"))
    return upstream


@pytest.mark.parametrize(
    ("root", "key"),
    [
        (f"s3://models-bucket/mlflow/1/{RUN}/artifacts", f"mlflow/1/{RUN}/artifacts"),
        ("s3://models-bucket/mlflow/caf\u00e9 1", "mlflow/caf%C3%A9%201"),
    ],
)
def test_a_file_in_s3_is_read_with_the_role(lab: Lab, stored: StandIn, root: str, key: str) -> None:
    stored.on("/ml-gateway/api/2.0/mlflow/runs/get", runs(root))
    got = lab.get(f"mlflow/ml-gateway/{FILE}", {"Range": "bytes=0-3", "X-MLFLOW-WORKSPACE": "w"})
    assert (got.status, got.body) == (200, b"\x89PNG")
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["x-relay-content-type"] == "image/png"
    assert got.headers["content-disposition"] == "attachment; filename*=UTF-8''roc%20a.png"
    seen = stored.requests("/s3/")[-1]
    assert seen.raw_path == f"/s3/models-bucket/{key}/plots/roc%20a.png"
    assert seen.header("Range") == "bytes=0-3"
    assert seen.header("X-MLFLOW-WORKSPACE") is None
    assert "/eu-west-1/s3/aws4_request" in (seen.header("Authorization") or "")


@pytest.mark.parametrize(
    "root",
    [
        # Whoever writes a run chooses where it says its files are.
        "s3://secret-bucket/mlflow/1",
        "s3://models-bucket/other/1",
        "s3://models-bucket/mlflow-secret/1",
        "s3://models-bucket/mlflow/../secret",
        "s3://models-bucket/mlflow/%2e%2e/secret",
        "s3://models-bucket/mlflow//1",
        "s3://models-bucket/mlflow",
        "s3://models-bucket.evil.example/mlflow/1",
        "s3://user@models-bucket/mlflow/1",
        "S3://secret-bucket/mlflow/1",
        "mlflow-artifacts:/1/../../2",
        "mlflow-artifacts:/1/%252e%252e/2",
        "file:///etc",
        "http://169.254.169.254/latest",
        "dbfs:/x",
        "models:/m-1",
        "",
        "\u0000s3://models-bucket/mlflow/1",
    ],
)
def test_a_run_cannot_choose_what_the_role_reads(lab: Lab, stored: StandIn, root: str) -> None:
    stored.on("/ml-gateway/api/2.0/mlflow/runs/get", runs(root))
    got = lab.get(f"mlflow/ml-gateway/{FILE}")
    if root == "s3://models-bucket/mlflow":
        # Its own root: below the store all the same.
        assert got.status == 200
        return
    assert (got.status, got.code) == (501, "no_twin"), got.body
    assert not stored.requests("/s3/")
    assert not stored.requests("/ml-gateway/api/2.0/mlflow-artifacts")


@pytest.mark.parametrize(
    "path", ["..%2Fx", "a%2F..%2Fb", "%2Fetc", "a%255cb", "", "a%2F%2Fb", ".", "a%00b"]
)
def test_a_path_cannot_climb(lab: Lab, stored: StandIn, path: str) -> None:
    stored.on("/ml-gateway/api/2.0/mlflow/runs/get", runs("s3://models-bucket/mlflow/1"))
    got = lab.get(f"mlflow/ml-gateway/get-artifact?path={path}&run_uuid={RUN}")
    assert got.status == 400
    assert not stored.requests("/s3/")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, "upstream_forbidden"),
        (404, "no_artifact"),
        (301, "upstream_redirect"),
        (503, "upstream_refused"),
    ],
)
def test_what_s3_refuses_is_said(lab: Lab, upstream: StandIn, status: int, code: str) -> None:
    upstream.on("/ml-gateway/api/2.0/mlflow/runs/get", runs("s3://models-bucket/mlflow/1"))
    upstream.on("/s3/", fixed("<Error><Code>X</Code></Error>", status, "application/xml"))
    got = lab.get(f"mlflow/ml-gateway/{FILE}")
    assert got.code == code
    if status == 403:
        assert "s3:GetObject" in got.body.decode()


@pytest.mark.parametrize(
    ("connection", "root", "status"),
    [
        ("ml-server", "s3://models-bucket/server/1", 200),
        ("ml-server", "s3://models-bucket/app/1", 501),
        ("ml-app", "s3://models-bucket/app/1", 200),
    ],
)
def test_a_managed_servers_own_store_is_read(
    lab: Lab, stored: StandIn, connection: str, root: str, status: int
) -> None:
    stored.on(f"/{connection}/api/2.0/mlflow/runs/get", runs(root))
    assert lab.get(f"mlflow/{connection}/{FILE}").status == status


def test_a_version_may_name_a_logged_model(lab: Lab, stored: StandIn) -> None:
    place = "/ml-gateway/api/2.0/mlflow/"
    stored.on(f"{place}model-versions/get-download-uri", fixed('{"artifact_uri": "models:/m-1"}'))
    model = {"model": {"info": {"artifact_uri": "mlflow-artifacts:/1/models/m-1/artifacts"}}}
    stored.on(f"{place}logged-models/m-1", fixed(json.dumps(model)))
    path = "model-versions/get-artifact?name=a&version=1&path=MLmodel"
    got = lab.get(f"mlflow/ml-gateway/{path}")
    asked = "/ml-gateway/api/2.0/mlflow-artifacts/artifacts/1/models/m-1/artifacts/MLmodel"
    assert got.json["path"] == asked


DENIED = (
    '{"Message":"User: arn:aws:sts::111122223333:assumed-role/R/s is not authorized to perform: '
    "execute-api:Invoke on resource: "
    'arn:aws:execute-api:eu-west-1:********3333:abc/prod/POST/api/2.0/mlflow/runs/search"}'
)
#: Connection, status, what is answered, our code and words of its message or hint.
REFUSALS = [
    ("ml-gateway", 403, DENIED, "upstream_forbidden", "execute-api:Invoke is not allowed"),
    ("ml-gateway", 403, DENIED, "upstream_forbidden", "abc/prod/POST/api/2.0/mlflow/runs/search"),
    (
        "ml-gateway",
        403,
        '{"message":"Missing Authentication Token"}',
        "upstream_wrong_path",
        "ends with the stage",
    ),
    (
        "ml-gateway",
        403,
        '{"message":"The request signature we calculated does not match the signature"}',
        "upstream_unauthorized",
        "clock of the space",
    ),
    (
        "ml-server",
        403,
        '{"message":"Credential should be scoped to correct service: \'sagemaker-mlflow\'."}',
        "upstream_unauthorized",
        "auth.service",
    ),
    (
        "ml-app",
        403,
        '{"message":"The security token included in the request is invalid."}',
        "credentials_expired",
        "restart the space",
    ),
    ("ml-gateway", 401, '{"message":"Unauthorized"}', "upstream_unauthorized", "(sigv4)"),
    ("ml-gateway", 413, '{"message":"Request Too Long"}', "upstream_refused", "10 MB"),
    (
        "ml-gateway",
        504,
        '{"message":"Endpoint request timed out"}',
        "upstream_timeout",
        "integration's timeout",
    ),
    (
        "ml",
        403,
        "Invalid Host header - possible DNS rebinding attack detected",
        "upstream_forbidden",
        "--allowed-hosts",
    ),
    ("ml", 403, "Cross-origin request blocked", "upstream_forbidden", "Origin header"),
    ("ml-server", 500, "<html>", "upstream_refused", "not as MLflow does"),
    ("ml-server", 307, "", "upstream_redirect", "redirect"),
    # Not ours to explain: passed on.
    ("ml-gateway", 500, '{"message":"Internal server error"}', None, "Internal server error"),
    ("ml", 403, "Permission denied", None, "Permission denied"),
    ("ml-server", 403, '{"error_code":"PERMISSION_DENIED","message":"x"}', None, "PERMISSION"),
]


@pytest.mark.parametrize(("connection", "status", "said", "code", "words"), REFUSALS)
def test_refusals_are_explained(
    lab: Lab, upstream: StandIn, connection: str, status: int, said: str, code: str, words: str
) -> None:
    upstream.on(f"/{connection}/", fixed(said, status))
    for path in ("api/2.0/mlflow/runs/search", "ajax-api/2.0/mlflow/runs/search"):
        got = lab.post(f"mlflow/{connection}/{path}", b"{}")
        assert got.code == code
        assert words in got.body.decode()
        assert got.status == status or code


# ------------------------------------------------------------------ discovery


def servers(lab: Lab) -> tuple[dict[str, dict[str, object]], list[dict[str, str]]]:
    got = lab.get("mlflow-servers?fresh")
    assert got.status == 200, got.body
    entries, notes = got.json["servers"], got.json["notes"]
    assert isinstance(entries, list)
    assert isinstance(notes, list)
    return {one["id"]: one for one in entries}, notes


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
