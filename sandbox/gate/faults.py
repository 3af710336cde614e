"""What can go wrong on purpose, and what is switched on now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

FAULTS: dict[str, str] = {
    "throttle": "every call is answered 'too many requests', as its service words it",
    "slow": "every call waits `ms` milliseconds first (2000 when not given)",
    "denied": "AWS refuses every call, or `operation` alone, with AccessDeniedException",
    "error-500": "every call is answered with an internal error of the service",
    "drop": "the connection is reset after the request was read, without an answer",
    "half-body": "the answer promises its full length and stops halfway",
    "expired-credentials": "AWS says that the security token has expired",
    "openpages-down": "connections to OpenPages are closed unanswered",
    "openpages-login-page": "OpenPages answers every API call with its login page",
    "openpages-redirect": "OpenPages sends every API call to its login page (302)",
    "openpages-proxy-page": "a proxy before OpenPages answers every call with a page of its own",
    "mlflow-down": "connections to MLflow are closed unanswered",
    "registry-down": "connections to a registry are closed unanswered: aws-claims, or `upstream`",
}
"""Name -> one line for people."""

_AT: dict[str, str] = {
    "denied": "aws*",
    "expired-credentials": "aws*",
    "openpages-down": "openpages",
    "openpages-login-page": "openpages",
    "openpages-redirect": "openpages",
    "openpages-proxy-page": "openpages",
    "mlflow-down": "mlflow",
    "registry-down": "aws-claims",
}
"""Pattern of the upstreams a fault is for when none is named; else all."""

DOWN = frozenset({"openpages-down", "mlflow-down", "registry-down"})
DEFAULT_SLOW_MS = 2000


class UnknownFault(ValueError):
    """A fault, or an upstream, that there is not; the message names those there are."""


@dataclass
class Fault:
    """A fault that is on."""

    name: str
    upstream: str | None = None
    """Name of one upstream; None: those that the fault is for."""
    operation: str | None = None
    """Operation, or a pattern of it with ``*``, compared without case; None: all."""
    ms: float | None = None
    times: int | None = None
    """Calls that it still hits; None: until switched off."""

    def hits(self, upstream: str, operation: str) -> bool:
        """Whether a call is hit."""
        if self.upstream is None:
            if not fnmatchcase(upstream, _AT.get(self.name, "*")):
                return False
        elif self.upstream != upstream:
            return False
        if self.operation is None:
            return True
        return fnmatchcase(operation.lower(), self.operation.lower())

    def as_json(self) -> dict[str, object]:
        """Without the members that are not set."""
        members = ("name", "upstream", "operation", "ms", "times")
        return {key: getattr(self, key) for key in members if getattr(self, key) is not None}


class FaultBoard:
    """Faults, latency and counts, shared by all gates of a sandbox."""

    def __init__(self, upstreams: Iterable[str]) -> None:
        self.upstreams = tuple(upstreams)
        self.faults: list[Fault] = []
        self.latency: dict[str, float] = {}
        """Upstream -> milliseconds that every call waits."""
        self.counts: dict[str, Counter[str]] = {name: Counter() for name in self.upstreams}

    def check_upstream(self, upstream: str) -> None:
        """Raises UnknownFault for an upstream that there is not."""
        if upstream not in self.upstreams:
            known = ", ".join(self.upstreams)
            raise UnknownFault(f'Unknown upstream "{upstream}". Known: {known}.')

    def switch_on(self, fault: Fault) -> None:
        """Switch on; the same name at the same upstream and operation is replaced.

        Raises UnknownFault.
        """
        if fault.name not in FAULTS:
            raise UnknownFault(f'Unknown fault "{fault.name}". Known: {", ".join(FAULTS)}.')
        if fault.upstream is not None:
            self.check_upstream(fault.upstream)
        where = (fault.name, fault.upstream, fault.operation)
        self.faults = [
            one for one in self.faults if (one.name, one.upstream, one.operation) != where
        ]
        self.faults.append(fault)

    def switch_off(self, name: str | None = None) -> int:
        """Switch one name off, or all; tells how many faults that ended.

        Raises UnknownFault.
        """
        if name is not None and name not in FAULTS:
            raise UnknownFault(f'Unknown fault "{name}". Known: {", ".join(FAULTS)}.')
        kept = [one for one in self.faults if name is not None and one.name != name]
        ended = len(self.faults) - len(kept)
        self.faults = kept
        return ended

    def arrive(self, upstream: str, operation: str) -> list[Fault]:
        """Count a call and tell what hits it, using up ``times``."""
        self.counts[upstream][operation] += 1
        hits = [one for one in self.faults if one.hits(upstream, operation)]
        for one in hits:
            if one.times is not None:
                one.times -= 1
        self.faults = [one for one in self.faults if one.times is None or one.times > 0]
        return hits

    def clear_counts(self) -> None:
        """Start counting again."""
        for counter in self.counts.values():
            counter.clear()

    def wait_ms(self, upstream: str, hits: list[Fault]) -> float:
        """How long a call waits."""
        slow = [DEFAULT_SLOW_MS if one.ms is None else one.ms for one in hits if one.name == "slow"]
        return self.latency.get(upstream, 0.0) + sum(slow)
