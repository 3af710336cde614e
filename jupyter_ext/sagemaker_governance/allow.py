"""What may be asked of which upstream."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import parse_qsl

from .errors import RelayError
from .foreign import parse_json

#: Operations of SageMaker's JSON protocol that the lab uses; IAM decides on each.
SAGEMAKER_OPERATIONS = frozenset(
    {
        "Search",
        "ListModelPackageGroups",
        "DescribeModelPackageGroup",
        "CreateModelPackageGroup",
        "ListModelPackages",
        "DescribeModelPackage",
        "BatchDescribeModelPackage",
        "CreateModelPackage",
        "UpdateModelPackage",
        "ListTags",
        "AddTags",
        "DeleteTags",
        "ListMlflowTrackingServers",
        "DescribeMlflowTrackingServer",
        "ListMlflowApps",
        "DescribeMlflowApp",
        "ListActions",
    }
)
STS_OPERATIONS = frozenset({"GetCallerIdentity"})
SERVICES = ("sagemaker", "sts")

_NOT_ALLOWED = "The relay passes on only what the lab uses."


def sagemaker_operation(targets: list[str]) -> str:
    """Operation named by the `X-Amz-Target` headers of a request.

    Raises
    ------
    RelayError
        `operation_not_allowed`, also for none or two headers.
    """
    if len(targets) != 1:
        raise RelayError(
            "operation_not_allowed",
            f"A request must have exactly one X-Amz-Target header, this has {len(targets)}.",
            _NOT_ALLOWED,
        )
    prefix, _, operation = targets[0].partition(".")
    if prefix != "SageMaker" or operation not in SAGEMAKER_OPERATIONS:
        raise RelayError(
            "operation_not_allowed",
            f"Operation {_printable(targets[0])} is not passed on.",
            _NOT_ALLOWED,
        )
    return operation


def sts_operation(body: bytes, query: str) -> str:
    """Operation of an STS request: the one form field `Action`.

    Raises
    ------
    RelayError
        `operation_not_allowed`
    """
    try:
        fields = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=True, max_num_fields=4
        )
        in_query = parse_qsl(query, keep_blank_values=True, max_num_fields=20)
    except ValueError as error:
        raise RelayError(
            "operation_not_allowed", "The STS request is not a plain form.", _NOT_ALLOWED
        ) from error
    names = sorted(name for name, _ in fields)
    actions = [value for name, value in fields if name == "Action"]
    if names not in (["Action"], ["Action", "Version"]) or actions[0] not in STS_OPERATIONS:
        what = _printable(", ".join(actions)) or "without Action"
        raise RelayError("operation_not_allowed", f"STS request {what} refused.", _NOT_ALLOWED)
    if any(name.lower() in ("action", "version") for name, _ in in_query):
        raise RelayError(
            "operation_not_allowed", "Action stands in the query as well.", _NOT_ALLOWED
        )
    return actions[0]


def is_read(operation: str) -> bool:
    """Whether asking an AWS operation twice does no harm."""
    return operation.startswith(("Search", "List", "Describe", "BatchDescribe", "Get"))


# ------------------------------------------------------------------ openpages

_ID = r"[A-Za-z0-9_-]{1,64}"
_NAME = r"[^/]{1,128}"

#: Method and path below the API root, decoded once (OpenPages REST API v2).
OPENPAGES_PATHS: tuple[tuple[str, str], ...] = (
    ("POST", "api/v2/query"),
    ("GET", "api/v2/types"),
    ("GET", f"api/v2/types/{_NAME}"),
    ("GET", f"api/v2/types/{_NAME}/associations"),
    ("GET", f"api/v2/contents/{_ID}"),
    ("GET", f"api/v2/contents/{_ID}/permissions/effective"),
    ("GET", f"api/v2/contents/{_ID}/associations"),
    ("POST", f"api/v2/contents/{_ID}/associations"),
    ("DELETE", f"api/v2/contents/{_ID}/associations"),
    ("GET", "api/v2/workflows/definitions"),
    ("GET", f"api/v2/workflows/definitions/{_ID}"),
    ("GET", f"api/v2/workflows/definitions/version/{_ID}"),
    ("POST", f"api/v2/workflows/definitions/{_ID}/start/{_ID}"),
    ("GET", "api/v2/workflows/instances/search"),
    ("GET", f"api/v2/workflows/instances/{_ID}"),
    ("POST", f"api/v2/workflows/instances/{_ID}/transition/{_NAME}"),
)
_OPENPAGES = tuple((method, re.compile(path)) for method, path in OPENPAGES_PATHS)

#: What a DELETE may take away: named parents of one object, a few at a time.
_PARENTS = re.compile(rf"parents={_ID}(?:(?:,|%2[Cc]){_ID}){{0,9}}")


def check_openpages(method: str, path: str, connection: str, query: str = "") -> None:
    """Refuse what is not in `OPENPAGES_PATHS`, and a DELETE of more than parents.

    Parameters
    ----------
    path
        Below the API root, decoded once.
    query
        Raw, without the question mark.

    Raises
    ------
    RelayError
        `path_not_allowed`
    """
    if not any(method == m and pattern.fullmatch(path) for m, pattern in _OPENPAGES):
        raise RelayError(
            "path_not_allowed",
            f"{method} {_printable(path)} is not passed on to OpenPages.",
            _NOT_ALLOWED,
            connection,
        )
    if method == "DELETE" and not _PARENTS.fullmatch(query):
        raise RelayError(
            "path_not_allowed",
            "A DELETE that does not name the parents to take away is not passed on to OpenPages.",
            _NOT_ALLOWED,
            connection,
        )


# --------------------------------------------------------------------- mlflow

#: Never passed on: the assistant runs commands on the MLflow host for whoever
#: looks local, jobs had an authentication bypass (CVE-2026-0545), and the
#: gateway proxy sends requests wherever it is told.
MLFLOW_REFUSED = ("assistant", "jobs", "gateway-proxy")
#: Below it stand paths of files.
_MLFLOW_FILES = re.compile(r"(?:ajax-)?api/\d+\.\d+/mlflow-artifacts/")
#: A segment as the most lenient server reads it: up to the first character
#: that no name of a route has.
_SEGMENT = re.compile(r"[\w-]*")

#: POSTs that only read, below `api/N.0/mlflow/` or its `ajax-api` twin.
_MLFLOW_READS = re.compile(
    r"(?:ajax-)?api/\d+\.\d+/(?:preview/)?mlflow/(?:"
    r"(?:runs|experiments|logged-models|traces|datasets|registered-models|model-versions|issues)"
    r"/search|experiments/search-datasets|registered-models/get-latest-versions"
    r"|traces/batchGetInfos|traces/metrics|traces/calculate-filter-correlation)"
)

#: Downloads of artifact bytes; the only thing that may be a navigation.
_MLFLOW_ARTIFACT = re.compile(
    r"(?:model-versions/)?get-artifact"
    r"|(?:ajax-)?api/\d+\.\d+/mlflow/get-trace-artifact"
    r"|(?:ajax-)?api/\d+\.\d+/mlflow/logged-models/[^/]+/artifacts/files"
    r"|(?:ajax-)?api/\d+\.\d+/mlflow-artifacts/artifacts/.+"
)


def check_mlflow(path: str, connection: str, opened: Iterable[str]) -> None:
    """Refuse the routes of `MLFLOW_REFUSED` that the admin did not open.

    Parameters
    ----------
    path
        Below the connection's root, decoded once.
    opened
        Names of `MLFLOW_REFUSED` that the administrator lets through.

    Raises
    ------
    RelayError
        `path_not_allowed`
    """
    named = _refused_names(path) - {name.lower() for name in opened}
    if named:
        raise RelayError(
            "path_not_allowed",
            f"MLflow's {min(named)} routes are not passed on.",
            "An administrator can open them with SageMakerGovernance.mlflow_open_routes.",
            connection,
        )


def _refused_names(path: str) -> set[str]:
    """Which of `MLFLOW_REFUSED` a path names, below `api/` or `ajax-api/`.

    MLflow keeps them in several places: `ajax-api/3.0/jobs`,
    `ajax-api/3.0/mlflow/jobs`, `ajax-api/3.0/mlflow/prompt-optimization/jobs`.
    Artifacts are files of the user's, with any name.
    """
    if _MLFLOW_FILES.match(path):
        return set()
    segments = _names(path)
    roots = [at for at, name in enumerate(segments) if name in ("api", "ajax-api")]
    return set(segments[roots[0] + 1 :]) & set(MLFLOW_REFUSED) if roots else set()


def _names(path: str) -> list[str]:
    """Segments of a path as the most lenient server reads them."""
    found = []
    for part in unicodedata.normalize("NFKC", path).lower().split("/"):
        match = _SEGMENT.match(part.strip())
        found.append(match[0] if match else "")
    return found


def is_artifact(path: str) -> bool:
    """Whether a path of MLflow gives the bytes of an artifact."""
    return _MLFLOW_ARTIFACT.fullmatch(path) is not None


def is_mlflow_search(method: str, path: str) -> bool:
    """Whether a request to MLflow only reads, by method and path.

    GraphQL is not decided here: MLflow takes it by GET as well.
    """
    if method == "GET":
        return not _may_be_graphql(path)
    return method == "POST" and _MLFLOW_READS.fullmatch(path) is not None


def is_graphql(path: str) -> bool:
    """Whether the path is MLflow's GraphQL endpoint."""
    return path.rstrip("/") == "graphql"


