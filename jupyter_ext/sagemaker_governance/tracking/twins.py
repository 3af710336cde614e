"""Servers that take a login on `/api/*` alone: what stands for the other paths.

MLflow answers most calls under `api/` and `ajax-api/` alike; its UI asks under
`ajax-api/`. The calls without a twin are answered here from others that have one, or
refused with a word on what does not work (MLflow 2.22 to 3.17, `server/__init__.py`
and `server/handlers.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import RelayError

#: Calls of `ajax-api/N.0/mlflow/` that have no twin but are answered here.
_ANSWERED = {
    "metrics/get-history-bulk": "histories",
    "experiments/search-datasets": "datasets",
    "ui-telemetry": "telemetry",
}
#: Those that have none and are not: what a person misses by it.
_MISSING: tuple[tuple[str, str], ...] = (
    (r"upload-artifact", "Uploading files from MLflow's page"),
    (r"get-trace-artifact", "The content of a trace"),
    (r"runs/create-promptlab-run", "MLflow's prompt engineering page"),
    (r"gateway/(?:supported-providers|supported-models|provider-config)", "MLflow's AI gateway"),
    (r"gateway/secrets/config", "MLflow's AI gateway"),
    (r"scorer/invoke|genai/evaluate/invoke", "Running evaluations"),
    (r"issues/invoke", "Looking for issues in traces"),
    (r"demo/(?:generate|delete)", "MLflow's demo data"),
)
_AJAX = re.compile(r"ajax-api/(\d+\.\d+)/(?:preview/)?mlflow/(.+)")
_MODEL_FILE = re.compile(r"(?:ajax-)?api/\d+\.\d+/mlflow/logged-models/([^/]+)/artifacts/files")
_MISSED = tuple((re.compile(pattern), what) for pattern, what in _MISSING)


@dataclass(frozen=True)
class Twin:
    """What stands for a request."""

    #: Raw path to ask the server for instead; None: answered here.
    path: str | None = None
    #: What answers it here: `histories`, `datasets`, `telemetry`, `graphql`,
    #: `version`, `run-file`, `version-file` or `model-file`.
    answer: str | None = None
    #: Id of the logged model whose file is asked for.
    model: str | None = None


def twin(raw: str, path: str, connection: str) -> Twin:
    """What stands for a path.

    Parameters
    ----------
    raw
        Path as it came.
    path
        The same, decoded once.

    Raises
    ------
    RelayError
        `no_twin`, with what does not work without it.
    """
    if path in ("get-artifact", "model-versions/get-artifact"):
        return Twin(answer="run-file" if path == "get-artifact" else "version-file")
    if path in ("graphql", "graphql/"):
        return Twin(answer="graphql")
    if path == "version":
        return Twin(answer="version")
    model = _MODEL_FILE.fullmatch(path)
    if model:
        return Twin(answer="model-file", model=model[1])
    ajax = _AJAX.fullmatch(path)
    if ajax:
        call = ajax[2].rstrip("/")
        if call in _ANSWERED:
            return Twin(answer=_ANSWERED[call])
        for pattern, what in _MISSED:
            if pattern.fullmatch(call):
                raise _missing(what, connection)
    if path.startswith("api/"):
        return Twin(raw)
    if path.startswith("ajax-api/") and raw.startswith("ajax-api/"):
        return Twin(raw.removeprefix("ajax-"))
    raise _missing("This part of MLflow", connection)


def _missing(what: str, connection: str) -> RelayError:
    return RelayError(
        "no_twin",
        f"{what} does not work with this server: it takes calls under /api/ only, and this one"
        " has no equal there.",
        "Open MLflow in a browser tab for it.",
        connection,
    )
