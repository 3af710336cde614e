"""Refusals in the shape that each AWS protocol gives them."""

from __future__ import annotations

import json
import uuid
from xml.sax.saxutils import escape

from werkzeug.exceptions import HTTPException


class ApiError(Exception):
    """An error of an operation, to be serialised for the caller's protocol.

    Args:
        code: AWS's error code, e.g. ``ValidationException``.
        message: text for people.
        status: HTTP status; AWS's JSON services answer 400 for the caller's faults.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


def invalid(message: str) -> ApiError:
    """A ``ValidationException``, SageMaker's answer to bad input and to unknown names."""
    return ApiError("ValidationException", message)


def json_body(error: ApiError) -> str:
    """Body of an AWS JSON 1.1 error.

    The member of ``AccessDeniedException`` is spelt ``Message`` by SageMaker, the
    others ``message``; clients read both.
    """
    member = "Message" if error.code == "AccessDeniedException" else "message"
    return json.dumps({"__type": error.code, member: error.message}, ensure_ascii=False)


def query_body(error: ApiError) -> str:
    """Body of an AWS Query error, as STS and IAM send it."""
    return (
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
        f"<Error><Type>Sender</Type><Code>{escape(error.code)}</Code>"
        f"<Message>{escape(error.message)}</Message></Error>"
        f"<RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
    )


def rest_body(error: ApiError) -> str:
    """Body of an AWS REST-XML error, as S3 sends it."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f"<Error><Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
        f"<RequestId>{uuid.uuid4()}</RequestId></Error>"
    )


QUERY = ("sts", "iam")
"""Services that speak AWS Query."""
_BODIES = {"s3": rest_body} | dict.fromkeys(QUERY, query_body)


class Refusal(HTTPException):
    """An ``ApiError`` as the exception that moto's dispatcher turns into an answer."""

    def __init__(
        self, error: ApiError, service: str, headers: dict[str, str] | None = None
    ) -> None:
        body = _BODIES.get(service, json_body)(error)
        super().__init__(body)
        self.code = error.status
        self.error = error
        self._type = "text/xml" if service in _BODIES else "application/x-amz-json-1.1"
        self._body = body
        self._headers = headers or {}

    def get_body(self, environ: object = None, scope: object = None) -> str:
        """The body as it is; werkzeug's own would be an HTML page."""
        return self._body

    def get_headers(self, environ: object = None, scope: object = None) -> list[tuple[str, str]]:
        """The type of the body, and what the error tells in headers."""
        return [("Content-Type", self._type), *self._headers.items()]
