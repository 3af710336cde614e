"""The supervisor, run as a process: what it starts, says, and leaves behind."""

from __future__ import annotations

import asyncio
import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from sandbox import supervisor_lab
from sandbox.studio import lab
from sandbox.supervisor_options import Options, remembered
from sandbox.supervisor_process import SandboxError

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.timeout(240)  # the first start trains MLflow's models


class Sandbox:
    """A run of ``python -m sandbox --no-lab``."""

    def __init__(self, run_dir: Path, *arguments: str) -> None:
        self.run_dir = run_dir
        command = [sys.executable, "-m", "sandbox", "--no-lab", "--run-dir", str(run_dir)]
        self.process = subprocess.Popen(  # noqa: S603 (own arguments)
            [*command, *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def ready(self) -> dict[str, Any]:
        """Content of sandbox.json, once it is there."""
        file = self.run_dir / "sandbox.json"
        while not file.exists():
            assert self.process.poll() is None, self.output()
            time.sleep(0.05)
        return dict(json.loads(file.read_text("utf-8")))

    def family(self) -> list[psutil.Process]:
        """Every process below it."""
        return list(psutil.Process(self.process.pid).children(recursive=True))

    def output(self) -> str:
        """All that it said; waits for its end."""
        return self.process.communicate(timeout=60)[0]

    def stop(self) -> int:
        """Ask it to end; returns its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=60)
        return self.process.returncode


Start = Callable[..., Sandbox]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts sandboxes in one run directory, and ends them."""
    started: list[Sandbox] = []

    def begin(*arguments: str) -> Sandbox:
        started.append(Sandbox(tmp_path / "run", *arguments))
        return started[-1]

    yield begin
    for sandbox in started:
        sandbox.stop()


def gone(processes: list[psutil.Process], within: float = 60) -> bool:
    """Whether all end in time."""
    return not psutil.wait_procs(processes, timeout=within)[1]


def persona_key(state: dict[str, Any]) -> dict[str, str]:
    answer = requests.get(f"{state['credentials']}/data-scientist", timeout=10)
    answer.raise_for_status()
    return dict(answer.json())


def test_every_part_answers_and_no_process_stays(start: Start) -> None:
    sandbox = start()
    state = sandbox.ready()
    assert state["groups"] == 40
    assert state["pids"]["sandbox"] == sandbox.process.pid
    assert "lab" not in state
    assert persona_key(state)["AccessKeyId"]
    assert requests.get(f"{state['mlflow']}/health", timeout=10).text == "OK"
    types = requests.get(f"{state['openpages']}/api/v2/types", timeout=10, allow_redirects=False)
    # It is there, and wants a login.
    assert types.status_code in (302, 401)
    for url in state["registries"].values():
        # Unsigned: refused by AWS itself, not by the gate.
        assert requests.post(url, data="{}", timeout=10).status_code in (400, 403, 404)
    family = sandbox.family()
    assert len(family) >= 3
    assert sandbox.stop() == 0
    # The supervisor waited for them.
    assert gone(family, 0)
    assert not (sandbox.run_dir / "sandbox.json").exists()


def test_a_killed_supervisor_takes_everything_along(start: Start) -> None:
    sandbox = start()
    sandbox.ready()
    family = sandbox.family()
    sandbox.process.kill()
    assert gone(family)
    # What it left does not fool the next one.
    assert (sandbox.run_dir / "sandbox.json").exists()
    again = start()
    while again.ready()["pids"]["sandbox"] != again.process.pid:
        assert again.process.poll() is None, again.output()
        time.sleep(0.05)


def test_a_second_start_makes_nothing_anew_and_remembers(start: Start) -> None:
    first = start("--groups", "3")
    before = first.ready()
    database = first.run_dir / "mlflow" / "mlflow.db"
    made = database.stat().st_ino
    requests.post(f"{before['control']}/faults", json={"name": "slow"}, timeout=10)
    first.stop()
    after = start().ready()
    assert database.stat().st_ino == made
    assert after["groups"] == 3
    # Faults are not kept: a demo starts well.
    assert requests.get(after["control"], timeout=10).json()["faults"] == []


def test_ten_registries_fail_alone(start: Start) -> None:
    state = start("--registries", "10", "--groups-per-registry", "100").ready()
    assert len(state["registries"]) == len(set(state["registries"].values())) == 10
    assert list(state["accounts"]) == list(state["registries"])
    down = {"name": "registry-down", "upstream": "aws-motor"}
    throttled = {"name": "throttle", "upstream": "aws-life"}
    for fault in (down, throttled):
        requests.post(f"{state['control']}/faults", json=fault, timeout=10).raise_for_status()

    def said(registry: str) -> str:
        headers = {"X-Amz-Target": "SageMaker.Search"}
        try:
            url = state["registries"][registry]
            return str(requests.post(url, data="{}", headers=headers, timeout=10).json()["__type"])
        except requests.ConnectionError:
            return "down"

    answers = {registry: said(registry) for registry in state["registries"]}
    assert answers.pop("motor") == "down"
    assert answers.pop("life") == "ThrottlingException"
    assert set(answers.values()) == {"MissingAuthenticationTokenException"}


def test_a_run_directory_remembers_what_it_holds(tmp_path: Path) -> None:
    first = remembered(Options(tmp_path, registries=10, groups_per_registry=100))
    assert remembered(Options(tmp_path)) == first
    assert remembered(Options(tmp_path, registries=4)) == replace(first, registries=4)
    # A number over all registries ends the number for each.
    again = remembered(Options(tmp_path, groups=7))
    assert again == replace(first, registries=4, groups=7, groups_per_registry=None)


def test_two_in_one_folder_are_refused(start: Start) -> None:
    start().ready()
    second = start()
    said = second.output()
    assert second.process.returncode == 1
    assert "runs in" in said
    assert "--run-dir" in said


def test_a_part_that_ends_is_named_with_its_last_words(start: Start) -> None:
    sandbox = start()
    sandbox.ready()
    (openpages,) = [p for p in sandbox.family() if "sandbox.openpages" in p.cmdline()]
    family = sandbox.family()
    openpages.kill()
    said = sandbox.output()
    assert sandbox.process.returncode == 1
    assert "openpages ended (exit code -9)" in said
    assert "openpages.log" in said
    assert gone(family)


def test_stopping_while_it_starts_leaves_nothing(start: Start) -> None:
    sandbox = start()
    while not sandbox.family():
        assert sandbox.process.poll() is None, sandbox.output()
        time.sleep(0.01)
    family = sandbox.family()
    os.kill(sandbox.process.pid, signal.SIGINT)
    sandbox.process.communicate(timeout=60)
    assert gone(family)


def test_faults_are_on_from_the_start(start: Start) -> None:
    state = start("--fault", "mlflow-down", "--fault", "throttle").ready()
    on = requests.get(state["control"], timeout=10).json()["faults"]
    assert [fault["name"] for fault in on] == ["mlflow-down", "throttle"]
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{state['mlflow']}/health", timeout=10)


def test_reset_brings_mlflow_back_to_its_seed(start: Start) -> None:
    state = start().ready()
    api = f"{state['mlflow']}/api/2.0/mlflow/experiments"
    requests.post(f"{api}/create", json={"name": "mine"}, timeout=10).raise_for_status()
    requests.post(f"{state['control']}/reset", timeout=60).raise_for_status()
    found = requests.post(f"{api}/search", json={"max_results": 100}, timeout=10).json()
    names = {experiment["name"] for experiment in found["experiments"]}
    assert "credit-risk-scoring" in names
    assert "mine" not in names


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--fault", "nope"], "openpages-login-page"),
        (["--as", "bob"], "approver"),
        (["--groups", "10001"], "between 0 and 10000"),
        (["--registries", "11"], "between 1 and 10"),
        (["--groups-per-registry", "2001"], "between 0 and 2000"),
        (["--groups", "40", "--groups-per-registry", "9"], "not allowed with"),
        (["--port", "70000"], "not a port"),
    ],
)
def test_bad_options_are_named(start: Start, arguments: list[str], words: str) -> None:
    sandbox = start(*arguments)
    said = sandbox.output()
    assert sandbox.process.returncode == 2
    assert words in said


