"""AWS credentials and signatures, on botocore.

Importing this module imports botocore: do it in a thread.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
import time
from collections.abc import Mapping
from typing import Any, Protocol

import botocore.session
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.exceptions import BotoCoreError, ClientError

from ..errors import RelayError
from ..spool import Spool
from .endpoints import endpoint
from .flight import SingleFlight

#: These print signed requests, session tokens or answers with credentials at
#: DEBUG: a server started with --debug must not write them to its log.
_TALKATIVE = ("auth", "endpoint", "parsers", "utils", "httpsession", "awsrequest", "client")

#: Seconds of life that credentials must have left to be used.
_MARGIN = 120.0
#: Seconds between two attempts to renew credentials that still work.
_PATIENCE = 30.0


def quieten() -> None:
    """Keep botocore's loggers that would print secrets above DEBUG."""
    for name in _TALKATIVE:
        logger = logging.getLogger(f"botocore.{name}")
        if logger.level < logging.INFO:
            logger.setLevel(logging.INFO)


class Aws:
    """The space's own credentials, by botocore's provider chain."""

    def __init__(self) -> None:
        quieten()
        self._lock = threading.Lock()
        self._session = botocore.session.Session()
        self._credentials: Any = None
        self._frozen: ReadOnlyCredentials | None = None
        self._tried = 0.0
        self._endpoints: dict[tuple[str, str], str] = {}
        self._refresh = SingleFlight(self._freeze)
        self._reset = SingleFlight(self._start_over)

    @property
    def version(self) -> str:
        """Version of botocore."""
        return botocore.__version__

    async def frozen(self) -> ReadOnlyCredentials:
        """Credentials to sign with now.

        Raises
        ------
        RelayError
            `credentials_unavailable`
        """
        credentials, frozen = self._credentials, self._frozen
        if credentials is not None and frozen is not None:
            # Static credentials never need it; others say so minutes ahead.
            needed = getattr(credentials, "refresh_needed", None)
            if needed is None or not needed():
                return frozen
            if time.monotonic() - self._tried < _PATIENCE and not needed(refresh_in=_MARGIN / 4):
                return frozen
        return await self._refresh()

    async def renew(self, access_key: str | None = None) -> None:
        """Ask the provider chain from scratch: AWS says these have expired.

        Does nothing if `access_key`, the one that was refused, is not the
        current one any more.
        """
        if access_key is None or self._frozen is None or self._frozen.access_key == access_key:
            await self._reset()

    async def _start_over(self) -> None:
        await asyncio.to_thread(self._new_session)
        await self._refresh()

    def _new_session(self) -> None:
        session = botocore.session.Session()
        with self._lock:
            self._session = session
            self._credentials = None

    async def _freeze(self) -> ReadOnlyCredentials:
        self._tried = time.monotonic()
        self._frozen = await asyncio.to_thread(self._load)
        return self._frozen

    def _load(self) -> ReadOnlyCredentials:
        try:
            with self._lock:
                if self._credentials is None:
                    self._credentials = self._session.get_credentials()
                credentials = self._credentials
            frozen = credentials.get_frozen_credentials() if credentials is not None else None
        except (BotoCoreError, ClientError) as error:
            raise RelayError(
                "credentials_unavailable",
                f"The AWS credentials of the space could not be read ({type(error).__name__}).",
                "Restart the space; if it stays, check its execution role.",
            ) from error
        if frozen is None or not frozen.access_key:
            raise RelayError(
                "credentials_unavailable",
                "The space has no AWS credentials.",
                "Check that the space has an execution role.",
            )
        return frozen

    def secrets_in_use(self) -> tuple[str, ...]:
        """Secret parts of the credentials that are in memory."""
        return secret_parts(self._frozen)

    def endpoint(self, service: str, region: str, connection: str) -> str:
        """Endpoint of a service, see `endpoints.endpoint`; remembered."""
        key = (service, region)
        if key not in self._endpoints:
            self._endpoints[key] = endpoint(self._session, service, region, connection)
        return self._endpoints[key]

    def client(self, service: str, region: str | None, endpoint_url: str | None = None) -> Any:
        """A botocore client with short time-outs; blocks, for threads only."""
        with self._lock:
            return self._session.create_client(
                service,
                region_name=region,
                endpoint_url=endpoint_url,
                config=Config(connect_timeout=5, read_timeout=15, retries={"mode": "standard"}),
            )


def secret_parts(frozen: ReadOnlyCredentials | None) -> tuple[str, ...]:
    """What nobody may read of credentials."""
    if frozen is None:
        return ()
    return tuple(part for part in (frozen.secret_key, frozen.token) if part)


class Source(Protocol):
    """Where credentials come from: `Aws`, or a role that is assumed."""

    async def frozen(self) -> ReadOnlyCredentials:
        """Credentials to sign with now. Raises `RelayError`."""

    async def renew(self, access_key: str | None = None) -> None:
        """Get new ones, unless those that were refused are not current any more."""


class SigV4:
    """Signs requests with the credentials of the space or of a role."""

    def __init__(
        self,
        source: Source,
        service: str,
        region: str,
        send_hash: bool = False,
        static: Mapping[str, str] | None = None,
    ) -> None:
        self._source = source
        self._service = service
        self._region = region
        self._send_hash = send_hash
        self._static = dict(static or {})

    async def authorize(
        self, method: str, url: str, headers: Mapping[str, str], body: Spool | None
    ) -> dict[str, str]:
        """Signature over method, address, body and the headers that matter.

        Accept, ranges and the like stay unsigned: a proxy may change them.
        """
        frozen = await self._source.frozen()
        signed = {
            name: value
            for name, value in headers.items()
            if name.lower() == "content-type" or name.lower().startswith(("x-amz-", "x-mlflow-"))
        }
        signed.update(self._static)
        digest = body.sha256 if body is not None and body.size else _EMPTY
        if self._send_hash:
            signed["X-Amz-Content-SHA256"] = digest
        request = AWSRequest(method=method, url=url, headers=signed)
        credentials = Credentials(frozen.access_key, frozen.secret_key, frozen.token)
        signer = _PrehashedS3 if self._service == "s3" else _Prehashed
        signer(credentials, self._service, self._region, digest).add_auth(request)
        return {
            name: value for name, value in request.headers.items() if headers.get(name) != value
        }

    async def renew(self, refused: Mapping[str, str]) -> bool:
        """New credentials from where they came."""
        used = re.search(r"Credential=([^/]+)/", refused.get("Authorization", ""))
        await self._source.renew(used[1] if used else None)
        return True


_EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


class _Prehashed(SigV4Auth):
    """SigV4 over a body that was hashed while it came in."""

    def __init__(self, credentials: Credentials, service: str, region: str, digest: str) -> None:
        super().__init__(credentials, service, region)
        self._digest = digest

    def payload(self, request: AWSRequest) -> str:
        return self._digest


class _PrehashedS3(S3SigV4Auth):
    """S3's form of it: the path is escaped once, and the hash is sent."""

    def __init__(self, credentials: Credentials, service: str, region: str, digest: str) -> None:
        super().__init__(credentials, service, region)
        self._digest = digest

    def payload(self, request: AWSRequest) -> str:
        return self._digest
