"""The OpenPages route: ways in, tokens, login pages, allowed paths."""

from __future__ import annotations

import asyncio
import base64
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from aiohttp import web

from .conftest import OP_TOKEN, SECRETS
from .lab import Lab
from .standin import Reply, StandIn, fixed, json_reply

QUERY = json.dumps({"statement": "SELECT [Register].[Name] FROM [Register]"})


def basic(secret: str) -> str:
    return base64.b64encode(f"svc:{secret}".encode()).decode()


@pytest.mark.parametrize(
    ("connection", "expected"),
    [
        ("op", f"Bearer {OP_TOKEN}"),
        ("op-iam", f"Bearer {OP_TOKEN}"),
        ("op-cp4d", f"Bearer {OP_TOKEN}"),
        ("op-zen", f"ZenApiKey {basic(SECRETS['OP_APIKEY'])}"),
        ("op-basic", f"Basic {basic(SECRETS['OP_PASSWORD'])}"),
    ],
)
def test_ways_in(lab: Lab, upstream: StandIn, connection: str, expected: str) -> None:
    got = lab.post(
        f"openpages/{connection}/api/v2/query", QUERY, {"Content-Type": "application/json"}
    )
    assert got.status == 200
    seen = upstream.requests(f"/{connection}/")[-1]
    assert seen.header("Authorization") == expected
    assert seen.body.decode() == QUERY
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["x-relay-content-type"] == "application/json"


def test_what_the_token_services_are_asked(lab: Lab, upstream: StandIn) -> None:
    async def unauthorized(request: web.Request) -> web.StreamResponse:
        return json_reply({}, 401)

    wanted = {
        "op": {"apikey": SECRETS["OP_APIKEY"]},
        "op-cp4d": {"username": "svc", "password": SECRETS["OP_PASSWORD"]},
    }
    for connection in ("op", "op-cp4d", "op-iam"):
        upstream.on(f"/{connection}/", unauthorized)
        got = lab.post(f"openpages/{connection}/api/v2/query", QUERY)
        # Renewed once, sent again once, then said.
        assert (got.status, got.code) == (502, "upstream_unauthorized")
        assert len(upstream.requests(f"/{connection}/")) == 2
        asked = [r for r in upstream.requests("/token") if "Authorization" not in dict(r.headers)]
        if connection in wanted:
            assert json.loads(asked[-1].body) == wanted[connection]
        else:
            assert asked[-1].header("Content-Type") == "application/x-www-form-urlencoded"
            assert asked[-1].body.startswith(b"grant_type=urn%3Aibm")


def test_an_ended_session_is_renewed_once_for_all(lab: Lab, upstream: StandIn) -> None:
    tokens: list[str] = []

    async def token(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.2)
        tokens.append(f"fresh-{len(tokens)}")
        return json_reply({"token": tokens[-1]})

    async def api(request: web.Request) -> web.StreamResponse:
        if "fresh" in request.headers["Authorization"]:
            return json_reply({"rows": []})
        return web.Response(status=302, headers={"Location": "/opgrc/logon.jsp"})

    upstream.on("/token/op/mcsp", token)
    upstream.on("/op/", api)
    with ThreadPoolExecutor(6) as pool:
        got = list(pool.map(lambda _: lab.post("openpages/op/api/v2/query", QUERY), range(6)))
    assert [g.status for g in got] == [200] * 6
    assert len(tokens) == 1


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (fixed("", 302, "text/html", Location="https://h/opgrc/logon.jsp"), "upstream_login_page"),
        (fixed("<html>Log in</html>", 200, "text/html"), "upstream_login_page"),
        (fixed("", 302, "text/html", Location="https://elsewhere/"), "upstream_redirect"),
        (fixed("<html>oops</html>", 500, "text/html"), "upstream_not_json"),
        (fixed("gateway", 503, "text/plain"), "upstream_not_json"),
    ],
)
def test_pages_do_not_pass(lab: Lab, upstream: StandIn, reply: Reply, code: str) -> None:
    upstream.on("/op-basic/", reply)
    got = lab.get("openpages/op-basic/api/v2/types")
    assert (got.status, got.code) == (502, code)
    assert b"<html" not in got.body
    assert "location" not in got.headers


