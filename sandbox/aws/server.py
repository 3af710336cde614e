"""HTTP in front of moto: the control calls, and requests that moto cannot take."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from sandbox.catalogue.model import REGION

from . import bridge, control
from .errors import ApiError, json_body
from .world import World

JSON = "application/x-amz-json-1.1"
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=[^/\s,]+/\d{8}/[^/\s,]+/[^/\s,]+/aws4_request,\s*"
    r"SignedHeaders=[^\s,]+,\s*Signature=[0-9a-f]{64}"
)
_SERVICE_OF = re.compile(r"/(?!s3/)[^/]+/aws4_request")
"""Of a signed request whose body fits into memory; S3's may not."""

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


class Handler(MotoRequestHandler):
    """Keeps connections open, and is quiet about what went well."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    """Headers and body are two writes: with Nagle's algorithm each answer takes 40 ms."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        if not str(code).startswith(("2", "3", "4")):
            super().log_request(code, size)


class Application:
    """WSGI application of one sandbox."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith(control.PREFIX):
            return control.answer(self._world, Request(environ))(environ, start_response)
        refusal = self._refusal(environ, path)
        if refusal is not None:
            # What is left unread of the body would be taken for the next request.
            Request(environ).get_data()
            return refusal(environ, start_response)
        if _SERVICE_OF.search(environ["HTTP_AUTHORIZATION"]):
            body = Request(environ).get_data()
            bridge.BODY.set(body)
            environ["wsgi.input"] = io.BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
            environ.pop("HTTP_TRANSFER_ENCODING", None)
        # moto would let the caller name an account by this.
        environ.pop("HTTP_X_MOTO_ACCOUNT_ID", None)

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if environ.get("HTTP_X_AMZ_TARGET", "").startswith("SageMaker."):
                headers = [h for h in headers if h[0].lower() != "content-type"]
                headers.append(("Content-Type", JSON))
            return start_response(status, headers, *rest)

        answered: Iterable[bytes] = self._moto(environ, start)
        return answered

    @staticmethod
    def _refusal(environ: Environ, path: str) -> Response | None:
        if path.startswith(("/moto-api", "/latest/", "/favicon.ico")):
            return Response("not found\n", 404)
        said = environ.get("HTTP_AUTHORIZATION")
        if said is None:
            return _json_refusal(
                "MissingAuthenticationTokenException", "Missing Authentication Token"
            )
        if not _AUTHORIZATION.fullmatch(said.strip()) or "HTTP_X_AMZ_DATE" not in environ:
            return _json_refusal(
                "IncompleteSignatureException",
                "Authorization header requires Credential, SignedHeaders and Signature, "
                "and the request the header X-Amz-Date.",
            )
        return None


def _json_refusal(code: str, message: str) -> Response:
    return Response(json_body(ApiError(code, message)), 400, content_type=JSON)


def warm(world: World, server: BaseWSGIServer) -> None:
    """Ask once as a user would, so that the first real call is as quick as the next.

    Raises:
        RuntimeError: the sandbox does not answer as it should.
    """
    url = f"http://127.0.0.1:{server.server_port}/"
    known = world.credentials("reader", 60, shared=False)
    credentials = Credentials(known["AccessKeyId"], known["SecretAccessKey"], known["Token"])
    for target, body in (
        ("Search", {"Resource": "ModelPackageGroup", "SortBy": "CreationTime"}),
        ("ListModelPackageGroups", {"CrossAccountFilterOption": "CrossAccount"}),
    ):
        text = json.dumps(body)
        headers = {"X-Amz-Target": f"SageMaker.{target}", "Content-Type": JSON}
        request = AWSRequest("POST", url, data=text, headers=headers)
        SigV4Auth(credentials, "sagemaker", REGION).add_auth(request)
        answer = Client(server.app).post(
            "/", base_url=url, data=text, headers=dict(request.headers.items())
        )
        if answer.status_code != 200:
            raise RuntimeError(f"{target} answered {answer.status}: {answer.text}")


def serve(world: World, port: int) -> BaseWSGIServer:
    """Listen on 127.0.0.1.

    Args:
        port: 0 for any free one.

    Raises:
        SystemExit: the port is taken (werkzeug says so on stderr).
    """
    bridge.install(world)
    return make_server(
        "127.0.0.1", port, Application(world), threaded=True, request_handler=Handler
    )
