"""Parts of the MLflow relay alone: installed UIs, GraphQL, ARNs."""

from __future__ import annotations

import asyncio
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from ..errors import RelayError
from ..tracking import graphql
from ..tracking.answers import histories
from ..tracking.ask import Said
from ..tracking.assets import Build, builds, cache_headers, content_type, nearest, skew
from ..tracking.managed import CUSTOM_ENDPOINT, parse_arn
from ..tracking.twins import Twin, twin


def install(site: Path, version: str) -> Path:
    """An mlflow package with a UI, as pip puts it."""
    package = site / "mlflow"
    build = package / "server" / "js" / "build"
    (build / "static" / "js").mkdir(parents=True)
    (build / "index.html").write_text(f"<title>MLflow {version}</title>")
    (build / "static" / "js" / "main.0a1b2c3d.js").write_text("1")
    (build / "static" / "js" / "plain.js").write_text("2")
    (package / "version.py").write_text(f'# generated\nVERSION = "{version}"\nIS = 1\n')
    (package / "secret.txt").write_text("no")
    return package


def test_uis_are_found(tmp_path: Path) -> None:
    site = tmp_path / "env" / "lib" / "python3.11" / "site-packages"
    install(site, "2.22.1")
    other = install(tmp_path / "other", "3.4.0")
    kernel = tmp_path / "kernels" / "conda"
    kernel.mkdir(parents=True)
    argv = [str(tmp_path / "env" / "bin" / "python"), "-m", "ipykernel_launcher"]
    (kernel / "kernel.json").write_text(json.dumps({"argv": argv}))
    broken = tmp_path / "kernels" / "broken"
    broken.mkdir()
    (broken / "kernel.json").write_text("{")
    half = install(tmp_path / "half", "9.9.9")
    (half / "version.py").unlink()
    named = [str(other), str(half), str(tmp_path / "nothing")]
    found = {one.version for one in builds(named, [kernel, broken, tmp_path / "gone"])}
    assert {"2.22.1", "3.4.0"} <= found
    assert "9.9.9" not in found
    # Named by its site-packages as well, and once only.
    again = [b for b in builds([str(tmp_path / "other"), str(other)]) if b.version == "3.4.0"]
    assert len(again) == 1


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("", "index.html"),
        ("index.html", "index.html"),
        ("static-files/static/js/main.0a1b2c3d.js", "main.0a1b2c3d.js"),
        ("static-files/static/js", None),
        ("static-files/", None),
        ("static-files/../../../secret.txt", None),
        ("static-files//etc/passwd", None),
        ("static-files/./index.html", None),
        ("static-files/static\\js", None),
        ("favicon.ico", None),
    ],
)
def test_files_of_a_ui(tmp_path: Path, path: str, name: str | None) -> None:
    package = install(tmp_path, "3.0.0")
    file = Build("3.0.0", package / "server" / "js" / "build").file(path)
    assert (file and file.name) == name


def test_how_long_files_are_kept(tmp_path: Path) -> None:
    folder = install(tmp_path, "3.0.0") / "server" / "js" / "build"
    build = Build("3.0.0", folder)
    hashed = cache_headers(build, folder / "static" / "js" / "main.0a1b2c3d.js")
    assert hashed["Cache-Control"] == "private, max-age=31536000, immutable"
    plain = folder / "static" / "js" / "plain.js"
    before = cache_headers(build, plain)
    assert before["Cache-Control"] == "private, no-cache"
    os.utime(plain, (1, 1))
    assert cache_headers(build, plain)["ETag"] != before["ETag"]
    assert content_type(plain) == "text/javascript"
    assert content_type(folder / "index.html").startswith("text/html")
    assert content_type(folder / "odd.xyz123") == "application/octet-stream"


