"""The shared HTTP client: TLS, proxies, addresses, connections.

Importing this module imports aiohttp: do it in a thread.
"""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass

import aiohttp

from .addresses import is_loopback, refused_address

#: Seconds for which an idle connection is kept. gunicorn closes its own after two,
#: uvicorn after five: what may not be sent twice goes over new ones, see `kept`.
_KEEPALIVE = 15.0


class RefusedAddress(OSError):
    """A name resolves to an address that no upstream may have."""


class GuardedResolver(aiohttp.ThreadedResolver):
    """Refuses metadata addresses behind innocent names."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[Any]:
        """Addresses of a host.

        Raises
        ------
        RefusedAddress
            If any of them may not be an upstream's.
        """
        found: list[Any] = list(await super().resolve(host, port, family))
        for entry in found:
            reason = refused_address(entry["host"])
            if reason is None and is_loopback(host) and not is_loopback(entry["host"]):
                reason = "not on this machine"
            if reason is not None:
                raise RefusedAddress(f"{host} is {reason}")
        return found


class BadCertificates(Exception):
    """The configured bundle of certificate authorities cannot be used."""


def tls_context(environ: Mapping[str, str] | None = None) -> ssl.SSLContext:
    """TLS settings; verification is always on. Blocks for some 50 ms.

    The bundle: `AWS_CA_BUNDLE`, `REQUESTS_CA_BUNDLE`, Python's own, else the
    one that botocore carries.

    Raises
    ------
    BadCertificates
        Naming the variable.
    """
    env = os.environ if environ is None else environ
    for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
        path = env.get(name)
        if not path:
            continue
        try:
            if os.path.isdir(path):
                return ssl.create_default_context(capath=path)
            return ssl.create_default_context(cafile=path)
        except (OSError, ssl.SSLError) as error:
            raise BadCertificates(f"{name} names a bundle that cannot be read") from error
    context = ssl.create_default_context()
    if not context.cert_store_stats()["x509_ca"] and ssl.get_default_verify_paths().capath is None:
        import botocore

        context.load_verify_locations(
            os.path.join(os.path.dirname(botocore.__file__), "cacert.pem")
        )
    return context


def proxy_for(url: str) -> str | None:
    """Proxy from the environment (`HTTPS_PROXY`, `NO_PROXY`), None: direct.

    aiohttp could read the environment itself, but then would add passwords of
    `~/.netrc` to our requests.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(host) or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    proxies = getproxies_environment()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if proxy and "://" not in proxy:
        proxy = f"http://{proxy}"
    return proxy


def open_session(
    tls: ssl.SSLContext,
    connect_timeout: float,
    read_timeout: float,
    total_timeout: float,
    kept: bool,
) -> aiohttp.ClientSession:
    """A client; must be called on the event loop. Seconds; 0: no limit.

    Parameters
    ----------
    kept
        Connections are used again. False: each request has a new one, which no server
        can be closing while the request is on its way.
    """
    connector = aiohttp.TCPConnector(
        limit=96,
        limit_per_host=24,
        ttl_dns_cache=60,
        resolver=GuardedResolver(),
        ssl=tls,
        keepalive_timeout=_KEEPALIVE if kept else None,
        force_close=not kept,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        timeout=aiohttp.ClientTimeout(
            total=total_timeout or None,
            sock_connect=connect_timeout or None,
            sock_read=read_timeout or None,
        ),
        skip_auto_headers=("User-Agent", "Content-Type", "Accept", "Accept-Encoding"),
    )
