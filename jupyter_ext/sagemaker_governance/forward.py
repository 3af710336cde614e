"""The one forwarder: sends a request to an upstream and streams the answer.

Importing this module imports aiohttp: do it in a thread.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from . import __version__
from .auth import Authorizer
from .auth.tokens import Static
from .errors import RelayError
from .headers import media_type, plain_value
from .limits import Limits
from .pool import BadCertificates, RefusedAddress, open_session, proxy_for, tls_context
from .spool import Spool

#: Bytes read before the browser gets an answer: an upstream that breaks off
#: within them becomes a clear error instead of half a body.
PEEK = 256 * 1024

#: Encodings that `inflated` reads; others are not asked for.
_ENCODINGS = ("gzip", "x-gzip", "deflate")

_USER_AGENT = f"jupyterlab-sagemaker-governance/{__version__}"


@dataclass
class Outgoing:
    """A request to an upstream."""

    connection: str
    method: str
    #: Sent and signed exactly so.
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Spool | None = None
    #: Sending it twice does no harm.
    retry_safe: bool = False
    #: What the authoriser added last; set by the forwarder.
    proof: Mapping[str, str] = field(default_factory=dict)


class Answer:
    """An upstream's answer: status, headers, the start of the body, the rest."""

    def __init__(
        self, response: aiohttp.ClientResponse, outgoing: Outgoing, max_bytes: int
    ) -> None:
        self._response = response
        self._outgoing = outgoing
        self._max_bytes = max_bytes
        self.status = response.status
        self.headers: Mapping[str, str] = CIMultiDict(
            (name, plain_value(value)) for name, value in response.headers.items()
        )
        #: How the body is compressed, empty: it is not.
        self.encoding = ", ".join(
            word
            for value in response.headers.getall("Content-Encoding", [])
            for word in plain_value(value).lower().replace(",", " ").split()
            if word != "identity"
        )
        #: First bytes of the body, as they came.
        self.start = b""
        #: The same to be looked at, not compressed; None: it cannot be read.
        self.plain: bytes | None = b""
        #: True: `start` is the whole body.
        self.complete = False

    @property
    def content_type(self) -> str:
        """`Content-Type`, empty if there is none that can be passed on."""
        return media_type(self.headers.get("Content-Type", ""))

    @property
    def length(self) -> int | None:
        """Bytes of the body as far as known beforehand."""
        if self.complete:
            return len(self.start)
        value = self.headers.get("Content-Length", "")
        return int(value) if value.isdecimal() else None

    async def peek(self) -> None:
        """Read the start of the body."""
        if self.content_type.lower().startswith("text/event-stream"):
            # Its start may take minutes; looked through as it comes, see `rest`.
            return
        parts: list[bytes] = []
        size = 0
        while size < PEEK:
            chunk = await self._response.content.readany()
            if not chunk:
                self.complete = True
                break
            parts.append(chunk)
            size += len(chunk)
        self.start = b"".join(parts)
        self.plain = _inflated(self.start, self.encoding)

    async def rest(self) -> AsyncIterator[bytes]:
        """The body after `start`. Nothing is read ahead of the consumer.

        Raises
        ------
        RelayError
            `upstream_closed`, `upstream_timeout`, `upstream_too_large`, or
            `upstream_unauthorized` for a login that is repeated
        """
        if self.complete:
            return
        size = len(self.start)
        peeked, before = size > 0, b""
        try:
            async for chunk in self._response.content.iter_any():
                size += len(chunk)
                if size > self._max_bytes:
                    raise _too_large(self._outgoing.connection)
                if not peeked:
                    if _repeats(before + chunk, self._outgoing.proof):
                        raise _repeating(self._outgoing.connection)
                    before = (before + chunk)[-PEEK:]
                yield chunk
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            raise explain(error, self._outgoing) from error

    async def whole(self, limit: int) -> bytes:
        """The whole body, for answers that the server itself reads.

        Parameters
        ----------
        limit
            Bytes.

        Raises
        ------
        RelayError
            `upstream_too_large`, or as for `rest`.
        """
        parts = [self.start]
        size = len(self.start)
        async for chunk in self.rest():
            parts.append(chunk)
            size += len(chunk)
            if size > limit:
                raise _too_large(self._outgoing.connection)
        return b"".join(parts)

    def close(self) -> None:
        """Drop what was not read; a finished answer gives its connection back."""
        if self.complete or self._response.content.at_eof():
            self._response.release()
        else:
            self._response.close()


