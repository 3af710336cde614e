"""Calls of MLflow's REST API that the server makes by itself, for one request."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..connections import MLflowConnection
from ..errors import RelayError
from ..foreign import parse_json
from ..spool import Spool
from .refusals import explain

if TYPE_CHECKING:
    from ..forward import Answer
    from ..relay import Relay

#: Largest answer that is read here.
_MAX = 16 << 20


class Said(Exception):
    """MLflow answered with an error: it goes to the browser as it is.

    Parameters
    ----------
    status
        HTTP status.
    body
        Mostly JSON, `{"error_code", "message"}`.
    content_type
        Of the body.
    """

    def __init__(self, status: int, body: bytes, content_type: str) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.body = body
        self.content_type = content_type


class Ask:
    """Asks one server with the login of its connection.

    Parameters
    ----------
    headers
        Of the browser's request, that go along (`X-MLFLOW-*`).
    """

    def __init__(
        self, relay: Relay, connection: MLflowConnection, headers: Mapping[str, str]
    ) -> None:
        self._relay = relay
        self._connection = connection
        kept = {k: v for k, v in headers.items() if k.lower().startswith("x-mlflow-")}
        self._headers = {**kept, "Accept": "application/json", "Accept-Encoding": "identity"}

    async def get(self, path: str, query: Sequence[tuple[str, str]] = ()) -> dict[str, Any]:
        """JSON of a GET below `api/`.

        Raises
        ------
        Said
        RelayError
        """
        text = "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in query)
        return await self._send("GET", f"{path}?{text}" if text else path, None)

    async def search(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """JSON of a POST that only reads.

        Raises
        ------
        Said
        RelayError
        """
        return await self._send("POST", path, json.dumps(body).encode())

    async def _send(self, method: str, path: str, body: bytes | None) -> dict[str, Any]:
        forwarder = await self._relay.ready()
        from ..forward import Outgoing

        connection = self._connection
        spool = None
        headers = dict(self._headers)
        if body is not None:
            spool = Spool(1 << 20, 4 << 20)
            await spool.write(body)
            headers["Content-Type"] = "application/json"
        outgoing = Outgoing(
            connection.id, method, f"{connection.url}/{path}", headers, spool, retry_safe=True
        )
        try:
            answer = await forwarder.send(
                outgoing, self._relay.authorizer(connection), is_stale_login
            )
            try:
                data = await answer.whole(_MAX)
            finally:
                answer.close()
        finally:
            if spool is not None:
                spool.close()
        refusal = explain(answer, connection)
        if refusal is not None:
            raise refusal
        if answer.status >= 400:
            raise Said(answer.status, data, answer.content_type)
        try:
            parsed = parse_json(data) if answer.status == 200 else None
        except ValueError:
            parsed = None
        if not isinstance(parsed, dict):
            raise not_mlflow(connection.id)
        return parsed


def not_mlflow(connection: str) -> RelayError:
    """The error for an answer that MLflow does not give."""
    return RelayError(
        "upstream_not_json",
        f"{connection}: what answered is not MLflow's API.",
        "Check url of the connection, and for a proxy with a login page.",
        connection,
    )


def is_stale_login(answer: Answer) -> bool:
    """Whether a signing service says that the credentials have expired."""
    if answer.status == 401:
        return True
    # API Gateway and SageMaker say it with a 403.
    return answer.status in (400, 403) and b"expired" in (answer.plain or b"")[:4096].lower()
