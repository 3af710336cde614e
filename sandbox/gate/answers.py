"""Refusals in the words of each service, as bytes of an HTTP/1.1 answer."""

from __future__ import annotations

import json
import secrets
from http import HTTPStatus
from typing import Literal
from xml.sax.saxutils import escape

from sandbox.catalogue.model import OWN

from .http1 import Head

Kind = Literal["aws", "openpages", "mlflow"]

LOGIN_PAGE = (
    "<!DOCTYPE html><html lang='en'><head><title>OpenPages - Log in</title></head>"
    "<body><h1>Log in</h1><form action='logon.jsp' method='post'></form></body></html>"
)
PROXY_PAGE = (
    "<!DOCTYPE html><html lang='en'><head><title>Web filter: category blocked</title></head>"
    "<body><h1>This category is blocked</h1></body></html>"
)
_MLFLOW_CODES = {403: "PERMISSION_DENIED", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL_ERROR"}


def kind_of(upstream: str) -> Kind:
    """Which service's words an upstream speaks, from its name."""
    if upstream.startswith("aws"):
        return "aws"
    return "openpages" if upstream == "openpages" else "mlflow"


def answer(status: int, content_type: str, body: str, *headers: tuple[str, str]) -> bytes:
    """A whole answer that ends its connection."""
    payload = body.encode()
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(payload)}",
        "Connection: close",
        *(f"{name}: {value}" for name, value in headers),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + payload


def _aws(head: Head, status: int, code: str, message: str) -> bytes:
    request_id = secrets.token_hex(16)
    if head.get("x-amz-target"):
        body = json.dumps({"__type": code, "message": message})
        return answer(
            status,
            "application/x-amz-json-1.1",
            body,
            ("x-amzn-RequestId", request_id),
            ("x-amzn-ErrorType", code),
        )
    # The query protocol (STS) drops "Exception" from two of the codes.
    short = {"ThrottlingException": "Throttling", "AccessDeniedException": "AccessDenied"}
    code = short.get(code, code.replace("ExpiredTokenException", "ExpiredToken"))
    body = (
        "<ErrorResponse><Error><Type>Sender</Type>"
        f"<Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    )
    return answer(status, "text/xml", body, ("x-amzn-RequestId", request_id))


def _http(kind: Kind, status: int, message: str) -> bytes:
    if kind == "mlflow":
        told: dict[str, object] = {"error_code": _MLFLOW_CODES[status], "message": message}
    else:
        told = {"status_code": status, "errors": [{"message": message}]}
    extra = [("Retry-After", "1")] if status == 429 else []
    return answer(status, "application/json", json.dumps(told), *extra)


def refusal(fault: str, upstream: str, head: Head, operation: str) -> bytes | None:
    """The answer of a fault that answers by itself; None for the other faults."""
    kind = kind_of(upstream)
    if fault == "openpages-login-page":
        return answer(200, "text/html;charset=UTF-8", LOGIN_PAGE)
    if fault == "openpages-redirect":
        return answer(302, "text/html;charset=UTF-8", "", ("Location", "/opgrc/logon.jsp"))
    if fault == "openpages-proxy-page":
        return answer(200, "text/html", PROXY_PAGE)
    if fault == "throttle":
        if kind == "aws":
            return _aws(head, 400, "ThrottlingException", "Rate exceeded")
        return _http(kind, 429, "Too many requests.")
    if fault == "error-500":
        if kind == "aws":
            return _aws(head, 500, "InternalFailure", "The request processing failed.")
        return _http(kind, 500, "Internal error.")
    if fault == "denied":
        if kind == "aws":
            return _aws(
                head,
                _denied_status(head),
                "AccessDeniedException",
                _denied(head, operation),
            )
        return _http(kind, 403, "You are not authorized for this operation.")
    if fault == "expired-credentials":
        if kind == "aws":
            return _aws(
                head,
                _denied_status(head),
                "ExpiredTokenException",
                "The security token included in the request is expired",
            )
        if upstream in ("mlflow-gateway", "mlflow-managed"):
            # AWS stands before these, and answers itself.
            text = "The security token included in the request is expired"
            return answer(
                403,
                "application/json",
                json.dumps({"message": text}),
                ("x-amzn-ErrorType", "ExpiredTokenException"),
            )
        return _http(kind, 403, "The credentials have expired.")
    return None


def _denied_status(head: Head) -> int:
    return 400 if head.get("x-amz-target") else 403


def _denied(head: Head, operation: str) -> str:
    service = "sagemaker" if head.get("x-amz-target", "").startswith("SageMaker") else "sts"
    return (
        f"User: arn:aws:sts::{OWN}:assumed-role/SandboxFault/SageMaker is not authorized to "
        f"perform: {service}:{operation} on resource: * because no identity-based policy "
        f"allows the {service}:{operation} action"
    )
