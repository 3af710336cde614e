"""The OpenPages route: ways in, tokens, login pages, allowed paths."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import zlib
from collections.abc import Callable
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
        ("op-cp4d-key", f"Bearer {OP_TOKEN}"),
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
        "op-cp4d-key": {"username": "svc", "api_key": SECRETS["OP_APIKEY"]},
    }
    for connection in ("op", "op-cp4d", "op-cp4d-key", "op-iam"):
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


LOGON = "https://op.example/opgrc/logon.jsp?ticket=Persimmon"
FORM = "<html><title>OpenPages - Log in</title><input type='password'></html>"
SHELL = "<html><title>IBM Cloud Pak for Data</title><div id=root></div></html>"


@pytest.mark.parametrize(
    ("reply", "code", "words"),
    [
        (
            fixed("", 302, "text/html", Location=LOGON),
            "upstream_login_page",
            ("sends to logon.jsp of op.example (HTTP 302)", "root path at the end of url"),
        ),
        (
            fixed("", 302, "text/html", Location="https://login.example/oauth2/x?state=Persimmon"),
            "upstream_login_page",
            ("a login page of login.example",),
        ),
        (
            fixed(FORM, 200, "text/html"),
            "upstream_login_page",
            ("answered with its login page (HTTP 200)", "auth.type"),
        ),
        (
            fixed(SHELL, 200, "text/html"),
            "upstream_not_json",
            ('a page "IBM Cloud Pak for Data", not JSON', "-opgrc"),
        ),
        (
            fixed("", 302, "text/html", Location="https://elsewhere.example/catalog?x=Persimmon"),
            "upstream_redirect",
            ("a redirect of elsewhere.example",),
        ),
        (
            fixed("<html>no such context</html>", 404, "text/html"),
            "upstream_wrong_path",
            ("no OpenPages API below /op-basic (HTTP 404)", "root path at the end of url"),
        ),
        (
            fixed("<html>Access denied by edge</html>", 403, "text/html"),
            "upstream_forbidden",
            ("bars the way (HTTP 403", "egress address of this space"),
        ),
        (
            fixed("<html>OP-03402: not permitted</html>", 403, "text/html"),
            "upstream_forbidden",
            ("refuses this to the user", "HTTP 403, OP-03402", "administrator of OpenPages"),
        ),
        (fixed("<html>oops</html>", 500, "text/html"), "upstream_not_json", ("HTTP 500",)),
        (
            fixed("gateway", 503, "text/plain"),
            "upstream_unreachable",
            ("not available now (HTTP 503)",),
        ),
    ],
)
def test_what_is_no_answer_is_named(
    lab: Lab, upstream: StandIn, reply: Reply, code: str, words: tuple[str, ...]
) -> None:
    upstream.on("/op-basic/", reply)
    got = lab.get("openpages/op-basic/api/v2/types?secret=Persimmon")
    assert (got.status, got.code) == (502, code)
    assert b"<html" not in got.body
    assert b"Persimmon" not in got.body
    assert "location" not in got.headers
    error = got.json["error"]
    assert isinstance(error, dict)
    assert error["connection"] == "op-basic"
    assert "op-basic" in error["hint"] or code == "upstream_unreachable"
    for word in words:
        assert word in error["message"] + error["hint"]


def bare(data: bytes) -> bytes:
    """Deflate without the head of zlib."""
    squeezer = zlib.compressobj(wbits=-15)
    return squeezer.compress(data) + squeezer.flush()


SQUEEZED: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("GZIP", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", bare),
]


@pytest.mark.parametrize(("encoding", "squeeze"), SQUEEZED)
@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (FORM, 200, "text/html"),
        (SHELL, 200, "text/html"),
        ("<html>OP-60005: not permitted</html>", 403, "text/html"),
        ("<html>Access denied by edge</html>", 403, "text/html"),
        ("OP-03381: The value is too long.", 500, "text/plain"),
        ('{"message":"OP-60005 not permitted"}', 403, "application/json"),
    ],
)
def test_what_is_compressed_unasked_is_judged_as_if_it_were_not(
    lab: Lab,
    upstream: StandIn,
    body: str,
    status: int,
    kind: str,
    encoding: str,
    squeeze: Callable[[bytes], bytes],
) -> None:
    asked = ("openpages/op-basic/api/v2/types", {"Accept-Encoding": "gzip, deflate, br, zstd"})
    upstream.on("/op-basic/", fixed(body, status, kind))
    plain = lab.get(*asked)
    assert upstream.seen[-1].header("Accept-Encoding") == "identity"
    squeezed = squeeze(body.encode())
    upstream.on("/op-basic/", fixed(squeezed, status, kind, Content_Encoding=encoding))
    got = lab.get(*asked)
    assert (got.status, got.code) == (plain.status, plain.code)
    if plain.code:
        assert got.json == plain.json
    else:
        assert got.body == squeezed
        assert got.headers["content-encoding"] == encoding


@pytest.mark.parametrize(("encoding", "squeeze"), SQUEEZED)
@pytest.mark.parametrize("path", ["openpages/op-iam/api/v2/types", "mlflow/ml-basic/echo"])
def test_a_compressed_answer_that_repeats_the_login_is_held_back(
    lab: Lab, upstream: StandIn, path: str, encoding: str, squeeze: Callable[[bytes], bytes]
) -> None:
    async def echo(request: web.Request) -> web.StreamResponse:
        # Nothing that the relay could not look into is asked for.
        assert "br" not in request.headers["Accept-Encoding"]
        body = squeeze(json.dumps(dict(request.headers)).encode())
        kind = {"Content-Type": "application/json", "Content-Encoding": encoding}
        return web.Response(body=body, headers=kind)

    for place in ("/op-iam/", "/ml-basic/"):
        upstream.on(place, echo)
    got = lab.get(path, {"Accept-Encoding": "gzip;q=0.9, deflate, br, zstd"})
    assert (got.status, got.code) == (502, "upstream_unauthorized")
    assert b"repeats the login" in got.body


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"\x0b\x02\x80{}\x03", "br"),
        (b"{}", "gzip"),
        (gzip.compress(b"{}")[:-8] + bytes(8), "gzip"),
        (gzip.compress(b"{}") + gzip.compress(b"{}"), "gzip"),
        (gzip.compress(gzip.compress(b"{}")), "gzip, gzip"),
    ],
    ids=["brotli", "not gzip", "wrong sum", "two members", "twice"],
)
@pytest.mark.parametrize("status", [200, 403, 404])
def test_what_cannot_be_read_does_not_pass(
    lab: Lab, upstream: StandIn, body: bytes, encoding: str, status: int
) -> None:
    upstream.on("/op-basic/", fixed(body, status, Content_Encoding=encoding))
    got = lab.get("openpages/op-basic/api/v2/types")
    assert (got.status, got.code) == (502, "upstream_not_json")
    assert f"HTTP {status}".encode() in got.body


def test_a_small_answer_that_becomes_a_large_one_passes(lab: Lab, upstream: StandIn) -> None:
    squeezed = gzip.compress(b"[" + b" " * (64 << 20) + b"]")
    upstream.on("/op-basic/", fixed(squeezed, Content_Encoding="gzip"))
    got = lab.get("openpages/op-basic/api/v2/types")
    assert (got.status, got.body) == (200, squeezed)


def test_a_refused_login_is_not_tried_by_every_request(lab: Lab, upstream: StandIn) -> None:
    upstream.on("/op-zen/", fixed('{"message":"OP-1001 who are you"}', 401))
    first = lab.get("openpages/op-zen/api/v2/types")
    assert (first.status, first.code) == (502, "upstream_unauthorized")
    for word in (b"HTTP 401, OP-1001", b"auth.username", b"connection op-zen"):
        assert word in first.body
    for again in (lab.get("openpages/op-zen/api/v2/types") for _ in range(3)):
        assert (again.status, again.code) == (502, "upstream_unauthorized")
        assert b"account is not locked" in again.body
    assert len(upstream.requests("/op-zen/")) == 1


def test_an_address_that_does_not_answer_may_be_a_matter_of_admission(
    lab: Lab, upstream: StandIn
) -> None:
    async def silent(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return json_reply({})

    upstream.on("/op-basic/", silent)
    got = lab.get("openpages/op-basic/api/v2/types")
    assert (got.status, got.code) == (504, "upstream_timeout")
    assert b"egress address of this space" in got.body


def test_messages_of_openpages_itself_pass_as_text(lab: Lab, upstream: StandIn) -> None:
    upstream.on("/op-basic/", fixed("OP-03381: The value is too long.", 500, "text/plain"))
    got = lab.post("openpages/op-basic/api/v2/contents/1/associations", "{}")
    assert (got.status, got.code) == (500, None)
    assert got.headers["x-relay-content-type"] == "text/plain"
    assert b"OP-03381" in got.body


def test_a_denied_object_passes(lab: Lab, upstream: StandIn) -> None:
    upstream.on("/op-basic/", fixed('{"message":"OP-03402 not permitted"}', 403))
    got = lab.get("openpages/op-basic/api/v2/contents/15006")
    assert (got.status, got.code) == (403, None)
    assert b"OP-03402" in got.body


@pytest.mark.parametrize(
    "root", ["opgrc", "openpages/opgrc", "openpages-wxgov-opgrc", "openpages-a-b-opgrc"]
)
def test_root_paths(lab: Lab, upstream: StandIn, root: str) -> None:
    got = lab.get(f"openpages/root-{root.replace('/', '-')}/api/v2/types")
    assert got.status == 200
    assert upstream.seen[-1].raw_path == f"/{root}/api/v2/types"


class Console:
    """A console whose tokens end when told, behind a token service that is slow."""

    def __init__(self, upstream: StandIn, life: int = 3600) -> None:
        self.issued: list[str] = []
        self.good: set[str] = set()
        self.refused = 0
        self._life = life
        upstream.on("/token/op/mcsp", self._token)
        upstream.on("/op/", self._answer)

    def end_all(self) -> None:
        """Every token ends now."""
        self.good.clear()

    async def _token(self, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.3)
        self.issued.append(f"token-{len(self.issued)}-of-the-console")
        self.good.add(self.issued[-1])
        return json_reply({"token": self.issued[-1], "expires_in": self._life})

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.headers["Authorization"].removeprefix("Bearer ") not in self.good:
            self.refused += 1
            return json_reply({"message": "expired"}, 401)
        asked = await request.json()
        offset = asked.get("offset", 0)
        page = {"rows": [{"fields": [{"name": "Name", "value": offset + n}]} for n in range(10)]}
        return json_reply({**page, "offset": offset})


def test_fifty_waiting_calls_renew_once(lab: Lab, upstream: StandIn) -> None:
    console = Console(upstream)
    # What an earlier test left is not good here: all fifty are refused at first.
    with ThreadPoolExecutor(50) as pool:
        got = list(pool.map(lambda _: lab.post("openpages/op/api/v2/query", QUERY), range(50)))
    assert [g.status for g in got] == [200] * 50
    assert len(console.issued) == 1
    assert len(upstream.requests("/op/")) == 50 + console.refused


def test_a_token_that_ends_in_the_middle_of_a_list(lab: Lab, upstream: StandIn) -> None:
    console = Console(upstream)
    assert lab.post("openpages/op/api/v2/query", QUERY).status == 200
    rows: list[int] = []
    for offset in range(0, 50, 10):
        if offset == 20:
            console.end_all()
        asked = json.dumps({"statement": "SELECT", "offset": offset, "limit": 10})
        got = lab.post("openpages/op/api/v2/query", asked)
        assert (got.status, got.code) == (200, None)
        page = got.json["rows"]
        assert isinstance(page, list)
        rows += [row["fields"][0]["value"] for row in page]
    assert rows == list(range(50))
    # One that an earlier test left, and the one in the middle.
    assert console.refused <= 2
    assert len(console.issued) == 2


def test_a_write_is_sent_again_only_after_a_refused_login(lab: Lab, upstream: StandIn) -> None:
    console = Console(upstream)
    link = '{"associations":[{"id":"15001","type":"parent"}]}'
    assert lab.post("openpages/op/api/v2/contents/1/associations", link).status == 200
    console.end_all()
    before = len(upstream.requests("/op/"))
    assert lab.post("openpages/op/api/v2/contents/1/associations", link).status == 200
    assert [seen.body.decode() for seen in upstream.requests("/op/")[before:]] == [link, link]


def test_a_refused_key_is_not_tried_by_every_request(lab: Lab, upstream: StandIn) -> None:
    answer = '{"errorCode":"BXNIM0415E","errorMessage":"Provided API key could not be found."}'
    upstream.on("/token/op/other", fixed(answer, 400))
    for _ in range(4):
        got = lab.post("openpages/op-other/api/v2/query", QUERY)
        assert (got.status, got.code) == (502, "upstream_unauthorized")
        assert b"HTTP 400, BXNIM0415E" in got.body
        assert b"auth.token_url" in got.body
    assert len(upstream.requests("/token/op/other")) == 1
    assert not upstream.requests("/op-other/")


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
        ("POST", "api/v2/contents", False),
        ("POST", "api/v2/contents/11001", False),
        ("POST", "api/v2/workflows/instances/7/transition/Submit%20it", True),
        ("GET", "api/v2/workflows/instances/7", True),
        ("POST", "api/v2/workflows/instances/7", False),
        ("GET", "api/v2/workflows/instances/7/history", False),
        ("GET", "api/v2/query?q=SELECT", False),
        ("POST", "api/v2/types", False),
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


def finding(lab: Lab, connection: str, check: str) -> dict[str, object]:
    """What the doctor says of one check."""
    for line in lab.post("doctor").body.splitlines():
        found = json.loads(line)
        if (found.get("connection"), found.get("check")) == (connection, check):
            return dict(found)
    raise AssertionError(check)


def test_the_doctor_looks_for_the_configured_types(lab: Lab, upstream: StandIn) -> None:
    names = ("Register", "SOXBusEntity", "Model")
    upstream.on("/op-basic/", fixed(json.dumps([{"name": name} for name in names])))
    assert finding(lab, "op-basic", "console")["state"] == "ok"
    upstream.on("/op-basic/", fixed(json.dumps([{"name": "Register"}])))
    found = finding(lab, "op-basic", "console")
    assert found["state"] == "failed"
    assert "no type for entity (SOXBusEntity), model (Model)" in str(found["message"])
    assert "types of connection op-basic" in str(found["hint"])
    upstream.on("/op-basic/", fixed(FORM, 200, "text/html"))
    found = finding(lab, "op-basic", "console")
    assert "upstream_login_page" in str(found["message"])


def test_the_doctor_looks_at_the_entities(lab: Lab, upstream: StandIn) -> None:
    root = "/op-entities/api/v2/contents"
    upstream.on(f"{root}/11001", fixed('{"id":"11001","name":"SageMaker prod"}'))
    upstream.on(f"{root}/12001", fixed('{"id":"12001","name":"SageMaker claims"}'))
    for entity in ("11001", "12001"):
        upstream.on(f"{root}/{entity}/associations", fixed('{"associations":[]}'))
    found = finding(lab, "op-entities", "entities")
    assert (found["state"], found["message"]) == (
        "ok",
        "own: SageMaker prod, claims: SageMaker claims",
    )
    upstream.on(f"{root}/11001/associations", fixed('{"associations":[{"id":"1"}]}'))
    upstream.on(f"{root}/12001", fixed('{"message":"unknown"}', 404))
    found = finding(lab, "op-entities", "entities")
    assert found["state"] == "failed"
    assert found["message"] == (
        "11001 of own (SageMaker prod) is not at the root;"
        " 12001 of claims cannot be read (HTTP 404)"
    )
    assert "root-level business entity" in str(found["hint"])
