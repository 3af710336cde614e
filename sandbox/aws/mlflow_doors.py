"""Front doors of the real MLflow: API Gateway's, SageMaker's data plane, a proxy's login.

The first two check signatures and rights themselves and pass on what is allowed. What AWS does
not publish is a choice here: the data plane takes signatures below ``/api/`` only, a call
without an IAM action answers 404, a server that does not run 503, and files go through
MLflow instead of S3.
"""

from __future__ import annotations

import base64
import http.client
import json
import secrets
import time
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from werkzeug.serving import BaseWSGIServer, make_server

from sandbox.catalogue.model import OWN, REGION
from sandbox.catalogue.registries import HOMES

from . import accounts, sigv4
from .authorization import Request
from .bridge import assumed_role, caller_of
from .errors import ApiError
from .identity import Caller
from .mlflow import action_of
from .mlflow_records import APP, SERVER
from .server import Environ, Handler, StartResponse
from .world import World

LARGEST = 10 << 20
"""Bytes of a request that API Gateway takes."""
COOKIE = "mlflow-session"
PASSED = ("accept", "content-type", "range", "if-none-match", "x-mlflow-workspace")
RETURNED = (
    "content-type",
    "content-length",
    "content-disposition",
    "content-range",
    "accept-ranges",
    "etag",
)
_CHUNK = 256 * 1024