@pytest.mark.parametrize(
    ("installed", "server", "chosen", "distance"),
    [
        (["2.22.1", "3.4.0", "3.17.2"], "3.4.0", "3.4.0", "none"),
        (["2.22.1", "3.4.2", "3.17.2"], "3.4.0", "3.4.2", "patch"),
        (["3.4.2", "3.4.0"], "3.4.1", "3.4.2", "patch"),
        (["2.22.1", "3.1.0", "3.9.0", "3.17.2"], "3.4.0", "3.9.0", "minor"),
        (["3.1.0", "3.3.0"], "3.4.0", "3.3.0", "minor"),
        (["2.22.1", "3.17.2"], "2.16.2", "2.22.1", "minor"),
        (["3.17.2"], "2.16.2", "3.17.2", "major"),
        (["2.22.1", "3.17.2"], None, "3.17.2", "unknown"),
        (["3.17.2.dev0"], "3.17.2", "3.17.2.dev0", "none"),
    ],
)
def test_the_nearest_ui_is_shown(
    installed: list[str], server: str | None, chosen: str, distance: str
) -> None:
    build = nearest([Build(version, Path(version)) for version in installed], server)
    assert build is not None
    assert (build.version, skew(build, server)) == (chosen, distance)
    assert nearest([], server) is None


@pytest.mark.parametrize(
    "text",
    [
        "mutation M { mlflowGetRun(input: $data) { run } }",
        "subscription S { a }",
        "query A { a } query B { b }",
        "query A { ...F } fragment F on Query { a }",
        "{ mlflowGetRun(input: {runId: 1}) { run } }",
        '{ mlflowGetRun(input: "x") { run } }',
        "{ mlflowGetRun(input: $missing) { run } }",
        "{ a",
        "{ a }}",
        "{ a: }",
        "query A(",
        "{ " + "a { " * 40 + "b" + " }" * 41,
        "{ a ? }",
        "",
    ],
)
def test_graphql_beyond_the_uis_is_not_understood(text: str) -> None:
    with pytest.raises(graphql.NotUnderstood):
        graphql.parse(text, {"data": {"runId": "1"}})


def test_graphql_is_parsed() -> None:
    text = '# a\nquery Q($d: In! = {a: 1}) @c(n: "x") { x: f(input: $d) { g, h { i } } }'
    (one,) = graphql.parse(text, {"d": {"a": 1}})
    assert (one.name, one.alias, one.arguments) == ("f", "x", {"input": {"a": 1}})
    assert [(inner.name, [f.name for f in inner.fields]) for inner in one.fields] == [
        ("g", []),
        ("h", ["i"]),
    ]


