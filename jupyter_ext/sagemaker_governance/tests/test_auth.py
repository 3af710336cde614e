"""Credentials, endpoints, secrets, addresses and TLS, without a server."""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ..auth.aws import Aws, quieten
from ..auth.flight import SingleFlight
from ..auth.secrets import Secrets
from ..connections import Secret
from ..errors import STATUS, RelayError
from ..limits import Limits
from ..pool import BadCertificates, GuardedResolver, RefusedAddress, proxy_for, tls_context
from ..spool import Spool
from .lab import PACKAGE_ROOT


@pytest.fixture(autouse=True)
def _no_aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


def test_no_credentials_is_said() -> None:
    with pytest.raises(RelayError) as caught:
        asyncio.run(Aws().frozen())
    assert caught.value.code == "credentials_unavailable"
    assert "execution role" in caught.value.hint


def test_static_credentials_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA1")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    aws = Aws()

    async def twice() -> tuple[str, str, str]:
        first = await aws.frozen()
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA2")
        second = await aws.frozen()
        await aws.renew("AKIA-of-long-ago")
        assert (await aws.frozen()).access_key == "AKIA1"
        await aws.renew("AKIA1")
        return first.access_key, second.access_key, (await aws.frozen()).access_key

    assert asyncio.run(twice()) == ("AKIA1", "AKIA1", "AKIA2")


@pytest.mark.parametrize(
    ("environ", "config", "expected"),
    [
        ({}, "", "https://api.sagemaker.eu-west-1.amazonaws.com"),
        ({"AWS_ENDPOINT_URL": "https://all.example"}, "", "https://all.example"),
        (
            {"AWS_ENDPOINT_URL": "https://all.example", "AWS_ENDPOINT_URL_SAGEMAKER": "https://s"},
            "",
            "https://s",
        ),
        (
            {},
            "[default]\nservices = x\n[services x]\nsagemaker =\n  endpoint_url = https://f.example\n",
            "https://f.example",
        ),
        ({}, "[default]\nendpoint_url = https://d.example\n", "https://d.example"),
        (
            {"AWS_ENDPOINT_URL": "https://all", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
            "",
            "https://api.sagemaker.eu-west-1.amazonaws.com",
        ),
        ({"AWS_USE_DUALSTACK_ENDPOINT": "true"}, "", "https://api.sagemaker.eu-west-1.api.aws"),
    ],
)
def test_endpoints_are_botocores(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    environ: dict[str, str],
    config: str,
    expected: str,
) -> None:
    (tmp_path / "config").write_text(config)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    aws = Aws()
    assert aws.endpoint("sagemaker", "eu-west-1", "own") == expected
    # botocore itself says the same.
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    assert aws.client("sagemaker", "eu-west-1").meta.endpoint_url == expected


def test_sts_is_regional_and_metadata_is_no_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Aws().endpoint("sts", "eu-west-1", "own") == "https://sts.eu-west-1.amazonaws.com"
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://169.254.169.254")
    with pytest.raises(RelayError) as caught:
        Aws().endpoint("sts", "eu-west-1", "own")
    assert caught.value.code == "upstream_unreachable"


def test_botocore_does_not_print_secrets_at_debug() -> None:
    for name in ("auth", "endpoint", "parsers", "utils"):
        logging.getLogger(f"botocore.{name}").setLevel(logging.DEBUG)
    quieten()
    for name in ("auth", "endpoint", "parsers", "utils"):
        assert not logging.getLogger(f"botocore.{name}").isEnabledFor(logging.DEBUG)


def test_single_flight_shares_and_survives_cancelling() -> None:
    runs: list[int] = []

    async def work() -> int:
        runs.append(1)
        await asyncio.sleep(0.05)
        return len(runs)

    async def scene() -> list[Any]:
        flight = SingleFlight(work)
        tasks = [asyncio.ensure_future(flight()) for _ in range(5)]
        await asyncio.sleep(0.01)
        tasks[0].cancel()
        return await asyncio.gather(*tasks, flight(), return_exceptions=True)

    results = asyncio.run(scene())
    assert isinstance(results[0], asyncio.CancelledError)
    assert results[1:] == [1] * 5
    assert len(runs) == 1


def test_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    class FakeClient:
        def get_secret_value(self, SecretId: str) -> dict[str, str]:
            return {"plain": {"SecretString": "p"}, "json": {"SecretString": '{"k":"v"}'}}[SecretId]

    aws = Aws()
    monkeypatch.setattr(aws, "client", lambda service, region: FakeClient())
    monkeypatch.setenv("GOOD", "value")
    monkeypatch.setenv("BAD", "a\nb")
    secrets = Secrets(aws, "eu-west-1")

    def value(secret: Secret | str | None) -> str:
        return asyncio.run(secrets.value(secret, "op"))

    assert value(Secret("env", "GOOD")) == "value"
    assert value(Secret("secretsmanager", "plain")) == "p"
    assert value(Secret("secretsmanager", "json", "k")) == "v"
    assert value("user") == "user"
    for bad in (
        Secret("env", "MISSING"),
        Secret("env", "BAD"),
        Secret("secretsmanager", "json", "other"),
        Secret("secretsmanager", "plain", "k"),
    ):
        with pytest.raises(RelayError) as caught:
            value(bad)
        assert caught.value.code == "secret_unavailable"
        assert "a\nb" not in caught.value.message


def test_names_that_resolve_to_metadata_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import aiohttp

    addresses = {
        "good.example": "10.0.0.1",
        "evil.example": "169.254.169.254",
        "localhost": "10.1.1.1",
    }

    async def resolve(self: object, host: str, port: int = 0, family: int = 0) -> list[Any]:
        return [{"host": addresses[host], "hostname": host, "port": port}]

    monkeypatch.setattr(aiohttp.ThreadedResolver, "resolve", resolve)

    async def ask(host: str) -> list[Any]:
        return await GuardedResolver().resolve(host, 443)

    assert asyncio.run(ask("good.example"))[0]["host"] == "10.0.0.1"
    for host in ("evil.example", "localhost"):
        with pytest.raises(RefusedAddress):
            asyncio.run(ask(host))


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("https://api.example/x", "http://proxy:3128"),
        ("https://vpce.internal/x", None),
        ("http://127.0.0.1:5000/", None),
        ("http://localhost:5000/", None),
    ],
)
def test_proxies_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, url: str, proxy: str | None
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy:3128")
    monkeypatch.setenv("NO_PROXY", ".internal")
    assert proxy_for(url) == proxy


