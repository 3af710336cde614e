"""Passwords and tokens: OpenPages' four ways in, MLflow's basic and bearer."""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlencode

from ..connections import Auth, Secret
from ..errors import RelayError
from ..spool import Spool
from .flight import SingleFlight
from .secrets import Secrets

#: Sends a POST and gives status and body: `Forwarder.post`.
Post = Callable[[str, str, Mapping[str, str], bytes], Awaitable[tuple[int, bytes]]]

#: Seconds that a token is used for when its answer does not tell.
_DEFAULT_LIFE = 1200.0
#: A token is renewed this long before it ends.
_MARGIN = 60.0


class Static:
    """Headers that need no exchange: none, basic, bearer, ZenApiKey."""

    def __init__(self, auth: Auth, secrets: Secrets, connection: str) -> None:
        self._auth = auth
        self._secrets = secrets
        self._connection = connection

    async def authorize(
        self, method: str, url: str, headers: Mapping[str, str], body: Spool | None
    ) -> dict[str, str]:
        """The configured headers, and `Authorization`."""
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

    async def renew(self, refused: Mapping[str, str]) -> bool:
        """Only a secret that may have been rotated is worth another try."""
        references = (self._auth.username, self._auth.password, self._auth.apikey, self._auth.token)
        for secret in references:
            self._secrets.forget(secret)
        return any(isinstance(s, Secret) and s.source != "env" for s in references)


class Exchanged:
    """A bearer token fetched for an API key or a password, renewed in time."""

    def __init__(self, auth: Auth, secrets: Secrets, connection: str, post: Post) -> None:
        self._auth = auth
        self._secrets = secrets
        self._connection = connection
        self._post = post
        self._token: str | None = None
        self._until = 0.0
        self._fetch = SingleFlight(self._exchange)

    async def authorize(
        self, method: str, url: str, headers: Mapping[str, str], body: Spool | None
    ) -> dict[str, str]:
        """The configured headers, and the token."""
        token = self._token
        if token is None or time.monotonic() > self._until - _MARGIN:
            token = await self._fetch()
        return {**self._auth.headers, "Authorization": f"Bearer {token}"}

    async def renew(self, refused: Mapping[str, str]) -> bool:
        """Fetch a new token, also when the old one should still be good."""
        if refused.get("Authorization") != f"Bearer {self._token}":
            return True
        for secret in (self._auth.username, self._auth.password, self._auth.apikey):
            self._secrets.forget(secret)
        await self._fetch()
        return True

    async def _exchange(self) -> str:
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
            if auth.type == "mcsp":
                fields = {"apikey": await value(auth.apikey)}
            else:
                fields = {
                    "username": await value(auth.username),
                    "password": await value(auth.password),
                }
            body = json.dumps(fields).encode()
        started = time.monotonic()
        status, answer = await self._post(connection, str(auth.token_url), headers, body)
        token, life = _read(answer, "access_token" if auth.type == "ibm-iam" else "token")
        if status >= 500:
            raise RelayError(
                "upstream_unreachable",
                f"{connection}: the token service answered HTTP {status}.",
                "Try again later.",
                connection,
            )
        if not 200 <= status < 300 or token is None:
            raise RelayError(
                "upstream_unauthorized",
                f"{connection}: the token service gave no token (HTTP {status}).",
                "Check auth.type, auth.token_url and the secret that the connection names.",
                connection,
            )
        self._token = token
        # At least a minute, or a token with a short life would be fetched
        # again for each request.
        self._until = started + max(life, 2 * _MARGIN)
        return token


def _read(answer: bytes, name: str) -> tuple[str | None, float]:
    """Token and its life in seconds, from the answer of a token service."""
    try:
        data = json.loads(answer)
    except ValueError:
        return None, 0.0
    token = data.get(name) if isinstance(data, dict) else None
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
            claims = json.loads(base64.urlsafe_b64decode(padded))
            return max(float(claims["exp"]) - time.time(), 0.0)
        except (ValueError, KeyError, TypeError, binascii.Error):
            return _DEFAULT_LIFE
    return _DEFAULT_LIFE


def _base64(user: str, password: str) -> str:
    return base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
