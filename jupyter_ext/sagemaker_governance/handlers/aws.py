"""`aws/<connection>/<service>/`: signs what the browser's AWS SDK sends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tornado import web

from ..allow import SERVICES, is_read, sagemaker_operation, sts_operation
from ..awserrors import error_code, is_stale_answer
from ..connections import SageMakerConnection
from ..errors import RelayError
from ..headers import is_html
from .upstream import UpstreamHandler

if TYPE_CHECKING:
    from ..forward import Answer

_CONTENT_TYPE = {
    "sagemaker": "application/x-amz-json-1.1",
    "sts": "application/x-www-form-urlencoded; charset=utf-8",
}


class AwsHandler(UpstreamHandler):
    """SageMaker's JSON protocol and STS's query protocol."""

    kind = "aws"
    # The largest request is a model package with its card, well below this.
    max_body = 4 << 20

    @web.authenticated
    async def post(self) -> None:
        """Pass one allowed operation on."""
        await self.run(self._pass_on)

    async def _pass_on(self) -> None:
        identifier, path = self.split()
        connection = self.relay.connection(identifier, "sagemaker")
        assert isinstance(connection, SageMakerConnection)
        self._connection_id = connection.id
        service = path.rstrip("/")
        if service not in SERVICES or path.count("/") > 1:
            raise RelayError(
                "path_not_allowed",
                "Only the services sagemaker and sts are passed on.",
                "Reload the page: it may belong to another version of the extension.",
            )
        operation = await self._operation(service)
        headers = {"Content-Type": _CONTENT_TYPE[service]}
        if service == "sagemaker":
            headers["X-Amz-Target"] = f"SageMaker.{operation}"
        await self.relay.ready()
        from ..forward import Outgoing

        outgoing = Outgoing(
            connection.id,
            "POST",
            self.relay.endpoint(connection, service) + "/",
            headers,
            self.body,
            retry_safe=is_read(operation),
        )
        await self.send(
            outgoing, self.relay.authorizer(connection, service), is_stale_answer, self._judge
        )

    async def _operation(self, service: str) -> str:
        targets = self.request.headers.get_list("X-Amz-Target")
        if service == "sagemaker":
            operation = sagemaker_operation(targets)
            # The body is the operation's input: Action has no business there.
            if self.get_query_arguments("Action"):
                raise RelayError("operation_not_allowed", "Action is not for SageMaker.")
            return operation
        if targets:
            raise RelayError("operation_not_allowed", "X-Amz-Target is not for STS.")
        body = self.body
        if body.size > 4096:
            raise RelayError("operation_not_allowed", "The STS request is too long.")
        return sts_operation(await body.read(), self.request.query)

    def _judge(self, answer: Answer) -> Mapping[str, str]:
        name = self._connection_id
        if 300 <= answer.status < 400:
            raise RelayError(
                "upstream_redirect",
                f"{name}: AWS answered with a redirect.",
                "Check endpoint_url of the connection, and for a proxy with a login page.",
            )
        kind = answer.content_type.split(";")[0].strip().lower()
        if is_html(kind) or not re.search(r"json|xml", kind):
            raise RelayError(
                "upstream_not_json",
                f"{name}: not an answer of AWS (HTTP {answer.status}, {kind or 'no type'}).",
                "Check endpoint_url of the connection, and for a proxy with a login page.",
            )
        if error_code(answer).startswith("ExpiredToken"):
            raise RelayError(
                "credentials_expired",
                f"{name}: AWS says that the credentials have expired, also after renewal.",
                "Try again in a minute; if it stays, restart the space.",
            )
        return {"Content-Type": answer.content_type}
