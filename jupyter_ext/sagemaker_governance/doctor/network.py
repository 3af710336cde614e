"""Checks of clock, proxy and certificates."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..connections import SageMakerConnection
from ..errors import RelayError
from .ask import query
from .finding import FAILED, INFO, OK, UNTESTED, WARNING, Finding

if TYPE_CHECKING:
    from ..relay import Relay

#: Seconds from which a clock is worth a word, and from which AWS refuses signatures.
_NOTICED, _REFUSED = 60, 300
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
_BUNDLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")


async def clock(relay: Relay) -> list[Finding]:
    """Own clock against that of STS."""
    registries = [
        one
        for one in relay.configuration.connections.values()
        if isinstance(one, SageMakerConnection)
    ]
    asked = {"Action": "GetCallerIdentity", "Version": "2011-06-15"}
    # Nobody has to sign for it: a clock that is wrong must not keep it from being seen.
    for registry in registries[:3]:
        try:
            before = time.time()
            answer = await query(relay, registry, "sts", asked, None)
            middle = (before + time.time()) / 2
            theirs = parsedate_to_datetime(answer.headers["Date"]).timestamp()
        except (RelayError, KeyError, ValueError, TypeError):
            continue
        # The header has whole seconds.
        ahead = round(middle - theirs - 0.5)
        return [_judged(ahead)]
    return [
        Finding(
            "clock",
            UNTESTED,
            "no answer of AWS told the time",
            "Mend the way to STS first: see the checks of the registries.",
        )
    ]


def _judged(ahead: int) -> Finding:
    if abs(ahead) < _NOTICED:
        return Finding("clock", OK, f"within {max(1, abs(ahead))} s of AWS")
    way = "ahead of" if ahead > 0 else "behind"
    text = f"the clock of this space is {abs(ahead)} s {way} AWS"
    todo = "Restart the space; if it stays, tell AWS support: a space cannot set its clock."
    if abs(ahead) < _REFUSED:
        return Finding(
            "clock", WARNING, text, f"AWS refuses signatures from {_REFUSED} s on. {todo}"
        )
    return Finding("clock", FAILED, f"{text}, and AWS refuses its signatures", todo)


async def network(environ: Mapping[str, str] | None = None) -> list[Finding]:
    """Proxy and certificate settings; values without logins."""
    from ..pool import BadCertificates, tls_context

    env = os.environ if environ is None else environ
    settings = [*_proxies(env), *_bundles(env)]
    text = ", ".join(settings)
    try:
        await asyncio.to_thread(tls_context, env)
    except BadCertificates as error:
        return [
            Finding(
                "network",
                FAILED,
                f"{text}: {error}",
                "Set the variable to a file of certificates in PEM format that the server can"
                " read, or remove it; then restart the server.",
            )
        ]
    if not settings:
        return [Finding("network", OK, "no proxy; certificates of Python's own are loaded")]
    if any(name in text for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")):
        return [Finding("network", OK, f"{text}; the certificates are loaded")]
    return [Finding("network", INFO, f"{text}; certificates of Python's own are loaded")]


def _proxies(env: Mapping[str, str]) -> list[str]:
    found = []
    for name in _PROXIES:
        for spelling in (name, name.lower()):
            value = env.get(spelling)
            if value:
                found.append(f"{spelling} {_host(value)}")
    for name in ("NO_PROXY", "no_proxy"):
        if env.get(name):
            count = len([part for part in env[name].split(",") if part.strip()])
            found.append(f"{name} with {count} entr{'y' if count == 1 else 'ies'}")
    return found


def _host(value: str) -> str:
    """Host and port of a proxy; never who logs in there, nor a path."""
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "(not an address)"
    if not host or any(char in host for char in "@%\\"):
        return "(not an address)"
    login = " (with a login)" if "@" in value else ""
    return f"{host}{f':{port}' if port else ''}{login}"


def _bundles(env: Mapping[str, str]) -> list[str]:
    from .installation import short

    return [f"{name} {short(env[name])}" for name in _BUNDLES if env.get(name)]