class Door:
    """What both have: reading, checking who asks, passing on.

    Args:
        world: with the sessions and roles.
        upstream: URL of the real MLflow.
    """

    def __init__(self, world: World, upstream: str) -> None:
        self._world = world
        self._upstream = urlsplit(upstream)

    def __call__(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        target = str(environ.get("RAW_URI") or environ["REQUEST_URI"])
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else b""
        headers = {
            name[5:].replace("_", "-").lower(): str(value)
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            if environ.get(name):
                headers[name.replace("_", "-").lower()] = environ[name]
        try:
            return self.answer(environ["REQUEST_METHOD"], target, headers, body, start)
        except sigv4.BadSignature as error:
            return self.refuse(start, 403, error.code, error.message)
        except ApiError as error:
            return self.refuse(start, 403, error.code, error.message)

    def answer(
        self,
        method: str,
        target: str,
        headers: dict[str, str],
        body: bytes,
        start: StartResponse,
    ) -> Iterable[bytes]:
        """Answer a request."""
        raise NotImplementedError

    @staticmethod
    def refuse(start: StartResponse, status: int, code: str, message: str) -> Iterable[bytes]:
        """A refusal of the service's own, as API Gateway words it."""
        member = "Message" if code.startswith("AccessDenied") else "message"
        text = json.dumps({member: message}).encode()
        start(
            f"{status} {http.client.responses[status]}",
            [
                ("Content-Type", "application/json"),
                ("Content-Length", str(len(text))),
                ("x-amzn-ErrorType", code),
            ],
        )
        return [text]

    def caller(self, signed: sigv4.Signed, service: str) -> Caller:
        """Who signed.

        Raises:
            sigv4.BadSignature: nobody, or not with this signature.
        """
        key = signed.access_key
        session = self._world.sessions.get(key)
        for account in {OWN, *(home.account for home in HOMES)}:
            role = assumed_role(account, key)
            if role is None or session is None:
                continue
            if session.expires <= time.time():
                raise sigv4.BadSignature(
                    "ExpiredTokenException", "The security token included in the request is expired"
                )
            sigv4.check(signed, role.secret_access_key, role.session_token, REGION, service)
            return caller_of(account, key)
        raise sigv4.BadSignature(
            "UnrecognizedClientException", "The security token included in the request is invalid."
        )

    def require(self, caller: Caller, action: str, resource: str, account: str) -> None:
        """Ask IAM.

        Raises:
            ApiError: no.
        """
        policies = accounts.policies_of_caller(caller)
        self._world.authorizer.require(caller, policies, Request(action, resource, account))

    def forward(
        self,
        method: str,
        target: str,
        headers: dict[str, str],
        body: bytes,
        start: StartResponse,
        more: Iterable[tuple[str, str]] = (),
    ) -> Iterator[bytes]:
        """Ask MLflow and pass its answer on, piece by piece."""
        upstream = http.client.HTTPConnection(
            self._upstream.hostname or "", self._upstream.port, timeout=60
        )
        sent = {name: value for name, value in headers.items() if name in PASSED}
        upstream.request(method, target, body or None, sent)
        answer = upstream.getresponse()
        returned = [(n, v) for n, v in answer.getheaders() if n.lower() in RETURNED]
        start(f"{answer.status} {answer.reason}", [*returned, *more])

        def pieces() -> Iterator[bytes]:
            try:
                while chunk := answer.read(_CHUNK):
                    yield chunk
            finally:
                upstream.close()

        return pieces()


class Gateway(Door):
    """API Gateway: ``/<stage>/api/*`` takes IAM, the rest a person's token."""

    def answer(
        self,
        method: str,
        target: str,
        headers: dict[str, str],
        body: bytes,
        start: StartResponse,
    ) -> Iterable[bytes]:
        path = target.partition("?")[0]
        stage = f"/{accounts.GATEWAY_STAGE}"
        below = path.removeprefix(stage)
        if not path.startswith(f"{stage}/") or below == "/":
            return self.refuse(
                start, 403, "MissingAuthenticationTokenException", "Missing Authentication Token"
            )
        if not below.startswith("/api/"):
            # A Lambda authorizer wants Cognito's token there, and a signature is none.
            return self.refuse(start, 401, "UnauthorizedException", "Unauthorized")
        if len(body) > LARGEST:
            return self.refuse(start, 413, "RequestTooLargeException", "Request Too Long")
        caller = self.caller(sigv4.read(method, target, headers, body), "execute-api")
        resource = (
            f"arn:aws:execute-api:{REGION}:{OWN}:{accounts.GATEWAY_API}"
            f"/{accounts.GATEWAY_STAGE}/{method}{below}"
        )
        self.require(caller, "execute-api:Invoke", resource, OWN)
        return self.forward(method, target.removeprefix(stage), headers, body, start)


class Login(Door):
    """A proxy with a login, as many put before MLflow: a password, or a token."""

    USER = "lab"

    def answer(
        self,
        method: str,
        target: str,
        headers: dict[str, str],
        body: bytes,
        start: StartResponse,
    ) -> Iterable[bytes]:
        login = self._world.mlflow_login
        basic = base64.b64encode(f"{self.USER}:{login.basic}".encode()).decode()
        given = headers.get("authorization", "")
        if given not in (f"Basic {basic}", f"Bearer {login.bearer}"):
            return self.refuse(start, 401, "UnauthorizedException", "Unauthorized")
        return self.forward(method, target, headers, body, start)


class DataPlane(Door):
    """SageMaker's MLflow: tracking servers and Apps, told apart by a signed header."""

    KINDS = (
        ("x-mlflow-sm-tracking-server-arn", "sagemaker-mlflow"),
        ("x-sm-mlflow-app-arn", "sagemaker"),
    )

    def __init__(self, world: World, upstream: str) -> None:
        super().__init__(world, upstream)
        self._browsers: dict[str, str] = {}

    def answer(
        self,
        method: str,
        target: str,
        headers: dict[str, str],
        body: bytes,
        start: StartResponse,
    ) -> Iterable[bytes]:
        path, _, query = target.partition("?")
        if path == "/auth":
            return self._sign_in(query, start)
        if COOKIE in headers.get("cookie", ""):
            _, _, cookie = headers["cookie"].partition(f"{COOKIE}=")
            arn = self._browsers.get(cookie.partition(";")[0])
            if arn is None:
                return self.refuse(start, 403, "AccessDeniedException", "The session has ended.")
            if (stopped := self._stopped(arn, start)) is not None:
                return stopped
            return self.forward(method, target, headers, body, start)
        header, service = next(
            ((name, service) for name, service in self.KINDS if name in headers), ("", "")
        )
        signed = sigv4.read(method, target, headers, body)
        if not header or header not in signed.names:
            raise sigv4.BadSignature(
                "AccessDeniedException", "The header that names the MLflow server is not signed."
            )
        caller = self.caller(signed, service)
        if not path.startswith("/api/"):
            raise sigv4.BadSignature("AccessDeniedException", "Only /api/ takes signatures.")
        arn = headers[header]
        kind = SERVER if service == "sagemaker-mlflow" else APP
        if f":{kind}/" not in arn:
            raise sigv4.BadSignature("AccessDeniedException", f"{arn} is no {kind}.")
        if kind == SERVER and action_of(method, path.removeprefix("/api/")) is None:
            what = f"{method} {path} is no call of SageMaker's."
            return self.refuse(start, 404, "UnknownOperationException", what)
        self._authorise(caller, method, path, arn, kind)
        if (stopped := self._stopped(arn, start)) is not None:
            return stopped
        return self.forward(method, target, headers, body, start)

    def _authorise(self, caller: Caller, method: str, path: str, arn: str, kind: str) -> None:
        owner = arn.split(":")[4]
        if owner != caller.account:
            what = "sagemaker-mlflow:AccessUI" if kind == SERVER else "sagemaker:CallMlflowAppApi"
            raise ApiError(
                "AccessDeniedException",
                f"User: {caller.arn} is not authorized to perform: {what} on resource: {arn}",
            )
        if kind == APP:
            self.require(caller, "sagemaker:CallMlflowAppApi", arn, owner)
            return
        action = action_of(method, path.removeprefix("/api/"))
        self.require(caller, f"sagemaker-mlflow:{action}", arn, owner)

    def _stopped(self, arn: str, start: StartResponse) -> Iterable[bytes] | None:
        record: dict[str, Any] | None = self._world.service.registry.mlflow.now(arn, time.time())
        if record is None:
            return self.refuse(start, 404, "ResourceNotFound", f"{arn} does not exist.")
        if record.get("IsActive", "Active") != "Active":
            return self.refuse(
                start, 503, "ServiceUnavailableException", "The server is not available."
            )
        return None

    def _sign_in(self, query: str, start: StartResponse) -> Iterable[bytes]:
        token = parse_qs(query).get("authToken", [""])[0]
        arn = self._world.service.registry.mlflow.redeem(token)
        if arn is None:
            return self.refuse(start, 403, "AccessDeniedException", "The address was used already.")
        cookie = secrets.token_urlsafe(24)
        self._browsers[cookie] = arn
        start(
            "302 Found",
            [
                ("Location", "/"),
                ("Content-Length", "0"),
                ("Set-Cookie", f"{COOKIE}={cookie}; Path=/; HttpOnly; SameSite=Lax"),
            ],
        )
        return []


def open_doors(world: World, upstream: str) -> tuple[list[BaseWSGIServer], dict[str, str]]:
    """Listen on ports of 127.0.0.1; serving is left to the caller.

    Returns:
        The servers, and ``gateway``, ``managed`` and ``login`` with their URLs.
    """
    gateway, managed, login = (
        make_server("127.0.0.1", 0, door, threaded=True, request_handler=Handler)
        for door in (Gateway(world, upstream), DataPlane(world, upstream), Login(world, upstream))
    )
    urls = {
        "gateway": f"http://127.0.0.1:{gateway.server_port}/{accounts.GATEWAY_STAGE}",
        "managed": f"http://127.0.0.1:{managed.server_port}",
        "login": f"http://127.0.0.1:{login.server_port}",
    }
    world.open_mlflow(urls["managed"])
    return [gateway, managed, login], urls