def test_tls_is_always_verified(tmp_path: Path) -> None:
    for environ in ({}, {"REQUESTS_CA_BUNDLE": str(tmp_path)}):
        context = tls_context(environ)
        assert context.verify_mode == ssl.CERT_REQUIRED
        assert context.check_hostname
    with pytest.raises(BadCertificates, match="AWS_CA_BUNDLE"):
        tls_context({"AWS_CA_BUNDLE": str(tmp_path / "none.pem")})


def test_a_spool_gives_back_what_it_took() -> None:
    async def scene(size: int) -> bytes:
        spool = Spool(1000, 10_000)
        data = os.urandom(size)
        for start in range(0, size, 300):
            await spool.write(data[start : start + 300])
        first, second = await spool.read(), await spool.read()
        assert first == second == data
        spool.close()
        return data

    for size in (0, 10, 1000, 1001, 9999):
        asyncio.run(scene(size))

    async def over() -> bool:
        spool = Spool(10, 20)
        await spool.write(b"x" * 21)
        spool.close()
        return spool.over

    assert asyncio.run(over())


def test_starting_the_server_imports_neither_botocore_nor_aiohttp() -> None:
    code = (
        "import sys, sagemaker_governance.app as a, sagemaker_governance.routes as r;"
        "from sagemaker_governance.relay import Relay;"
        "from sagemaker_governance.environment import read_environment as e;"
        "r.routes(Relay([], e('x'), a.Limits()), a.Limits());"
        "print([m for m in ('botocore', 'aiohttp', 'yarl') if m in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(PACKAGE_ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_no_error_is_a_401() -> None:
    assert 401 not in STATUS.values()
    for code in STATUS:
        assert RelayError(code, "100% message").status_code == STATUS[code]
    assert Limits().read_timeout > 0
