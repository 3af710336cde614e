"""What a hostile MLflow, or a script in its page, tried with the relay; see `test_attacks`."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import time
from pathlib import Path

import pytest
from aiohttp import web

from ..allow import is_mlflow_search
from ..errors import RelayError
from ..foreign import parse_json
from ..paths import check_path
from ..tracking import graphql
from ..tracking.artifacts import _within
from ..tracking.assets import Build, kernel_folders
from ..tracking.bundle import MAX_FILES, MAX_PAGE, named_in
from .conftest import SERVER_ARN
from .lab import Lab
from .standin import Reply, StandIn, fixed

RUN = "0123456789abcdef0123456789abcdef"
FILE = f"mlflow/ml-gateway/get-artifact?path=a.png&run_uuid={RUN}"
HISTORY = f"ajax-api/2.0/mlflow/metrics/get-history-bulk?run_id={RUN}&metric_key=m"
DEEP = b"[" * 200_000


# ------------------------------------------------------------------ work without end


@pytest.mark.parametrize(
    "text", ["{a" + "#" * 4000 + "\x01", "{a" + "#\n" * 4000 + "\x01", "{a" + ", #" * 4000]
)
def test_a_query_of_comments_is_read_in_one_way(text: str) -> None:
    started = time.process_time()
    with pytest.raises(graphql.NotUnderstood):
        graphql.parse(text, {})
    # An expression that can part them in many ways would not end with 40 of them.
    assert time.process_time() - started < 5


def test_one_query_asks_for_a_few_things(lab: Lab, upstream: StandIn) -> None:
    fields = "".join(
        f"a{at}: mlflowGetRun(input: $d) {{ apiError {{ code }} }} " for at in range(50)
    )
    body = {"query": f"query Q($d: X) {{ {fields} }}", "variables": {"d": {"runId": RUN}}}
    assert lab.post("mlflow/ml-gateway/graphql", json.dumps(body)).code == "no_twin"
    assert not upstream.requests("/ml-gateway")


@pytest.mark.parametrize("metrics", [[], [{"key": "m", "value": 1, "timestamp": 1, "step": 1}]])
def test_a_history_without_end_is_not_followed(
    lab: Lab, upstream: StandIn, metrics: list[dict[str, object]]
) -> None:
    endless = fixed(json.dumps({"metrics": metrics, "next_page_token": "again"}))
    upstream.on("/ml-gateway/", endless)
    assert lab.get(f"mlflow/ml-gateway/{HISTORY}").code == "upstream_not_json"
    assert len(upstream.requests("/ml-gateway")) == 100


@pytest.mark.parametrize("text", [DEEP, DEEP.decode(), b"[" + b"{}," * 1_500_000 + b"1]"])
def test_json_that_is_meant_to_hurt(text: bytes | str) -> None:
    with pytest.raises(ValueError, match=r"nested|values"):
        parse_json(text)


@pytest.mark.parametrize("status", [200, 403, 404, 500])
@pytest.mark.parametrize(
    "path", [HISTORY, "api/2.0/mlflow/runs/get", f"get-artifact?path=a&run_uuid={RUN}"]
)
def test_deep_json_breaks_nothing(lab: Lab, upstream: StandIn, status: int, path: str) -> None:
    upstream.on("/ml-gateway/", fixed(DEEP, status))
    got = lab.get(f"mlflow/ml-gateway/{path}")
    assert got.code in ("upstream_not_json", None)
    assert got.code or got.body == DEEP
    assert lab.post("mlflow/ml-ro/graphql", DEEP).code == "read_only"


@pytest.mark.parametrize(
    "answer",
    [
        {"metrics": [1]},
        {"metrics": {"a": 1}},
        {"metrics": [{"timestamp": "x"}]},
        {"run": []},
        {"run": {"info": None}},
        {"run": {"info": {"artifact_uri": {"a": 1}}}},
        [],
    ],
)
@pytest.mark.parametrize("status", [200, 202, 204])
def test_answers_of_another_shape(lab: Lab, upstream: StandIn, answer: object, status: int) -> None:
    upstream.on("/ml-gateway/", fixed(json.dumps(answer) if status != 204 else "", status))
    for path in (HISTORY, f"get-artifact?path=a&run_uuid={RUN}"):
        assert lab.get(f"mlflow/ml-gateway/{path}").code in ("upstream_not_json", "no_twin", None)


def test_a_count_of_many_digits(lab: Lab, upstream: StandIn) -> None:
    upstream.on("/ml-gateway/", fixed('{"metrics": []}'))
    assert lab.get(f"mlflow/ml-gateway/{HISTORY}&max_results={'9' * 5000}").status == 200


def test_the_memory_of_the_server_stays(lab: Lab, upstream: StandIn) -> None:
    """Bombs: 2 GB of zeros in 2 MB, and an answer of its own that it would read."""
    bomb = gzip.compress(bytes(1 << 28), 1) * 8

    async def heads(request: web.Request) -> web.StreamResponse:
        transport = request.transport
        assert transport is not None
        transport.write(b"HTTP/1.1 200 OK\r\n")
        for at in range(4000):
            if transport.is_closing():
                break
            transport.write(b"X-%d: %s\r\n" % (at, b"a" * 8000))
            await asyncio.sleep(0)
        transport.close()
        return web.Response()

    upstream.on("/ml/bomb", fixed(bomb, 200, "text/html", Content_Encoding="gzip"))
    upstream.on("/ml/heads", heads)
    upstream.on("/ml-gateway/", fixed(b"[" + b"{}," * 5_000_000 + b"1]"))
    assert lab.get("mlflow/ml/version").status == 200
    before = lab.rss
    got = lab.get("mlflow/ml/bomb", {"Accept-Encoding": "gzip"})
    assert (got.headers["content-encoding"], len(got.body)) == ("gzip", len(bomb))
    assert lab.get(f"mlflow/ml-gateway/{HISTORY}").code == "upstream_not_json"
    assert lab.get("mlflow/ml/heads").code == "upstream_closed"
    assert lab.rss - before < 96 << 20


@pytest.mark.parametrize(
    "page",
    [
        b"<script " * (MAX_PAGE // 8),
        b"<link href=" * (MAX_PAGE // 11),
        b'<script src="static-files/' * (MAX_PAGE // 26),
        b"<script src='" + b" " * (MAX_PAGE - 20),
    ],
)
def test_a_page_of_openings_is_read_once(page: bytes) -> None:
    started = time.process_time()
    assert named_in(page) == []
    assert time.process_time() - started < 2


def test_a_page_that_names_more_than_there_can_be(lab: Lab, upstream: StandIn) -> None:
    page = b"".join(b'<script src="static-files/%d.js"></script>' % at for at in range(3000))
    assert len(named_in(page)) == MAX_FILES
    upstream.on("/ml/", fixed(page, 200, "text/html"))
    upstream.on("/ml/static-files/", fixed("1"))
    assert lab.post("mlflow-files/ml", '{"paths": [""], "follow": true}').status == 200
    assert len(upstream.requests("/ml/static-files/")) == MAX_FILES
    # A page without end is passed on, and not kept.
    upstream.on("/ml/", fixed(page * 500, 200, "text/html"))
    before = lab.rss
    got = lab.post("mlflow-files/ml", '{"paths": [""], "follow": true}')
    assert len(got.body) > len(page) * 500
    assert lab.rss - before < 48 << 20


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (DEEP[:100_000], "bad_request"),
        (b'{"paths": ["static-files/ajax-api/3.0/jobs"]}', "path_not_allowed"),
        (b'{"paths": ["STATIC-FILES/a.js"]}', "path_not_allowed"),
        (b'{"paths": ["static-files/\xe2\x80\xa5/a.js"]}', "bad_path"),
        (b'{"paths": ["static-files/%E2%80%A5/a.js"]}', "bad_path"),
        (b'{"paths": ["graphql"]}', "path_not_allowed"),
    ],
)
def test_no_way_round_by_many_files(lab: Lab, upstream: StandIn, body: bytes, code: str) -> None:
    assert lab.post("mlflow-files/ml-ro", body).code == code
    assert not upstream.requests("/ml")


# ------------------------------------------------------------------ where files are


def stored_at(root: str) -> Reply:
    return fixed(json.dumps({"run": {"info": {"run_id": RUN, "artifact_uri": root}}}))


@pytest.mark.parametrize(
    "root",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://evil.example/a",
        "file:///etc",
        "/etc",
        "",
        "gs://models-bucket/mlflow",
        "s3:/models-bucket/mlflow",
        "s3:///mlflow/1",
        "s3://models-bucket@evil.example/mlflow/1",
        "s3://models-bucket:80/mlflow/1",
        "s3://[models-bucket/mlflow",
        "s3://models-buc\u212aet/mlflow/1",
        "s3://models-bucket/mlflow/\uff0e\uff0e/x\x00",
        "mlflow-artifacts:/../../x",
        "mlflow-artifacts:/a/%2e%2e/%2e%2e/x",
        "mlflow-artifacts:/a%252f..%252fb",
        "MODELS:/m-1",
    ],
)
def test_a_run_that_says_its_files_are_elsewhere(lab: Lab, upstream: StandIn, root: str) -> None:
    upstream.on("/ml-gateway/api/2.0/mlflow/runs/get", stored_at(root))
    assert lab.get(FILE).code == "no_twin"
    assert not upstream.requests("/s3")
    assert len(upstream.requests("/ml-gateway")) == 1


@pytest.mark.parametrize(
    "store", ["s3://", "s3:///", "s3:///mlflow", "", "s3", "secret/x", "file:///secret", "s3://b/x"]
)
def test_a_store_that_names_no_bucket_opens_none(store: str) -> None:
    for file in ("s3://secret/x", "s3:///x", "s3://b/xy", "s3://b.evil/x/y"):
        assert not _within(file, store)
    assert _within("s3://b/x/y", "s3://b/x/")
    assert _within("s3://b/x/y", "s3://b")


@pytest.mark.parametrize("model", ["m-../../x", "m-%2e%2e", "m-1/../x", "m-1?x=1", "m-1#x"])
def test_a_version_that_names_no_model(lab: Lab, upstream: StandIn, model: str) -> None:
    said = json.dumps({"artifact_uri": f"models:/{model}"})
    upstream.on("/ml-gateway/api/2.0/mlflow/model-versions", fixed(said))
    got = lab.get("mlflow/ml-gateway/model-versions/get-artifact?path=a&name=m&version=1")
    assert got.code == "no_twin"
    assert len(upstream.requests("/ml-gateway")) == 1


def test_links_out_of_an_installed_ui(tmp_path: Path) -> None:
    tail = Path("mlflow", "server", "js", "build")
    folder, store = tmp_path / "env" / tail, tmp_path / "store" / "abc" / tail
    for one in (folder, store):
        (one / "static").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("no")
    (store / "static" / "a.js").write_text("1")
    (folder / "index.html").write_text("x")
    os.symlink(tmp_path / "secret.txt", folder / "static" / "b.js")
    os.symlink(tmp_path, folder / "static" / "up")
    os.symlink(store / "static" / "a.js", folder / "static" / "a.js")
    os.symlink(store / "static" / "a.js", folder / "static" / "c.js")
    os.symlink(folder / "static" / "loop", folder / "static" / "loop")
    build = Build("3.0.0", folder)
    # uv links file by file from its cache.
    assert build.file("static-files/static/a.js") is not None
    for name in ("b.js", "c.js", "up/secret.txt", "loop", "a" * 300, "\u0000"):
        assert build.file(f"static-files/static/{name}") is None


def test_a_folder_of_kernels_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kernels").write_text("a file")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert isinstance(kernel_folders(), list)


# ------------------------------------------------------------------ reads only


@pytest.mark.parametrize(
    "path",
    [
        "graphql",
        "graphql/",
        "GraphQL",
        "graphql;x=1",
        "graphql%20",
        "graph%71l",
        "%EF%BD%87raphql",
        "mlflow/graphql",
        "a/b/graphql/c",
        "graphql.json",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_no_mutation_on_a_connection_for_reads(
    lab: Lab, upstream: StandIn, path: str, method: str
) -> None:
    body = None if method == "GET" else b'{"query": "mutation M { x }"}'
    for query in ("", "?query=mutation%20M%7Bx%7D"):
        assert lab.request(method, f"mlflow/ml-ro/{path}{query}", {}, body).code == "read_only"
    assert not upstream.seen


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "api/2.0/mlflow/runs/search/"),
        ("POST", "api/2.0/mlflow/runs/search;x"),
        ("POST", "api/2.0/mlflow/RUNS/search"),
        ("POST", "api/2.0/mlflow/runs/search/x"),
        ("POST", "api/2.0/mlflow/runs/delete"),
        ("POST", "api/2.0/mlflow/runs%20/search"),
        ("POST", "x/api/2.0/mlflow/runs/search"),
        ("POST", "api/2.0/mlflow/x/runs/search"),
        ("PUT", "api/2.0/mlflow/runs/search"),
        ("PATCH", "api/2.0/mlflow/registered-models/search"),
        ("DELETE", "api/2.0/mlflow/runs/search"),
        ("post", "api/2.0/mlflow/runs/search"),
        ("HEAD", "graphql"),
    ],
)
def test_no_write_under_the_name_of_a_search(method: str, path: str) -> None:
    assert not is_mlflow_search(method, path)


def test_files_may_be_called_graphql(lab: Lab) -> None:
    for path in ("static-files/graphql.js", "api/2.0/mlflow-artifacts/artifacts/1/graphql"):
        assert lab.get(f"mlflow/ml-ro/{path}").status == 200


@pytest.mark.parametrize(
    "name",
    [
        "X-MLFLOW-SM-Tracking-Server-Arn",
        "x_mlflow_sm_tracking_server_arn",
        "X-MLFLOW-SM_Tracking_Server_Arn",
        "X-MLFLOW_SM-Tracking-Server-Arn",
        "x-sm-mlflow-app-arn",
    ],
)
def test_no_other_server_by_a_header(lab: Lab, upstream: StandIn, name: str) -> None:
    assert lab.get("mlflow/ml-server/api/2.0/mlflow/runs/get", {name: "arn:other"}).status == 200
    sent = upstream.requests("/ml-server")[-1]
    assert "arn:other" not in [value for _, value in sent.headers]


@pytest.mark.parametrize(
    "path",
    ["a/%E2%80%A5/b", "%EF%BC%8E%EF%BC%8E/b", "a%EF%BC%8F..%EF%BC%8Fb", "%EF%BC%8E%EF%BC%8E;x/b"],
)
def test_dots_in_other_letters(path: str) -> None:
    with pytest.raises(RelayError):
        check_path(path)
    assert check_path("a/%E2%80%A6/%EF%BC%8Fb") == "a/\u2026/\uff0fb"


def test_two_servers_with_one_id(
    lab: Lab, upstream: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The id has 32 bits of a hash: here two names of one are made, not searched for."""
    from ..environment import Environment
    from ..limits import Limits
    from ..relay import Relay
    from ..tracking.facts import Facts, Listing
    from ..tracking.managed import ServerArn

    registries = [
        {"id": name, "kind": "sagemaker", "region": "eu-west-1", "account": account}
        for name, account in (("own", "111122223333"), ("other", "000000000000"))
    ]
    relay = Relay(
        registries, Environment("unknown", None, None, None, "eu-west-1", None, None), Limits()
    )
    servers = relay.servers
    good, evil = SERVER_ARN, SERVER_ARN.replace("111122223333", "000000000000")
    monkeypatch.setattr(ServerArn, "connection_id", lambda self: "team-0123abcd")

    async def account(listing: Listing, registry: object) -> None:
        arn = evil if registry is relay.configuration.connections["other"] else good
        listing.facts[arn] = Facts()
        listing.found[arn] = registry  # type: ignore[assignment] # a registry

    monkeypatch.setattr(servers, "_account", account)
    listing = asyncio.run(servers.listed())
    found = asyncio.run(servers.find("team-0123abcd"))
    assert found is not None
    assert found.managed is not None
    assert found.managed.arn == good
    assert [note.code for note in listing.notes] == ["refused"]
