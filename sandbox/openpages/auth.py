"""Tokens of the three identity services that OpenPages deployments use, and Basic.

| Deployment | Request | Member that holds the token |
|---|---|---|
| SaaS on AWS (MCSP) | JSON ``{"apikey"}`` | ``token`` |
| IBM Cloud (IAM) | form ``grant_type=...:apikey&apikey=`` | ``access_token`` |
| Cloud Pak for Data | JSON ``{"username", "password"}`` (or ``"api_key"``) | ``token`` |
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from .users import SERVICE, USERS, User

MCSP_PATH = "/api/2.0/apikeys/token"
MCSP_PATHS = (
    MCSP_PATH,
    "/api/2.0/{scope:accounts|subscriptions|services}/{id}/apikeys/token",
    "/siusermgr/api/1.0/apikeys/token",
    "/api/rest/mcsp/apikeys/token",
)
"""Forms of the MCSP call that IBM documents for its services on AWS."""
IAM_PATH = "/identity/token"
CP4D_PATH = "/icp4d-api/v1/authorize"
IAM_GRANT = "urn:ibm:params:oauth:grant-type:apikey"
DEFAULT_APIKEY = "sandbox-apikey"
DEFAULT_PASSWORD = "sandbox-password"  # noqa: S105 - opens a stand-in on the loopback only


class Refused(Exception):
    """A token request that is not granted, with its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Token:
    """What is known of a granted token."""

    user: User
    end: float
    """Moment of expiry, seconds since the epoch."""


@dataclass
class Auth:
    """Grants tokens that expire, and checks them.

    ``apikey`` and ``password`` are those of the service user; another user has the same
    with ``-<user name>`` behind it.
    """

    apikey: str = DEFAULT_APIKEY
    password: str = DEFAULT_PASSWORD
    seconds: float = 3600
    """Life of a token."""
    issued: dict[str, Token] = field(default_factory=dict)
    calls_left: int | None = None
    """Calls of the API until every token ends; None: they end by their life only."""

    def _secret(self, secret: str, user: User) -> str:
        return secret if user is SERVICE else f"{secret}-{user.name}"

    def _issue(self, user: User) -> tuple[str, float]:
        now = time.time()
        for old in [token for token, one in self.issued.items() if one.end < now - 3600]:
            del self.issued[old]
        # A JWT, as the real ones: clients may read ``exp``. The signature is random, as
        # only this process checks it, by looking it up.
        payload = {
            "sub": user.name,
            "iat": int(now),
            "exp": int(now + self.seconds),
            "jti": secrets.token_hex(8),
        }
        parts = [json.dumps({"alg": "HS256", "typ": "JWT"}), json.dumps(payload)]
        encoded = [base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts]
        token = ".".join([*encoded, secrets.token_urlsafe(32)])
        self.issued[token] = Token(user, now + self.seconds)
        return token, now + self.seconds

    def expire_all(self) -> int:
        """End every token now; tells how many were alive."""
        now = time.time()
        alive = {token: one for token, one in self.issued.items() if one.end > now}
        for token, one in alive.items():
            self.issued[token] = Token(one.user, now)
        return len(alive)

    def count_call(self) -> None:
        """Note a call of the API, which may be the one after which tokens end."""
        if self.calls_left is None:
            return
        if self.calls_left <= 0:
            self.calls_left = None
            self.expire_all()
        else:
            self.calls_left -= 1

    def mcsp(self, body: bytes) -> dict[str, object]:
        """Answer of MCSP's token call. Raises Refused."""
        user = self._owner_of_key(_json_member(body, "apikey"))
        token, _ = self._issue(user)
        return {"token": token, "token_type": "jwt", "expires_in": self.seconds}

    def iam(self, body: bytes) -> dict[str, object]:
        """Answer of IAM's token call. Raises Refused."""
        form = parse_qs(body.decode("utf-8", "replace"))
        if form.get("grant_type") != [IAM_GRANT]:
            raise Refused(400, f"BXNIM0109E: grant_type must be {IAM_GRANT}.")
        user = self._owner_of_key(form.get("apikey", [""])[0])
        token, end = self._issue(user)
        return {
            "access_token": token,
            "refresh_token": "not_supported",
            "token_type": "Bearer",
            "expires_in": self.seconds,
            "expiration": int(end),
        }

    def cp4d(self, body: bytes) -> dict[str, object]:
        """Answer of Cloud Pak for Data's authorize call. Raises Refused."""
        user = USERS.get(_json_member(body, "username"))
        if user is None:
            raise Refused(401, "The username is not valid.")
        api_key = _json_member(body, "api_key")
        if api_key:
            _check(api_key, self._secret(self.apikey, user), "api_key")
        else:
            _check(_json_member(body, "password"), self._secret(self.password, user), "password")
        token, _ = self._issue(user)
        return {"_messageCode_": "200", "message": "Success", "token": token}

    def _owner_of_key(self, key: str) -> User:
        for user in USERS.values():
            if hmac.compare_digest(key.encode(), self._secret(self.apikey, user).encode()):
                return user
        raise Refused(401, "The apikey is not valid.")

    def admits(self, header: str) -> User | None:
        """Whom an ``Authorization`` header lets into the API; None: nobody."""
        scheme, _, rest = header.partition(" ")
        if scheme.lower() == "bearer":
            token = self.issued.get(rest.strip())
            return token.user if token and token.end > time.time() else None
        wanted = {"basic": self.password, "zenapikey": self.apikey}.get(scheme.lower())
        if wanted is None:
            return None
        try:
            given = base64.b64decode(rest.strip(), validate=True)
        except binascii.Error:
            return None
        for user in USERS.values():
            expected = f"{user.name}:{self._secret(wanted, user)}".encode()
            if hmac.compare_digest(given, expected):
                return user
        return None


def _check(given: str, wanted: str, what: str) -> None:
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        raise Refused(401, f"The {what} is not valid.")


def _json_member(body: bytes, name: str) -> str:
    try:
        parsed = json.loads(body)
    except ValueError:
        raise Refused(400, "The body is not JSON.") from None
    value = parsed.get(name, "") if isinstance(parsed, dict) else ""
    return value if isinstance(value, str) else ""
