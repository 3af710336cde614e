"""Gateways and managed servers against a stand-in: signatures, twins, files, refusals."""

from __future__ import annotations

import gzip
import json

import pytest

from .conftest import APP_ARN, AWS_SECRET, AWS_TOKEN, ROLE_SECRET, ROLE_TOKEN, SERVER_ARN
from .lab import Lab
from .sigv4 import verify
from .standin import Reply, StandIn, fixed

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
    ("ml-server", 404, "<html>", "no_twin", "the rest does"),
    ("ml-app", 404, '{"message":"no such call"}', "no_twin", "has no such call"),
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


@pytest.mark.parametrize(("connection", "status", "said", "code", "words"), REFUSALS)
def test_refusals_are_explained_when_they_are_compressed(
    lab: Lab, upstream: StandIn, connection: str, status: int, said: str, code: str, words: str
) -> None:
    packed = fixed(gzip.compress(said.encode()), status, Content_Encoding="gzip")
    upstream.on(f"/{connection}/", packed)
    browser = {"Accept-Encoding": "gzip, deflate, br, zstd"}
    got = lab.post(f"mlflow/{connection}/api/2.0/mlflow/runs/search", b"{}", browser)
    assert got.headers.get("x-relay-error") == code
    passed = got.headers.get("content-encoding") == "gzip"
    assert words in (gzip.decompress(got.body) if passed else got.body).decode()
