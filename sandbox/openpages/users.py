"""Who signs in to the instance, and what each may do with an object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Right = Literal["read", "write", "associate"]
RIGHTS: tuple[Right, ...] = ("read", "write", "associate")


@dataclass(frozen=True)
class User:
    """A user of the instance."""

    name: str
    full_name: str
    sees_all: bool = False
    """True: has also the rights that an object keeps from others."""
    denied: frozenset[Right] = frozenset()
    """Rights that the user has on no object."""

    def may(self, right: Right, closed: frozenset[Right]) -> bool:
        """Whether the user has a right on an object that keeps ``closed`` from others."""
        return right not in self.denied and (self.sees_all or right not in closed)


SERVICE = User("svc-sagemaker-governance", "SageMaker governance (service)")
"""The user of the sandbox's connection."""
OFFICER = User("risk.officer", "Mara Lindqvist", sees_all=True)
"""Reads everything; the approval stages of the workflows are assigned to her."""
AUDITOR = User("auditor", "Internal Audit", denied=frozenset(("write", "associate")))
"""Reads what the service user reads, and changes nothing."""
USERS: dict[str, User] = {one.name: one for one in (SERVICE, OFFICER, AUDITOR)}
