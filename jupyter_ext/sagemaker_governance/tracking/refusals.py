"""What stands between us and MLflow, by the words in which it refuses.

The texts are AWS's (API Gateway, SageMaker) and MLflow's own (security middleware,
MLflow 3.5 and later); an error of MLflow's API itself is passed on as it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..connections import MLflowConnection
from ..errors import RelayError
from ..foreign import parse_json

if TYPE_CHECKING:
    from ..forward import Answer

_ACTION = re.compile(
    r"is not authorized to perform: ([a-z-]+:\w+)(?: on resource: ([\w:/*.+=,@-]{1,512}))?"
)


def explain(answer: Answer, connection: MLflowConnection) -> RelayError | None:
    """The error behind an answer that is not MLflow's; None: it is, or none is known."""
    if answer.status < 300 or answer.status == 304:
        return None
    if is_mlflow(answer) and answer.status not in (301, 302, 303, 307, 308, 401):
        return None
    said = (answer.plain or b"")[:8192].decode("utf-8", "replace")
    name, signed = connection.id, connection.auth.type == "sigv4"

    def fail(code: str, message: str, hint: str) -> RelayError:
        return RelayError(code, f"{name}: {message}", hint, name)

    if answer.status < 400:
        return fail(
            "upstream_redirect",
            f"MLflow answered with a redirect (HTTP {answer.status}).",
            "Check url of the connection; a server that wants a login in the browser needs another"
            " auth.type.",
        )
    missing = _ACTION.search(said)
    if missing:
        where = f" on {missing[2]}" if missing[2] else ""
        return fail(
            "upstream_forbidden",
            f"{missing[1]} is not allowed.",
            f"Ask an administrator for {missing[1]}{where}.",
        )
    if "Missing Authentication Token" in said:
        return fail(
            "upstream_wrong_path",
            "API Gateway has no such route, or none that takes a signature.",
            "Check url of the connection: it ends with the stage, and only what is below /api/"
            " may take IAM (routes: api).",
        )
    if signed and re.search(r"signature we calculated does not match|SignatureDoesNotMatch", said):
        return fail(
            "upstream_unauthorized",
            "the signature does not fit.",
            "Check the clock of the space, auth.service and auth.region of the connection, and for"
            " a proxy that rewrites requests.",
        )
    if signed and re.search(r"Credential should be scoped to (?:a valid region|correct)", said):
        return fail(
            "upstream_unauthorized",
            "the signature is for another region or service.",
            "Check auth.service and auth.region of the connection.",
        )
    if signed and re.search(r"security token included in the request is (?:expired|invalid)", said):
        return fail(
            "credentials_expired",
            "AWS does not take the credentials, also after renewal.",
            "Try again in a minute; if it stays, restart the space.",
        )
    if signed and answer.status == 413:
        return fail(
            "upstream_refused",
            "the request is larger than API Gateway takes (10 MB).",
            "Log large files from a notebook, straight to the artifact store.",
        )
    if signed and "Endpoint request timed out" in said:
        return fail(
            "upstream_timeout",
            "MLflow did not answer within the time that API Gateway gives it.",
            "Ask for less at once; an administrator can raise the integration's timeout.",
        )
    if "Invalid Host header" in said:
        return fail(
            "upstream_forbidden",
            "MLflow does not take requests for this host name.",
            "Add the host of url to --allowed-hosts (MLFLOW_SERVER_ALLOWED_HOSTS) of the server.",
        )
    if "Cross-origin request blocked" in said:
        return fail(
            "upstream_forbidden",
            "MLflow takes the request for one from another site, though no origin was sent.",
            "Look for a proxy before MLflow that adds an Origin header.",
        )
    if answer.status == 401:
        return fail(
            "upstream_unauthorized",
            f"MLflow answered HTTP 401 to the configured login ({connection.auth.type}).",
            f"Ask an administrator to check auth of connection {name}: the password or token may"
            " have been changed."
            if not signed
            else f"Ask an administrator to check auth of connection {name}.",
        )
    if (
        connection.managed is not None
        and answer.status == 404
        and "ResourceNotFound" not in (answer.headers.get("x-amzn-ErrorType", ""))
    ):
        return fail(
            "no_twin",
            "SageMaker's MLflow has no such call.",
            "What needs it does not work with this server; the rest does.",
        )
    if connection.managed is not None:
        return fail(
            "upstream_refused",
            f"SageMaker's MLflow answered HTTP {answer.status}, not as MLflow does.",
            "Try again in a minute; look at the server's status.",
        )
    return None


def of_store(answer: Answer, connection: MLflowConnection, bucket: str) -> RelayError | None:
    """The error behind an answer of S3; None: it has the bytes."""
    name = connection.id
    if answer.status in (200, 206, 304, 416):
        return None
    if answer.status == 403:
        return RelayError(
            "upstream_forbidden",
            f"{name}: the file in bucket {bucket} may not be read.",
            f"Ask an administrator for s3:GetObject on arn:aws:s3:::{bucket}/* (and kms:Decrypt on"
            " its key).",
            name,
        )
    if answer.status == 404:
        return RelayError(
            "no_artifact",
            f"{name}: there is no such file in bucket {bucket}.",
            "It may have been deleted, or is a folder.",
            name,
        )
    if 300 <= answer.status < 400:
        return RelayError(
            "upstream_redirect",
            f"{name}: bucket {bucket} is in another region than the connection.",
            "Set auth.region, or open MLflow in a browser tab for the file.",
            name,
        )
    return RelayError(
        "upstream_refused", f"{name}: S3 answered HTTP {answer.status}.", "Try again.", name
    )


def is_mlflow(answer: Answer) -> bool:
    """Whether an error is one of MLflow's API."""
    try:
        data = parse_json(answer.plain or b"")
    except ValueError:
        return False
    return isinstance(data, dict) and "error_code" in data