class Forwarder:
    """Sends requests over one pool of connections.

    The constructor blocks for some 50 ms (certificates): call it in a thread.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        #: With connections that are kept, and with new ones.
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        self._broken: str | None = None
        try:
            self._tls = tls_context()
        except BadCertificates as error:
            self._broken = str(error)

    @property
    def version(self) -> str:
        """Version of aiohttp."""
        return aiohttp.__version__

    async def send(
        self,
        outgoing: Outgoing,
        authorizer: Authorizer,
        refused: Callable[[Answer], bool] | None = None,
    ) -> Answer:
        """Send; once more with a new proof if `refused` says so of the answer.

        Raises
        ------
        RelayError
        """
        answer = await self._attempt(outgoing, authorizer)
        if refused is not None and refused(answer):
            try:
                again = await authorizer.renew(outgoing.proof)
            except BaseException:
                answer.close()
                raise
            if again:
                answer.close()
                answer = await self._attempt(outgoing, authorizer)
        if isinstance(authorizer, Static):
            authorizer.answered(outgoing.proof, answer.status)
        return answer

    async def post(
        self, connection: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, bytes]:
        """A small request without proof, for token services.

        Raises
        ------
        RelayError
        """
        spool = Spool(self._limits.spool_memory, self._limits.spool_memory)
        await spool.write(body)
        try:
            answer = await self._attempt(
                Outgoing(connection, "POST", url, headers, spool, retry_safe=True), None
            )
            answer.close()
            return answer.status, answer.start
        finally:
            spool.close()

    async def close(self) -> None:
        """Close all connections."""
        while self._sessions:
            await self._sessions.popitem()[1].close()

    async def _attempt(self, outgoing: Outgoing, authorizer: Authorizer | None) -> Answer:
        try:
            return await self._once(outgoing, authorizer, outgoing.retry_safe)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
            # Mostly a pooled connection that the upstream closed meanwhile.
            connecting = isinstance(error, aiohttp.ClientConnectorError)
            if connecting or not outgoing.retry_safe:
                raise explain(error, outgoing) from error
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as error:
            raise explain(error, outgoing) from error
        try:
            return await self._once(outgoing, authorizer, False)
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as error:
            raise explain(error, outgoing) from error

    async def _once(self, outgoing: Outgoing, authorizer: Authorizer | None, kept: bool) -> Answer:
        headers = dict(outgoing.headers)
        body = outgoing.body
        if authorizer is not None:
            outgoing.proof = await authorizer.authorize(
                outgoing.method, outgoing.url, headers, body
            )
            # What proves who asks is never doubled by what the browser sent.
            proven = {name.lower() for name in outgoing.proof}
            headers = {n: v for n, v in headers.items() if n.lower() not in proven}
            headers.update(outgoing.proof)
        headers["User-Agent"] = _USER_AGENT
        if "Accept-Encoding" in headers:
            headers["Accept-Encoding"] = _readable(headers["Accept-Encoding"])
        if body is not None:
            headers["Content-Length"] = str(body.size)
        response = await self._client(kept).request(
            outgoing.method,
            # The bytes that were signed: yarl must not quote them again.
            URL(outgoing.url, encoded=True),
            headers=headers,
            data=body.chunks() if body is not None and body.size else None,
            allow_redirects=False,
            proxy=proxy_for(outgoing.url),
        )
        answer = Answer(response, outgoing, self._limits.max_response_bytes)
        try:
            if not 200 <= answer.status < 600:
                # 101 above all: nobody asked to leave HTTP.
                raise explain(ValueError(f"status {answer.status}"), outgoing)
            if (answer.length or 0) > self._limits.max_response_bytes:
                raise _too_large(outgoing.connection)
            await answer.peek()
            if _repeats(answer.start, outgoing.proof) or (
                answer.encoding and _repeats(answer.plain or b"", outgoing.proof)
            ):
                raise _repeating(outgoing.connection)
        except BaseException:
            response.close()
            raise
        return answer

    def _client(self, kept: bool) -> aiohttp.ClientSession:
        if self._broken is not None:
            raise RelayError(
                "upstream_unreachable",
                f"{self._broken}.",
                "Mend the variable for the Jupyter server and restart it.",
            )
        if kept not in self._sessions:
            limits = self._limits
            self._sessions[kept] = open_session(
                self._tls,
                limits.connect_timeout,
                limits.read_timeout,
                limits.total_timeout,
                kept,
            )
        return self._sessions[kept]


def _readable(accepted: str) -> str:
    """What is accepted (`Accept-Encoding`), without what could not be looked into."""
    words = [word.strip() for word in accepted.split(",")]
    kept = [word for word in words if word.split(";")[0].strip().lower() in _ENCODINGS]
    return ", ".join(kept) or "identity"


def _inflated(start: bytes, encoding: str) -> bytes | None:
    """The start of a body without its compression, `PEEK` bytes at most.

    None: the encoding is none of ours, or the body is not what it says.
    """
    if not encoding or not start:
        return start
    if encoding not in _ENCODINGS:
        return None
    # With the head of gzip or zlib; and deflate as many servers send it, bare.
    for bits in (47, -15) if encoding == "deflate" else (47,):
        inflater = zlib.decompressobj(bits)
        try:
            plain = inflater.decompress(start, PEEK)
        except zlib.error:
            continue
        # What comes after the end would not have been looked at.
        return None if inflater.unused_data else plain
    return None


def _repeats(start: bytes, proof: Mapping[str, str]) -> bool:
    """Whether an answer holds what proved who asks.

    AWS prints the session token when a signature does not fit, and echo pages
    print all headers. Whoever sees that answer, a page of MLflow's for one,
    must not learn it.
    """
    for name, value in proof.items():
        if name.lower() not in ("authorization", "x-amz-security-token"):
            continue
        # The last word: a token, a signature, a login in base64.
        word = value.split()[-1] if value.strip() else ""
        if len(word) >= 8 and word.encode() in start:
            return True
    return False


def _repeating(connection: str) -> RelayError:
    return RelayError(
        "upstream_unauthorized",
        f"{connection}: the answer repeats the login it was asked with, and was held back.",
        "Mostly the signature does not fit: check the clock of the space, url and region of the"
        " connection, and for a proxy that rewrites requests.",
        connection,
    )


def _too_large(connection: str) -> RelayError:
    return RelayError(
        "upstream_too_large",
        f"{connection}: the answer is larger than the relay lets through.",
        "An administrator can raise SageMakerGovernance.max_response_bytes.",
        connection,
    )


def explain(error: BaseException, outgoing: Outgoing) -> RelayError:
    """What a failure of the HTTP client means, without the address's query."""
    connection, host = outgoing.connection, URL(outgoing.url, encoded=True).host

    def fail(code: str, message: str, hint: str) -> RelayError:
        return RelayError(code, f"{connection}: {message}", hint, connection)

    path = "Check the network path from the space: VPC endpoint, security group, proxy."
    cause = getattr(error, "os_error", None) or error
    if isinstance(cause, RefusedAddress) or isinstance(error.__cause__, RefusedAddress):
        return fail(
            "upstream_unreachable",
            f"{host} resolves to an address that is never allowed.",
            "Metadata and link-local addresses cannot be upstreams.",
        )
    if isinstance(error, asyncio.TimeoutError):
        if isinstance(error, getattr(aiohttp, "ConnectionTimeoutError", ())):
            return fail("upstream_timeout", f"{host} did not accept a connection in time.", path)
        return fail(
            "upstream_timeout",
            f"{host} did not answer in time.",
            "Try again; an administrator can raise SageMakerGovernance.read_timeout.",
        )
    if isinstance(error, (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch)):
        return fail(
            "upstream_unreachable",
            f"the certificate of {host} was not accepted.",
            "If a proxy inspects TLS, set AWS_CA_BUNDLE to the bundle of your organisation.",
        )
    if isinstance(error, (aiohttp.ClientHttpProxyError, aiohttp.ClientProxyConnectionError)):
        return fail(
            "upstream_unreachable",
            f"the proxy did not connect to {host}.",
            "Check HTTPS_PROXY and NO_PROXY of the Jupyter server.",
        )
    if isinstance(error, aiohttp.ClientConnectorError):
        return fail("upstream_unreachable", f"{host} could not be reached.", path)
    unknown = (
        "Try again."
        if outgoing.retry_safe
        else "It is not known whether the change took effect: look before you try again."
    )
    if isinstance(error, (aiohttp.ClientPayloadError, aiohttp.ClientOSError, OSError)):
        return fail("upstream_closed", f"{host} broke the connection off.", unknown)
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return fail("upstream_closed", f"{host} closed the connection.", unknown)
    return fail("upstream_closed", f"{host} gave an answer that is not HTTP.", unknown)
