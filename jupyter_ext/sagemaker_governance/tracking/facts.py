"""What SageMaker says of MLflow servers, and what could not be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..connections import MLflowConnection, SageMakerConnection
from ..errors import RelayError
from .control import Refused
from .managed import state_of


@dataclass(frozen=True)
class Note:
    """Something that could not be looked up; no error."""

    #: Connection to SageMaker.
    connection: str
    #: Operation that was tried.
    operation: str
    #: `denied`, `missing`, or a code of the relay.
    code: str
    message: str
    hint: str

    def to_json(self) -> dict[str, str]:
        """Entry of `notes`."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class Facts:
    """What SageMaker says of a server."""

    #: AWS's own word, empty: not known.
    status: str = ""
    #: See `managed.state_of`.
    state: str = "unknown"
    version: str | None = None
    name: str | None = None


#: Of a server that SageMaker does not know any more.
GONE = Facts(state="deleting")


@dataclass
class Listing:
    """All servers, and what stood in the way."""

    facts: dict[str, Facts] = field(default_factory=dict)
    #: ARN -> connection to SageMaker that listed it.
    found: dict[str, SageMakerConnection] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


def not_running(connection: MLflowConnection, facts: Facts, startable: bool) -> RelayError:
    """The error for a server that does not run."""
    if facts == GONE:
        return RelayError(
            "server_not_running",
            f"{connection.label} is gone: SageMaker does not know it any more.",
            "Ask its owner; an administrator takes it out of the configuration.",
            connection.id,
        )
    hint = {
        "stopped": "Open MLflow to start it: that takes some minutes."
        if startable
        else "Ask its owner to start it (sagemaker:StartMlflowTrackingServer).",
        "starting": "It is being started; that takes some minutes.",
        "failed": "Look at it in SageMaker's console.",
    }.get(facts.state, "Try again in some minutes.")
    return RelayError(
        "server_not_running",
        f"{connection.label} does not run: SageMaker says {facts.status}.",
        hint,
        connection.id,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def server_facts(one: Mapping[str, Any]) -> Facts:
    """Facts of a tracking server, from its summary or its description."""
    status = _text(one.get("TrackingServerStatus")) or ""
    return Facts(
        status,
        state_of(status, _text(one.get("IsActive"))),
        _text(one.get("MlflowVersion")),
        _text(one.get("TrackingServerName")),
    )


def app_facts(one: Mapping[str, Any]) -> Facts:
    """Facts of an App, from its summary or its description."""
    status = _text(one.get("Status")) or ""
    return Facts(
        status,
        state_of(status, None),
        _text(one.get("MlflowVersion")),
        _text(one.get("Name")),
    )


def refusal_note(registry: SageMakerConnection, operation: str, error: Refused) -> Note:
    """The note for a listing that SageMaker refused."""
    if error.denied:
        return Note(
            registry.id,
            operation,
            "denied",
            f"{registry.label}: MLflow servers cannot be listed: sagemaker:{operation} is"
            " not allowed.",
            f"Ask an administrator for sagemaker:{operation}, or for a connection with the"
            " server's arn.",
        )
    if error.missing:
        return Note(
            registry.id,
            operation,
            "missing",
            f"{registry.label}: {operation} is not there in {registry.region}.",
            "Nothing to do if MLflow is not used there.",
        )
    return Note(
        registry.id,
        operation,
        "refused",
        f"{registry.label}: {operation} was refused: {error}",
        "Try again.",
    )
