"""Small requests that the checks make of AWS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ..auth import Authorizer
from ..awserrors import is_stale_answer
from ..connections import SageMakerConnection
from ..spool import Spool

if TYPE_CHECKING:
    from ..forward import Answer
    from ..relay import Relay


class Unsigned:
    """Proves nothing: for what AWS answers to anybody."""

    async def authorize(
        self, method: str, url: str, headers: Mapping[str, str], body: Spool | None
    ) -> dict[str, str]:
        """No header."""
        return {}

    async def renew(self, refused: Mapping[str, str]) -> bool:
        """There is nothing to renew."""
        return False


async def query(
    relay: Relay,
    connection: SageMakerConnection,
    service: str,
    form: Mapping[str, str],
    authorizer: Authorizer | None,
) -> Answer:
    """Send a form to a service of AWS's query protocol; only calls that read.

    Parameters
    ----------
    service
        `sts` or `iam`.
    authorizer
        None: unsigned.

    Raises
    ------
    RelayError
    """
    forwarder = await relay.ready()
    from ..forward import Outgoing

    if service == "sts":
        url = relay.endpoint(connection, "sts")
    else:
        url = relay.aws.endpoint(service, connection.region, connection.id)
    spool = Spool(1 << 16, 1 << 16)
    await spool.write(urlencode(form).encode("ascii"))
    outgoing = Outgoing(
        connection.id,
        "POST",
        f"{url}/",
        {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
        spool,
        retry_safe=True,
    )
    try:
        answer = await forwarder.send(outgoing, authorizer or Unsigned(), is_stale_answer)
        answer.close()
        return answer
    finally:
        spool.close()
