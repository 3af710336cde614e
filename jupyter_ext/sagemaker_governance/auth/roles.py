"""Roles that the space's own role assumes, for registries of other accounts.

Importing this module imports botocore and aiohttp: do it in a thread.
"""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from urllib.parse import urlencode

from botocore.credentials import ReadOnlyCredentials

from ..awserrors import error_code, is_stale_answer, xml_text
from ..connections import Role
from ..errors import RelayError
from ..forward import Answer, Forwarder, Outgoing
from ..spool import Spool
from .aws import Aws, SigV4, secret_parts
from .flight import SingleFlight
from .refusal import explain

#: Seconds of life below which a session is renewed while it is still used.
_EARLY = 300.0
#: Seconds of life below which a request waits for the renewal.
_LATE = 60.0
#: Seconds of life that a session must have left to be used when it cannot be renewed.
_LAST = 5.0
#: Seconds between two attempts to renew a session that still works.
_PATIENCE = 15.0
#: Seconds for which a refused role is not asked for again.
_REFUSED_FOR = 3.0
#: Seconds that STS has for an answer.
_TIMEOUT = 20.0
#: Seconds to wait before asking again an STS that is busy.
_PAUSES = (0.2, 0.6)


class AssumedRole:
    """Credentials of a role that the space's own role assumes.

    Kept in memory and renewed before they expire, by one call for however many
    requests wait. A chained session lasts one hour at most (a rule of STS). Asked
    for over the shared pool, so that an STS that does not answer holds up the
    connections that need it, and no other.
    """

    def __init__(
        self,
        aws: Aws,
        forwarder: Forwarder,
        role: Role,
        region: str,
        connection: str,
        sts_url: str | None = None,
    ) -> None:
        self._aws = aws
        self._forwarder = forwarder
        self._role = role
        self._region = region
        self._connection = connection
        self._sts_url = sts_url
        self._signer = SigV4(aws, "sts", region)
        self._frozen: ReadOnlyCredentials | None = None
        self._until = 0.0
        self._tried = 0.0
        self._refused: tuple[float, RelayError] | None = None
        self._assume = SingleFlight(self._fetch)
        self._renewal: asyncio.Future[None] | None = None
        #: What STS named with the last session, None: nothing.
        self.source_identity: str | None = None

    def secrets_in_use(self) -> tuple[str, ...]:
        """Secret parts of the session that is in memory."""
        return secret_parts(self._frozen)

    async def frozen(self) -> ReadOnlyCredentials:
        """Credentials to sign with now.

        Raises
        ------
        RelayError
            `assume_role_denied`, `credentials_unavailable`,
            `credentials_expired` or `upstream_unreachable`
        """
        frozen, left = self._frozen, self._until - time.time()
        if frozen is None or left < _LAST:
            if self._refused and time.monotonic() - self._refused[0] < _REFUSED_FOR:
                raise self._refused[1]
            return await self._assume()
        if left < _EARLY and time.monotonic() - self._tried > _PATIENCE:
            if left >= _LATE:
                self._renewal = asyncio.ensure_future(self._renew_ahead())
                return frozen
            try:
                return await self._assume()
            except RelayError:
                # What there is works for some seconds more; then it is said.
                return frozen
        return frozen

    async def renew(self, access_key: str | None = None) -> None:
        """Assume the role again, unless that has happened meanwhile."""
        if access_key is None or self._frozen is None or self._frozen.access_key == access_key:
            self._until = 0.0
            await self._assume()

    async def _renew_ahead(self) -> None:
        try:
            await self._assume()
        except RelayError:
            # Tried again by a later request, and told once the session has ended.
            return

    async def _fetch(self) -> ReadOnlyCredentials:
        self._tried = time.monotonic()
        answer = await self._ask()
        body = answer.start
        key, secret, token, until = (
            xml_text(body, name)
            for name in ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")
        )
        if answer.status != 200 or not (key and secret and token and until):
            error = explain(self._role, self._connection, answer)
            if error.code == "assume_role_denied":
                self._refused = (time.monotonic(), error)
            raise error
        self._refused = None
        self.source_identity = xml_text(body, "SourceIdentity") or None
        self._until = datetime.fromisoformat(until.replace("Z", "+00:00")).timestamp()
        self._frozen = ReadOnlyCredentials(key, secret, token)
        return self._frozen

    async def _ask(self) -> Answer:
        role = self._role
        form = {
            "Action": "AssumeRole",
            "Version": "2011-06-15",
            "RoleArn": role.arn,
            "RoleSessionName": role.session_name,
        }
        if role.external_id:
            form["ExternalId"] = role.external_id
        if role.source_identity:
            form["SourceIdentity"] = role.source_identity
        url = self._sts_url or self._aws.endpoint("sts", self._region, self._connection)
        spool = Spool(1 << 16, 1 << 16)
        await spool.write(urlencode(form).encode("ascii"))
        try:
            for pause in (*_PAUSES, None):
                outgoing = Outgoing(
                    self._connection,
                    "POST",
                    f"{url}/",
                    {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
                    spool,
                    retry_safe=True,
                )
                answer = await self._send(outgoing)
                if pause is None or not _busy(answer):
                    break
                await asyncio.sleep(pause)
            return answer
        finally:
            spool.close()

    async def _send(self, outgoing: Outgoing) -> Answer:
        try:
            answer = await asyncio.wait_for(
                self._forwarder.send(outgoing, self._signer, is_stale_answer), _TIMEOUT
            )
        except (asyncio.TimeoutError, RelayError) as error:
            if isinstance(error, RelayError) and not error.code.startswith("upstream_"):
                # Of the space's own credentials, which several connections wait for.
                raise RelayError(error.code, error.message, error.hint, self._connection) from error
            what = (
                "did not answer in time"
                if isinstance(error, asyncio.TimeoutError)
                else (error.message.removeprefix(f"{self._connection}: ").rstrip("."))
            )
            raise RelayError(
                "upstream_unreachable",
                f"{self._connection}: STS could not be asked for role {self._role.name}: {what}.",
                "Check the network path to STS, or set sts_endpoint_url of the connection.",
                self._connection,
            ) from error
        answer.close()
        return answer


def _busy(answer: Answer) -> bool:
    return answer.status >= 500 or error_code(answer).startswith("Throttl")