def _may_be_graphql(path: str) -> bool:
    """Whether some server on the way could take a path for MLflow's GraphQL endpoint.

    Below a prefix, in other letters, or with something behind the name.
    """
    if path.startswith("static-files/") or _MLFLOW_FILES.match(path):
        return False
    return "graphql" in _names(path)


def graphql_reads(body: bytes) -> bool:
    """Whether a GraphQL request surely holds queries only.

    Values travel in `variables`, so a query text that has the word `mutation`
    or `subscription` anywhere counts as a write. So does a body that names a
    member twice: which one counts is up to who reads it.
    """
    try:
        request = parse_json(body, _unique)
    except ValueError:
        return False
    query = request.get("query") if isinstance(request, dict) else None
    return isinstance(query, str) and not re.search(r"mutation|subscription", query, re.IGNORECASE)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A JSON object without repeated names."""
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a name is repeated")
    return result


def read_only_refusal(connection: str) -> RelayError:
    """The answer to a write on a connection that is read only."""
    return RelayError(
        "read_only",
        "This MLflow connection lets through reads only.",
        "An administrator can change it: read_only of the connection.",
        connection,
    )


def _printable(text: str) -> str:
    """Short form of something foreign, safe in a message."""
    return re.sub(r"[^\x20-\x7e]", "?", text)[:80]