class Canned:
    """Stands for `Ask`: gives prepared answers, and keeps what was asked."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self._answers = answers
        self.asked: list[tuple[str, Any]] = []

    async def get(self, path: str, query: Any = ()) -> dict[str, Any]:
        self.asked.append((path, list(query)))
        found = self._answers[path]
        return found(dict(query)) if callable(found) else found  # type: ignore[no-any-return] # prepared

    search = get


@pytest.mark.parametrize("body", [b"", b"[]", b'{"query": 1}', b'{"query": "{a}", "variables": 1}'])
def test_what_is_no_graphql_request_is_refused_as_mlflow_does(body: bytes) -> None:
    canned: Any = Canned({})
    with pytest.raises(Said) as refused:
        asyncio.run(graphql.answer(canned, body))
    assert refused.value.status == 400


def test_a_field_that_rest_has_not_is_not_made_up() -> None:
    canned: Any = Canned({"api/2.0/mlflow/runs/get": {"run": {"info": {}}}})
    text = "query Q($d: X) { mlflowGetRun(input: $d) { run { unheard { of } } } }"
    body = json.dumps({"query": text, "variables": {"d": {"runId": "1"}}}).encode()
    with pytest.raises(graphql.NotUnderstood):
        asyncio.run(graphql.answer(canned, body))
    with pytest.raises(graphql.NotUnderstood):
        asyncio.run(graphql.answer(canned, b'{"query": "{ test(input: $d) { a } }"}'))


def test_histories_are_read_page_by_page() -> None:
    def page(query: dict[str, str]) -> dict[str, Any]:
        first = "page_token" not in query
        point = {"key": "k", "value": "NaN" if first else 0.5, "timestamp": "1", "step": "2"}
        return {"metrics": [point], **({"next_page_token": "t"} if first else {})}

    canned: Any = Canned({"api/2.0/mlflow/metrics/get-history": page})
    found = asyncio.run(histories(canned, "run_id=b&run_id=a&metric_key=k&max_results=3"))
    point = {"key": "k", "timestamp": 1, "step": 2}
    assert found["metrics"] == [
        {**point, "value": 0.5, "run_id": "a"},
        {**point, "value": "NaN", "run_id": "a"},
        {**point, "value": 0.5, "run_id": "b"},
    ]
    canned.asked.clear()
    asyncio.run(
        histories(
            canned, "&".join(f"run_id={n:02}" for n in range(50)) + "&metric_key=k&max_results=4"
        )
    )
    # Enough points after the first runs: the others are left alone.
    assert len({dict(query)["run_id"] for _, query in canned.asked}) == 6
    many = "&".join(f"run_id={n}" for n in range(101))
    for query in ("metric_key=k", "run_id=a", f"{many}&metric_key=k"):
        with pytest.raises(Said):
            asyncio.run(histories(canned, query))


@pytest.mark.parametrize(
    ("arn", "url"),
    [
        (
            "arn:aws:sagemaker:eu-west-1:111122223333:mlflow-tracking-server/a-b",
            "https://eu-west-1.experiments.sagemaker.aws",
        ),
        (
            "arn:aws:sagemaker:eu-west-1:111122223333:mlflow-app/app-1",
            "https://mlflow.sagemaker.eu-west-1.app.aws",
        ),
        (
            "arn:aws-us-gov:sagemaker:us-gov-west-1:111122223333:mlflow-tracking-server/a",
            "https://us-gov-west-1.experiments.sagemaker.aws",
        ),
        ("arn:aws-cn:sagemaker:cn-north-1:111122223333:mlflow-tracking-server/a", None),
    ],
)
def test_hosts_of_managed_servers(arn: str, url: str | None) -> None:
    parsed = parse_arn(arn)
    assert parsed is not None
    assert parsed.url({}) == url
    assert parsed.url({CUSTOM_ENDPOINT: "https://vpce.example"}) == "https://vpce.example"
    assert parsed.connection_id() == parsed.connection_id()


@pytest.mark.parametrize(
    "arn",
    [
        None,
        7,
        "",
        "arn:aws:sagemaker:eu-west-1:111122223333:model-package/a/1",
        "arn:aws:sagemaker:eu-west-1:1111:mlflow-app/a",
        "arn:aws:sagemaker:eu-west-1:111122223333:mlflow-app/a/b",
        "arn:aws:sagemaker:evil.example/:111122223333:mlflow-app/a",
        "arn:aws:sagemaker:eu-west-1:111122223333:mlflow-app/a\n",
    ],
)
def test_what_is_no_arn_of_mlflow(arn: object) -> None:
    assert parse_arn(arn) is None


def decided(path: str) -> Twin | None:
    """What stands for a path; None: it is refused with a word."""
    try:
        return twin(path, path, "ml")
    except RelayError as error:
        if error.code != "no_twin":
            raise
        return None


def test_every_call_of_the_installed_mlflow_is_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    """No call of MLflow's server is forgotten: it has a twin, an answer or a word."""
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    server = pytest.importorskip("mlflow.server")
    rules = {re.sub("<[^>]*>", "a", rule.rule[1:]) for rule in server.app.url_map.iter_rules()}
    below = {rule for rule in rules if rule.startswith("api/")}
    assert len(below) > 100
    # `check_mlflow` refuses these before.
    refused = {rule for rule in rules if re.search("/(?:jobs|gateway-proxy)(?:/|$)", rule)}
    for rule in rules - below - refused:
        stand, equal = decided(rule), rule.removeprefix("ajax-")
        if stand is None:
            assert equal not in below, rule
        elif stand.path is not None:
            assert stand.path == equal, rule
            assert equal in below, rule
    assert all(decided(rule) == Twin(rule) for rule in below)
