"""Who may ask, on every route; what every answer has."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..allow import SAGEMAKER_OPERATIONS
from ..environment import Environment
from ..handlers.base import RelayHandler
from ..handlers.upstream import UpstreamHandler
from ..limits import Limits
from ..relay import Relay
from ..routes import routes
from .lab import FETCH, PREFIX, XSRF, Lab
from .standin import StandIn

#: Route -> a request that passes, for all routes there are.
REQUESTS: dict[str, tuple[str, str, dict[str, str], bytes | None]] = {
    "config": ("GET", "config", {}, None),
    "doctor": ("POST", "doctor", {}, b""),
    "aws": (
        "POST",
        "aws/own/sagemaker/",
        {"X-Amz-Target": "SageMaker.Search", "Content-Type": "application/x-amz-json-1.1"},
        b"{}",
    ),
    "mlflow": ("POST", "mlflow/ml/api/2.0/mlflow/runs/search", {}, b"{}"),
    "mlflow-files": ("POST", "mlflow-files/ml", {}, b'{"paths": ["version"]}'),
    "mlflow-servers": ("GET", "mlflow-servers", {}, None),
    "mlflow-start": ("POST", "mlflow-start/ml-server", {}, b""),
    "mlflow-link": ("POST", "mlflow-link/ml-app", {}, b""),
    "openpages": ("POST", "openpages/op/api/v2/query", {}, b"{}"),
    "": ("POST", "no/such/route", {}, b"{}"),
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def all_routes() -> list[tuple[str, type[RelayHandler]]]:
    environment = Environment("unknown", None, None, None, "eu-west-1", None, None)
    relay = Relay([], environment, Limits())
    return [(pattern, handler) for pattern, handler, _ in routes(relay, Limits())]


def test_every_route_is_examined_here() -> None:
    named = {pattern.split("/")[1].split("(")[0].rstrip("?.*") for pattern, _ in all_routes()[:-1]}
    assert named == set(REQUESTS) - {""}
    assert all_routes()[-1][0] == "sagemaker-governance(?:/.*)?"


@pytest.mark.parametrize(("pattern", "handler"), all_routes())
def test_every_handler_keeps_the_rules(pattern: str, handler: type[RelayHandler]) -> None:
    assert issubclass(handler, RelayHandler)
    assert handler._track_activity is False
    # What a group captures would be decoded by tornado.
    assert "(" not in pattern.replace("(?:", "")
    for name in METHODS:
        method = getattr(handler, name.lower())
        inherited = method is getattr(RelayHandler, name.lower())
        # `web.authenticated` wraps with functools.wraps.
        assert inherited or hasattr(method, "__wrapped__"), (handler, name)
        assert not getattr(method, "__allow_unauthenticated", False)


def assert_safe(headers: dict[str, str]) -> None:
    policy = headers["content-security-policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    for name in headers:
        assert not name.startswith("access-control-")
    assert "location" not in headers
    assert "html" not in headers.get("content-type", "")


@pytest.mark.parametrize("route", REQUESTS)
def test_a_good_request_passes(lab: Lab, upstream: StandIn, route: str) -> None:
    method, path, headers, body = REQUESTS[route]
    got = lab.request(method, path, headers, body)
    assert_safe(got.headers)
    assert (got.status, got.code) == ((404, "unknown_route") if not route else (200, None))


@pytest.mark.parametrize("route", REQUESTS)
@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense"])
def test_other_sites_are_refused(lab: Lab, upstream: StandIn, route: str, site: str) -> None:
    method, path, headers, body = REQUESTS[route]
    got = lab.request(method, path, {**headers, "Sec-Fetch-Site": site}, body)
    assert (got.status, got.code) == (403, "cross_site")
    assert_safe(got.headers)
    assert not [seen for seen in upstream.seen if not seen.raw_path.startswith("/creds")]


@pytest.mark.parametrize("route", REQUESTS)
@pytest.mark.parametrize(
    "destination", ["document", "iframe", "frame", "embed", "object", "script", "worker", "image"]
)
def test_only_fetch_may_ask(lab: Lab, upstream: StandIn, route: str, destination: str) -> None:
    method, path, headers, body = REQUESTS[route]
    got = lab.request(method, path, {**headers, "Sec-Fetch-Dest": destination}, body)
    assert (got.status, got.code) == (403, "not_a_fetch")
    assert_safe(got.headers)


@pytest.mark.parametrize("route", REQUESTS)
def test_a_service_worker_script_is_refused(lab: Lab, route: str) -> None:
    method, path, headers, body = REQUESTS[route]
    got = lab.request(method, path, {**headers, "Service-Worker": "script"}, body)
    assert got.code == "not_a_fetch"


@pytest.mark.parametrize("route", [r for r in REQUESTS if REQUESTS[r][0] != "GET"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Cookie": "_xsrf=6f6b"},
        {"Cookie": "_xsrf=6f6b", "X-XSRFToken": "aaaa"},
        {"X-XSRFToken": "6f6b"},
    ],
)
def test_unsafe_methods_need_the_xsrf_token(
    lab: Lab, upstream: StandIn, route: str, headers: dict[str, str]
) -> None:
    method, path, own, body = REQUESTS[route]
    got = lab.request(method, path, {**FETCH, **own, **headers}, body, plain=True)
    assert (got.status, got.code) == (403, "cross_site")
    assert_safe(got.headers)
    assert not upstream.requests("/registry") + upstream.requests("/ml")


@pytest.mark.parametrize("route", REQUESTS)
@pytest.mark.parametrize("method", METHODS)
def test_every_method_answers_json_or_is_refused(lab: Lab, route: str, method: str) -> None:
    _, path, headers, _ = REQUESTS[route]
    got = lab.request(method, path, headers, None if method in ("GET", "HEAD") else b"{}")
    assert_safe(got.headers)
    if method == "HEAD":
        assert got.body == b""
    elif got.status >= 400:
        assert got.code is not None


def test_a_get_from_a_foreign_origin_without_metadata_is_refused(lab: Lab) -> None:
    for origin in ("https://evil.example", "null"):
        got = lab.request("GET", "config", {"Origin": origin}, plain=True)
        assert got.code == "cross_site"
    host = f"127.0.0.1:{lab.port}"
    assert lab.request("GET", "config", {"Host": host}, plain=True).status in (200, 400)
    assert lab.request("GET", "config", {"Origin": f"http://{host}"}, plain=True).status == 200


def test_a_program_without_fetch_metadata_is_served(lab: Lab) -> None:
    assert lab.request("GET", "config", plain=True).status == 200
    assert lab.request("POST", "doctor", XSRF, b"", plain=True).status == 200


def test_preflights_get_no_permission(lab: Lab) -> None:
    got = lab.request(
        "OPTIONS",
        "config",
        {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"},
        plain=True,
    )
    assert got.status == 405
    assert_safe(got.headers)


def test_config_is_the_contract(lab: Lab) -> None:
    config = lab.get("config").json
    assert set(config) == {"api", "version", "environment", "connections", "problems"}
    assert config["api"] == 1
    assert config["environment"] == {
        "kind": "studio-private",
        "domainId": "d-1",
        "spaceName": "space-1",
        "userProfileName": "ds-042",
        "region": "eu-west-1",
        "imageVersion": None,
    }
    connections = config["connections"]
    assert isinstance(connections, list)
    by_id = {entry["id"]: entry for entry in connections}
    assert by_id["own"] == {
        "id": "own",
        "kind": "sagemaker",
        "label": "own",
        "region": "eu-west-1",
        "account": "111122223333",
        "own": True,
        "role": None,
    }
    assert by_id["claims"]["account"] == "222233334444"
    assert by_id["claims"]["role"] == "Reader"
    assert by_id["ml-ro"]["readOnly"] is True
    console = {"id", "kind", "label", "schema", "taskViewUrl", "entities", "linking", "workflows"}
    assert set(by_id["op"]) == console


def test_requests_do_not_count_as_activity(lab: Lab) -> None:
    def last() -> object:
        got = lab.request("GET", "api/status", prefix=PREFIX.replace("sagemaker-governance/", ""))
        return got.json["last_activity"]

    before = last()
    lab.get("config")
    lab.sagemaker("Search")
    assert last() == before


def test_a_server_with_a_password_asks_for_it(upstream: StandIn, tmp_path: Path) -> None:
    lab = Lab(
        tmp_path,
        {"connections": [{"id": "ml", "kind": "mlflow", "url": f"{upstream.url}/ml"}]},
        {"AWS_REGION": "eu-west-1"},
        ("--ServerApp.allow_unauthenticated_access=False",),
        token="letmein",  # noqa: S106 - of this test's server only
    )
    try:
        for route in REQUESTS:
            method, path, headers, body = REQUESTS[route]
            got = lab.request(method, path, headers, body)
            assert (got.status, got.code) == (403, "signed_out"), route
            assert_safe(got.headers)
        good = {"Authorization": "token letmein"}
        assert lab.get("config", good).status == 200
        got = lab.get("mlflow/ml/version?token=letmein&a=1")
        assert got.status == 200
        # The lab's token is not the upstream's business.
        assert upstream.requests("/ml")[-1].raw_path == "/ml/version?a=1"
        assert upstream.requests("/ml")[-1].header("Authorization") is None
    finally:
        lab.stop()


def test_a_broken_configuration_does_not_keep_the_server_from_starting(tmp_path: Path) -> None:
    lab = Lab(
        tmp_path,
        {"connections": {"id": "x"}, "metadata_path": str(tmp_path / "none")},
        {"AWS_REGION": "eu-west-1"},
    )
    try:
        config = lab.get("config").json
        problems = config["problems"]
        assert isinstance(problems, list)
        assert problems[0]["message"] == "connections is not a list."
        connections = config["connections"]
        assert isinstance(connections, list)
        assert [entry["id"] for entry in connections] == ["own"]
    finally:
        lab.stop()


def test_the_handlers_stream_bodies() -> None:
    streaming = [handler for _, handler in all_routes() if issubclass(handler, UpstreamHandler)]
    assert len(streaming) == 4
    assert all(handler._stream_request_body for handler in streaming)


def test_operations_are_those_of_the_contract() -> None:
    assert len(SAGEMAKER_OPERATIONS) == 17
    assert not [o for o in SAGEMAKER_OPERATIONS if "Presigned" in o]
    assert [o for o in SAGEMAKER_OPERATIONS if o.startswith("Delete")] == ["DeleteTags"]
