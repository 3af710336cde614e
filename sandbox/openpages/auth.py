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

from .store import SERVICE_USER

MCSP_PATH = "/api/2.0/apikeys/token"
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


@dataclass
class Auth:
    """Grants tokens that expire, and checks them."""

    apikey: str = DEFAULT_APIKEY
    user: str = SERVICE_USER
    password: str = DEFAULT_PASSWORD
    seconds: int = 3600
    """Life of a token."""
    issued: dict[str, float] = field(default_factory=dict)
    """Token -> moment of expiry, seconds since the epoch."""

    def _issue(self) -> tuple[str, float]:
        now = time.time()
        for old in [token for token, end in self.issued.items() if end < now - 3600]:
            del self.issued[old]
        # A JWT, as the real ones: clients may read ``exp``. The signature is random, as
        # only this process checks it, by looking it up.
        payload = {
            "sub": self.user,
            "iat": int(now),
            "exp": int(now + self.seconds),
            "jti": secrets.token_hex(8),
        }
        parts = [json.dumps({"alg": "HS256", "typ": "JWT"}), json.dumps(payload)]
        encoded = [base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts]
        token = ".".join([*encoded, secrets.token_urlsafe(32)])
        self.issued[token] = now + self.seconds
        return token, now + self.seconds

    def expire_all(self) -> int:
        """End every token now; tells how many were alive."""
        now = time.time()
        alive = [token for token, end in self.issued.items() if end > now]
        for token in alive:
            self.issued[token] = now
        return len(alive)

    def mcsp(self, body: bytes) -> dict[str, object]:
        """Answer of MCSP's token call. Raises Refused."""
        self._check(_json_member(body, "apikey"), self.apikey, "apikey")
        token, _ = self._issue()
        return {"token": token, "token_type": "jwt", "expires_in": self.seconds}

    def iam(self, body: bytes) -> dict[str, object]:
        """Answer of IAM's token call. Raises Refused."""
        form = parse_qs(body.decode("utf-8", "replace"))
        if form.get("grant_type") != [IAM_GRANT]:
            raise Refused(400, f"BXNIM0109E: grant_type must be {IAM_GRANT}.")
        self._check(form.get("apikey", [""])[0], self.apikey, "apikey")
        token, end = self._issue()
        return {
            "access_token": token,
            "refresh_token": "not_supported",
            "token_type": "Bearer",
            "expires_in": self.seconds,
            "expiration": int(end),
        }

    def cp4d(self, body: bytes) -> dict[str, object]:
        """Answer of Cloud Pak for Data's authorize call. Raises Refused."""
        self._check(_json_member(body, "username"), self.user, "username")
        api_key = _json_member(body, "api_key")
        if api_key:
            self._check(api_key, self.apikey, "api_key")
        else:
            self._check(_json_member(body, "password"), self.password, "password")
        token, _ = self._issue()
        return {"_messageCode_": "success", "message": "success", "token": token}

    @staticmethod
    def _check(given: str, wanted: str, what: str) -> None:
        if not hmac.compare_digest(given.encode(), wanted.encode()):
            raise Refused(401, f"The {what} is not valid.")

    def admits(self, header: str) -> bool:
        """Whether an ``Authorization`` header opens the API."""
        scheme, _, rest = header.partition(" ")
        if scheme.lower() == "bearer":
            return self.issued.get(rest.strip(), 0.0) > time.time()
        wanted = {"basic": self.password, "zenapikey": self.apikey}.get(scheme.lower())
        if wanted is None:
            return False
        try:
            given = base64.b64decode(rest.strip(), validate=True)
        except binascii.Error:
            return False
        return hmac.compare_digest(given, f"{self.user}:{wanted}".encode())


def _json_member(body: bytes, name: str) -> str:
    try:
        parsed = json.loads(body)
    except ValueError:
        raise Refused(400, "The body is not JSON.") from None
    value = parsed.get(name, "") if isinstance(parsed, dict) else ""
    return value if isinstance(value, str) else ""