#: A lab as far as its port goes: in Jupyter's words when that is taken.
LAB = """
import http.server, sys
port = int(sys.argv[1])
try:
    server = http.server.HTTPServer(("127.0.0.1", port), http.server.SimpleHTTPRequestHandler)
except OSError:
    sys.exit(f"ERROR: could not be started because port {port} is not available.")
server.serve_forever()
"""


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[int]]:
    """Ports that labs get, in turn; the first is taken by a server that is no lab."""

    def prepare(*_arguments: object, port: int, **_more: object) -> lab.Lab:
        return lab.Lab(
            [sys.executable, "-c", LAB, str(port)],
            dict(os.environ),
            tmp_path,
            f"http://127.0.0.1:{port}",
        )

    class Nothing(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, *_arguments: object) -> None:
            pass

    taken = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Nothing)
    threading.Thread(target=taken.serve_forever, daemon=True).start()
    given = [taken.server_address[1]]
    monkeypatch.setattr(lab, "prepare", prepare)
    monkeypatch.setattr(supervisor_lab, "choose_port", lambda _wanted: given.pop(0))
    yield given
    taken.shutdown()
    taken.server_close()


async def _lab(run_dir: Path, said: list[str]) -> str:
    child, url = await supervisor_lab.start_lab(
        Options(run_dir=run_dir), lab.Endpoints({}, "", "", "", "", "", ""), said.append
    )
    await child.stop()
    return url


def test_a_lab_whose_port_is_taken_meanwhile_gets_another(ports: list[int], tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        ports.append(free.getsockname()[1])
    wanted = f"http://127.0.0.1:{ports[1]}"
    said: list[str] = []
    assert asyncio.run(_lab(tmp_path, said)) == wanted
    assert [text for text in said if "was taken meanwhile" in text]


def test_a_lab_that_finds_no_port_says_so(ports: list[int], tmp_path: Path) -> None:
    ports += ports * 2
    with pytest.raises(SandboxError, match="is not available"):
        asyncio.run(_lab(tmp_path, []))
    assert ports == []
