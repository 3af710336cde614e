"""Passwords and tokens: OpenPages' four ways in, MLflow's basic and bearer."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlencode

from ..connections import Auth, Secret
from ..errors import RelayError
from ..foreign import parse_json
from ..spool import Spool
from .flight import SingleFlight
from .secrets import Secrets

#: Sends a POST and gives status and body: `Forwarder.post`.
Post = Callable[[str, str, Mapping[str, str], bytes], Awaitable[tuple[int, bytes]]]

#: Seconds that a token is used for when its answer does not tell.
_DEFAULT_LIFE = 1200.0
#: A token is renewed this long before it ends, or a quarter of its life.
_EARLY = 120.0
#: Seconds of life that a token must have left to be used.
_LAST = 5.0
#: Seconds that a token is used for at least.
_SHORTEST = 60.0
#: Seconds between two attempts to renew a token that still works.
_PATIENCE = 10.0
#: Seconds for which a refused key, and a service that failed, is not asked again.
_REFUSED_FOR, _FAILED_FOR = 10.0, 2.0


class Static:
    """Headers that need no exchange: none, basic, bearer, ZenApiKey."""

    def __init__(self, auth: Auth, secrets: Secrets, connection: str) -> None:
        self._auth = auth
        self._secrets = secrets
        self._connection = connection
        #: Until when which `Authorization` is not sent, for it was refused.
        self._refused: tuple[float, str] | None = None
        self._read_again = SingleFlight(self._again)

    async def authorize(
        self, method: str, url: str, headers: Mapping[str, str], body: Spool | None
    ) -> dict[str, str]:
        """The configured headers, and `Authorization`.

        Raises
        ------
        RelayError
            `upstream_unauthorized` without asking, soon after a refusal: accounts
            get locked.
        """
        if self._refused and time.monotonic() >= self._refused[0]:
            # One request finds out; others with the same login are refused until
            # it has its answer. Secrets are rotated: read them again.
            self._refused = (time.monotonic() + _REFUSED_FOR, self._refused[1])
            self._forget()
            return await self._headers()
        result = await self._headers()
        if self._refused and result.get("Authorization") == self._refused[1]:
            raise RelayError(
                "upstream_unauthorized",
                f"{self._connection}: the configured login was refused a moment ago, and is not"
                f" tried again for some {_REFUSED_FOR:.0f} seconds.",
                "Check the secret that the connection names, and that the account is not locked.",
                self._connection,
            )
        return result

    async def _headers(self) -> dict[str, str]:
        auth = self._auth
        result = dict(auth.headers)
        if auth.type == "bearer":
            result["Authorization"] = f"Bearer {await self._value(auth.token)}"
        elif auth.type == "basic":
            user, password = await self._value(auth.username), await self._value(auth.password)
            result["Authorization"] = f"Basic {_base64(user, password)}"
        elif auth.type == "cp4d":
            user, key = await self._value(auth.username), await self._value(auth.apikey)
            result["Authorization"] = f"ZenApiKey {_base64(user, key)}"
        return result

    async def _value(self, secret: Secret | str | None) -> str:
        return await self._secrets.value(secret, self._connection)

    def _forget(self) -> None:
        auth = self._auth
        for secret in (auth.username, auth.password, auth.apikey, auth.token):
            self._secrets.forget(secret)

    async def _again(self) -> dict[str, str]:
        self._forget()
        return await self._headers()

    async def renew(self, refused: Mapping[str, str]) -> bool:
        """Only a secret that was rotated is worth another try."""
        word = refused.get("Authorization")
        if (await self._headers()).get("Authorization") != word:
            return True
        return (await self._read_again()).get("Authorization") != word

    def answered(self, proof: Mapping[str, str], status: int) -> None:
        """Remember a refused login, and forget it once the login is accepted.

        Parameters
        ----------
        proof
            What `authorize` gave.
        status
            What the upstream finally answered.
        """
        word = proof.get("Authorization")
        if status == 401 and word is not None:
            self._refused = (time.monotonic() + _REFUSED_FOR, word)
        elif self._refused and self._refused[1] == word and status < 500:
            self._refused = None


class Exchanged:
    """A bearer token fetched for an API key or a password, renewed in time.

    However many requests wait, one call fetches the token. It is renewed while it
    is still good, so that mostly none waits.
    """

    def __init__(self, auth: Auth, secrets: Secrets, connection: str, post: Post) -> None:
        self._auth = auth
        self._secrets = secrets
        self._connection = connection
        self._post = post
        self._token: str | None = None
        self._until = 0.0
        #: Seconds before the end at which it is renewed.
        self._early = 0.0
        self._tried = 0.0
        self._failed: tuple[float, RelayError] | None = None
        self._fetch = SingleFlight(self._exchange)
        self._renewal: asyncio.Future[None] | None = None

    async def authorize(
        self, method: str, url: str, headers: Mapping[str, str], body: Spool | None
    ) -> dict[str, str]:
        """The configured headers, and the token."""
        return {**self._auth.headers, "Authorization": f"Bearer {await self._current()}"}

    def secrets_in_use(self) -> tuple[str, ...]:
        """The token that is in memory."""
        return (self._token,) if self._token else ()

    async def _current(self) -> str:
        token, left = self._token, self._until - time.monotonic()
        if token is None or left < _LAST:
            return await self._fetched()
        if left < self._early and time.monotonic() - self._tried > _PATIENCE:
            self._renewal = asyncio.ensure_future(self._renew_ahead())
        return token

    async def _renew_ahead(self) -> None:
        try:
            await self._fetch()
        except RelayError:
            # Tried again by a later request, and told once the token has ended.
            return

    async def _fetched(self) -> str:
        if self._failed and time.monotonic() < self._failed[0]:
            raise self._failed[1]
        return await self._fetch()

    async def renew(self, refused: Mapping[str, str]) -> bool:
        """Fetch a new token, also when the old one should still be good."""
        if refused.get("Authorization") != f"Bearer {self._token}":
            return True
        self._forget()
        await self._fetched()
        return True

    def _forget(self) -> None:
        for secret in (self._auth.username, self._auth.password, self._auth.apikey):
            self._secrets.forget(secret)

    async def _exchange(self) -> str:
        self._tried = time.monotonic()
        try:
            return await self._ask()
        except RelayError as error:
            wait = _FAILED_FOR
            if error.code == "upstream_unauthorized":
                # Not tried by every request, for accounts get locked; and read
                # again next time, for secrets are rotated.
                wait = _REFUSED_FOR
                self._forget()
            self._failed = (time.monotonic() + wait, error)
            raise

    async def _ask(self) -> str:
        auth, connection = self._auth, self._connection
        headers = {"Accept": "application/json"}

        async def value(secret: Secret | str | None) -> str:
            return await self._secrets.value(secret, connection)

        if auth.type == "ibm-iam":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            form = {
                "grant_type": "urn:ibm:params:oauth:grant-type:apikey",
                "apikey": await value(auth.apikey),
            }
            body = urlencode(form).encode()
        else:
            headers["Content-Type"] = "application/json"
            fields = {} if auth.type == "mcsp" else {"username": await value(auth.username)}
            if auth.type == "cp4d" and auth.password is not None:
                fields["password"] = await value(auth.password)
            else:
                name = "apikey" if auth.type == "mcsp" else "api_key"
                fields[name] = await value(auth.apikey)
            body = json.dumps(fields).encode()
        started = time.monotonic()
        status, answer = await self._post(connection, str(auth.token_url), headers, body)
        token, life = _read(answer)
        if status >= 500 or status == 429:
            raise RelayError(
                "upstream_unreachable",
                f"{connection}: the token service answered HTTP {status}.",
                "Try again in a minute.",
                connection,
            )
        if not 200 <= status < 300 or token is None:
            raise RelayError(
                "upstream_unauthorized",
                f"{connection}: the token service gave no token ({_why(status, answer)}).",
                "Check auth.type, auth.token_url and the secret that the connection names.",
                connection,
            )
        self._token, self._failed = token, None
        # At least a minute, or a token with a short life, or a clock that is
        # wrong, would mean an exchange for each request.
        life = max(life, _SHORTEST)
        self._until = started + life
        self._early = min(_EARLY, life / 4)
        return token


def _why(status: int, answer: bytes) -> str:
    """Status, and the number of IBM's message when there is one; never the text."""
    found = re.search(rb"\b(?:BXNIM|OP-|WKCS)\w{2,8}\b", answer)
    if found:
        return f"HTTP {status}, {found[0].decode()}"
    if answer.lstrip()[:1] == b"<":
        return f"HTTP {status}, a page"
    return f"HTTP {status}"


def _read(answer: bytes) -> tuple[str | None, float]:
    """Token and its life in seconds, from the answer of a token service.

    IBM Cloud IAM calls it `access_token`; MCSP and Cloud Pak for Data, `token`.
    """
    try:
        data = parse_json(answer)
    except ValueError:
        return None, 0.0
    data = data if isinstance(data, dict) else {}
    token = data.get("access_token") or data.get("token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        return None, 0.0
    life = data.get("expires_in")
    if isinstance(life, (int, float)) and life > 0:
        return token, float(life)
    return token, _life_of_jwt(token)


def _life_of_jwt(token: str) -> float:
    """Seconds until a JWT ends by its own claim; only a hint, not verified."""
    parts = token.split(".")
    if len(parts) == 3:
        try:
            padded = parts[1] + "=" * (-len(parts[1]) % 4)
            claims = parse_json(base64.urlsafe_b64decode(padded))
            return max(float(claims["exp"]) - time.time(), 0.0)
        except (ValueError, KeyError, TypeError, binascii.Error):
            return _DEFAULT_LIFE
    return _DEFAULT_LIFE


def _base64(user: str, password: str) -> str:
    return base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
