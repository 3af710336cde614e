"""Where the bytes of an artifact are, for servers whose own download has no login.

Artifacts that go through MLflow (`mlflow-artifacts:`) have a twin under `api/`. Those
in S3 are read with the role, but only below stores that an administrator named: where
a run says that its artifacts are is the word of whoever wrote the run.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from ..connections import MLflowConnection
from ..errors import RelayError
from .answers import bad
from .ask import Ask
from .control import Refused
from .twins import Twin

if TYPE_CHECKING:
    from .servers import Servers


_LOGGED_MODEL = re.compile(r"models:/(m-[\w-]{1,128})/?", re.ASCII)


@dataclass(frozen=True)
class Place:
    """Where to read an artifact."""

    #: Raw path below the MLflow server; None: it is in S3.
    path: str | None = None
    bucket: str = ""
    #: Key of the object, not escaped.
    key: str = ""


async def locate(
    ask: Ask, twin: Twin, query: str, connection: MLflowConnection, servers: Servers
) -> Place:
    """Find the bytes that a download asks for.

    Raises
    ------
    Said
    RelayError
        `no_twin` when they are where nobody allowed us to read.
    """
    given = dict(parse_qsl(query, keep_blank_values=True))
    path = given.get("artifact_file_path" if twin.answer == "model-file" else "path", "")
    if not _is_safe(path):
        raise bad("Invalid path")
    root = await _root(ask, twin, given)
    if not root.isprintable():
        raise _elsewhere(root, connection)
    try:
        parts = urlsplit(root)
    except ValueError as error:
        raise _elsewhere(root, connection) from error
    if parts.scheme == "mlflow-artifacts":
        below = unquote(parts.path).strip("/")
        if below and not _is_safe(below):
            raise _elsewhere(root, connection)
        whole = f"{below}/{path}" if below else path
        return Place(f"api/2.0/mlflow-artifacts/artifacts/{quote(whole)}")
    if parts.scheme == "s3":
        key = f"{parts.path.strip('/')}/{path}".lstrip("/")
        if not _is_safe(key):
            raise _elsewhere(root, connection)
        for store in await _stores(connection, servers):
            if _within(f"s3://{parts.netloc}/{key}", store):
                return Place(None, parts.netloc, key)
    raise _elsewhere(root, connection)


async def _root(ask: Ask, twin: Twin, given: dict[str, str]) -> str:
    """Folder that the path is below."""
    if twin.answer == "run-file":
        run = given.get("run_id") or given.get("run_uuid") or ""
        answer = await ask.get("api/2.0/mlflow/runs/get", [("run_id", run)])
        return str(answer.get("run", {}).get("info", {}).get("artifact_uri", ""))
    model = twin.model
    if twin.answer == "version-file":
        query = [("name", given.get("name", "")), ("version", given.get("version", ""))]
        answer = await ask.get("api/2.0/mlflow/model-versions/get-download-uri", query)
        uri = str(answer.get("artifact_uri", ""))
        named = _LOGGED_MODEL.fullmatch(uri)
        if named is None:
            return uri
        model = named[1]
    answer = await ask.get(f"api/2.0/mlflow/logged-models/{quote(model or '', safe='')}")
    return str(answer.get("model", {}).get("info", {}).get("artifact_uri", ""))


async def _stores(connection: MLflowConnection, servers: Servers) -> list[str]:
    """`s3://bucket/prefix` that may be read: named, and a managed server's own."""
    stores = list(connection.artifact_stores)
    if connection.managed is not None:
        try:
            own = await servers.artifact_store(connection)
        except (Refused, RelayError) as error:
            if not stores:
                raise RelayError(
                    "no_twin",
                    f"{connection.label}: where its artifacts are could not be learnt: {error}.",
                    "Ask for sagemaker:DescribeMlflowTrackingServer or DescribeMlflowApp, or set"
                    " artifact_stores of the connection.",
                    connection.id,
                ) from error
            own = None
        if own:
            stores.append(own)
    return stores


def _within(uri: str, store: str) -> bool:
    bucket, _, prefix = store.removeprefix("s3://").partition("/")
    root = f"s3://{bucket}/{prefix.strip('/')}".rstrip("/")
    # SageMaker's own word is not checked before: a store without a bucket is none.
    return bool(bucket) and store.startswith("s3://") and uri.startswith(f"{root}/")


def _is_safe(path: str) -> bool:
    """Whether a path names a file below where it starts, however it is read."""
    return bool(path) and (
        "\\" not in path
        and "%" not in path
        and path.isprintable()
        and not path.startswith("/")
        and all(part not in ("", ".", "..") for part in path.split("/"))
        and posixpath.normpath(path) == path
    )


def _elsewhere(root: str, connection: MLflowConnection) -> RelayError:
    shown = "".join(char for char in root[:120] if char.isprintable()) or "an unknown place"
    return RelayError(
        "no_twin",
        f"{connection.label}: the file is in {shown}, which is not read from here.",
        "An administrator can name the S3 location in artifact_stores of the connection.",
        connection.id,
    )