def test_json_errors_pass(lab: Lab, upstream: StandIn) -> None:
    upstream.on("/op-basic/", fixed('{"message":"OP-60005 Invalid Field"}', 400))
    got = lab.post("openpages/op-basic/api/v2/query", QUERY)
    assert (got.status, got.code) == (400, None)
    assert b"OP-60005" in got.body


def test_empty_answers_pass(lab: Lab, upstream: StandIn) -> None:
    upstream.on("/op-basic/", fixed("", 202, "text/plain"))
    got = lab.post("openpages/op-basic/api/v2/contents/1/associations", "{}")
    assert (got.status, got.body) == (202, b"")


@pytest.mark.parametrize(
    ("method", "path", "fine"),
    [
        ("POST", "api/v2/query", True),
        ("GET", "api/v2/types/Register?include_field_definitions=false", True),
        ("GET", "api/v2/types/SOX%20Bus/associations", True),
        ("GET", "api/v2/contents/11001", True),
        ("PUT", "api/v2/contents/11001", True),
        ("POST", "api/v2/workflows/instances/7/transition/Submit%20it", True),
        ("GET", "api/v2/query?q=SELECT", False),
        ("POST", "api/v2/types", False),
        ("PUT", "api/v2/query", False),
        ("GET", "api/v2/scim/Users", False),
        ("GET", "api/v1/contents", False),
        ("GET", "api/v2/contents/1/../../users", False),
        ("GET", "api/v2/contents/1%2f2", False),
        ("GET", "api/v2/contents/1/", False),
        ("GET", "xapi/v2/types", False),
        ("GET", "", False),
        ("POST", "logon.jsp", False),
    ],
)
def test_paths_pass_by_list(
    lab: Lab, upstream: StandIn, method: str, path: str, fine: bool
) -> None:
    body = None if method == "GET" else b"{}"
    got = lab.request(method, f"openpages/op-basic/{path}", None, body)
    if fine:
        assert got.status == 200
        assert upstream.seen[-1].raw_path == f"/op-basic/{path}"
    else:
        assert got.code in ("path_not_allowed", "bad_path")
        assert not upstream.seen


@pytest.mark.parametrize(
    ("path", "fine"),
    [
        ("contents/1/associations?parents=2", True),
        ("contents/1/associations?parents=2%2C3", True),
        ("contents/1/associations?parents=2,3", True),
        ("contents/1", False),
        ("contents/1/associations", False),
        ("contents/1/associations?parents=", False),
        ("contents/1/associations?children=2", False),
        ("contents/1/associations?parents=2&children=3", False),
        ("contents/1/associations?parents=2&parents=3", False),
        ("contents/1/associations?parents=2%26children=3", False),
        ("types/Register", False),
    ],
)
def test_only_named_parents_are_taken_away(
    lab: Lab, upstream: StandIn, path: str, fine: bool
) -> None:
    got = lab.request("DELETE", f"openpages/op-basic/api/v2/{path}")
    if fine:
        assert got.status == 200
        assert upstream.seen[-1].method == "DELETE"
        assert upstream.seen[-1].raw_path == f"/op-basic/api/v2/{path}"
        assert upstream.seen[-1].body == b""
    else:
        assert got.code == "path_not_allowed"
        assert not upstream.seen


def test_taking_away_needs_the_xsrf_token(lab: Lab, upstream: StandIn) -> None:
    path = "openpages/op-basic/api/v2/contents/1/associations?parents=2"
    got = lab.request("DELETE", path, {"X-XSRFToken": "wrong"})
    assert (got.status, got.code) == (403, "cross_site")
    assert not upstream.seen


def test_a_missing_secret_names_the_variable(lab: Lab) -> None:
    got = lab.post("openpages/op-nosecret/api/v2/query", QUERY)
    assert (got.status, got.code) == (503, "secret_unavailable")
    assert b"NOT_SET_ANYWHERE" in got.body


def test_a_token_service_that_refuses(lab: Lab, upstream: StandIn) -> None:
    upstream.on("/token/op/iam", fixed('{"errorMessage":"key not found"}', 400))
    upstream.on("/op-iam/", fixed("{}", 401))
    got = lab.post("openpages/op-iam/api/v2/query", QUERY)
    assert (got.status, got.code) == (502, "upstream_unauthorized")
    assert b"token service" in got.body
