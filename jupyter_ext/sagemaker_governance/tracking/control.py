"""Calls of SageMaker's control plane that the server makes by itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..awserrors import error_code, is_stale_answer
from ..connections import SageMakerConnection
from ..errors import RelayError
from ..foreign import parse_json
from ..spool import Spool

if TYPE_CHECKING:
    from ..forward import Answer
    from ..relay import Relay

#: Largest answer that is read; a page of a hundred servers has some 60 kB.
_MAX = 4 << 20


class Refused(Exception):
    """SageMaker answered with an error of its own.

    Parameters
    ----------
    code
        AWS's error code.
    message
        AWS's text, shortened; holds no credentials.
    status
        HTTP status.
    """

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status

    @property
    def denied(self) -> bool:
        """Whether a right is missing."""
        return self.code.startswith(("AccessDenied", "UnauthorizedOperation"))

    @property
    def missing(self) -> bool:
        """Whether the region has no such operation."""
        return self.code in ("UnknownOperationException", "UnknownOperation", "InvalidAction") or (
            self.status == 404 and not self.code
        )


async def call(
    relay: Relay,
    registry: SageMakerConnection,
    operation: str,
    params: dict[str, Any],
    reads: bool = True,
) -> dict[str, Any]:
    """Call an operation of SageMaker's JSON protocol.

    Parameters
    ----------
    registry
        Whose credentials, region and endpoint.
    reads
        Asking twice does no harm.

    Raises
    ------
    Refused
    RelayError
        Of the network or of credentials.
    """
    forwarder = await relay.ready()
    from ..forward import Outgoing

    spool = Spool(1 << 16, 1 << 16)
    await spool.write(json.dumps(params).encode())
    outgoing = Outgoing(
        registry.id,
        "POST",
        relay.endpoint(registry, "sagemaker") + "/",
        {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"SageMaker.{operation}",
        },
        spool,
        retry_safe=reads,
    )
    try:
        answer = await forwarder.send(
            outgoing, relay.authorizer(registry, "sagemaker"), is_stale_answer
        )
        try:
            body = await answer.whole(_MAX)
        finally:
            answer.close()
    finally:
        spool.close()
    return _parse(answer, body, registry.id, operation)


def _parse(answer: Answer, body: bytes, connection: str, operation: str) -> dict[str, Any]:
    try:
        data = parse_json(body)
    except ValueError:
        data = None
    if answer.status == 200 and isinstance(data, dict):
        return data
    code = error_code(answer)
    if code or answer.status == 404:
        said = (data.get("message") or data.get("Message")) if isinstance(data, dict) else None
        text = " ".join(said.split())[:600] if isinstance(said, str) else ""
        raise Refused(code, text, answer.status)
    raise RelayError(
        "upstream_not_json",
        f"{connection}: {operation} got an answer that is not AWS's (HTTP {answer.status}).",
        "Try again; check endpoint_url of the connection, and for a proxy with a login page.",
        connection,
    )
