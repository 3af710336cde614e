"""`openpages/<connection>/<path>`: the REST API of watsonx.governance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tornado import web

from .. import allow
from ..connections import OpenPagesConnection
from ..errors import RelayError
from ..headers import is_html, request_headers
from ..paths import check_path, check_query
from .upstream import UpstreamHandler

if TYPE_CHECKING:
    from ..forward import Answer


class OpenPagesHandler(UpstreamHandler):
    """The paths that the lab uses, with the server's token."""

    kind = "openpages"
    max_body = 8 << 20

    @web.authenticated
    async def get(self) -> None:
        """Read."""
        await self.run(self._pass_on)

    @web.authenticated
    async def post(self) -> None:
        """Query, create, associate."""
        await self.run(self._pass_on)

    @web.authenticated
    async def put(self) -> None:
        """Change."""
        await self.run(self._pass_on)

    @web.authenticated
    async def delete(self) -> None:
        """Take associations away."""
        await self.run(self._pass_on)

    async def _pass_on(self) -> None:
        identifier, raw = self.split()
        connection = self.relay.connection(identifier, "openpages")
        assert isinstance(connection, OpenPagesConnection)
        self._connection_id = connection.id
        path = check_path(raw)
        query = check_query(self.request.query)
        method = self.request.method or ""
        allow.check_openpages(method, path, connection.id, query)
        await self.relay.ready()
        from ..forward import Outgoing

        body = self.body if method in ("POST", "PUT") else None
        outgoing = Outgoing(
            connection.id,
            method,
            f"{connection.url}/{raw}" + (f"?{query}" if query else ""),
            {
                **request_headers(self.request.headers, body is not None),
                "Accept": "application/json",
            },
            body,
            retry_safe=method == "GET" or path == "api/v2/query",
        )
        await self.send(outgoing, self.relay.authorizer(connection), _refused, self._judge)

    def _judge(self, answer: Answer) -> Mapping[str, str]:
        name = self._connection_id
        if answer.status == 401:
            raise RelayError(
                "upstream_unauthorized",
                f"{name}: OpenPages does not accept the configured login.",
                "An administrator must check auth of the connection and the user's permissions.",
            )
        if _is_login_page(answer):
            raise RelayError(
                "upstream_login_page",
                f"{name}: OpenPages answered with its login page.",
                "Check url (the part before /api/v2) and auth of the connection.",
            )
        if 300 <= answer.status < 400 and answer.status != 304:
            raise RelayError(
                "upstream_redirect",
                f"{name}: OpenPages answered with a redirect (HTTP {answer.status}).",
                "Check url of the connection.",
            )
        kind = answer.content_type.split(";")[0].strip().lower()
        if answer.length != 0 and answer.status not in (204, 304) and "json" not in kind:
            raise RelayError(
                "upstream_not_json",
                f"{name}: OpenPages answered HTTP {answer.status} with {kind or 'no type'},"
                " not with JSON.",
                "Check url of the connection, and for a proxy with its own pages.",
            )
        return {
            "Content-Type": "application/octet-stream",
            "X-Relay-Content-Type": answer.content_type or "application/json",
        }


def _is_login_page(answer: Answer) -> bool:
    """An ended session or a wrong context: a redirect to `logon.jsp`, or a page."""
    if 300 <= answer.status < 400:
        return "log" in answer.headers.get("Location", "").lower()
    return answer.status < 400 and is_html(answer.content_type)


def _refused(answer: Answer) -> bool:
    return answer.status == 401 or _is_login_page(answer)
