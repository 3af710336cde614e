"""Who calls: sessions of assumed roles, and how SageMaker records them."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass
from typing import Any

from sandbox.catalogue.model import DOMAIN, OWN, REGION, REGISTRY_ROLE


@dataclass(frozen=True)
class Caller:
    """An authenticated identity."""

    account: str
    arn: str
    """ARN of the session or user, as ``GetCallerIdentity`` tells it."""
    role: str
    """Name of the assumed role."""
    principal_id: str
    profile: str | None = None
    """Studio user profile behind the session; None outside Studio and in shared spaces."""
    source_identity: str | None = None

    def user_context(self) -> dict[str, Any]:
        """``UserContext`` that SageMaker keeps with what the caller writes."""
        identity = {"Arn": self.arn, "PrincipalId": self.principal_id}
        if self.source_identity:
            identity["SourceIdentity"] = self.source_identity
        context: dict[str, Any] = {"IamIdentity": identity}
        if self.profile:
            context["UserProfileName"] = self.profile
            context["DomainId"] = DOMAIN
            context["UserProfileArn"] = (
                f"arn:aws:sagemaker:{REGION}:{self.account}:user-profile/{DOMAIN}/{self.profile}"
            )
        return context


def principal_id(account: str, role: str, session: str) -> str:
    """Stable stand-in of the unique id that IAM gives a role, with the session name."""
    digest = hashlib.sha256(f"{account}/{role}".encode()).hexdigest().upper()
    return f"AROA{digest[:17]}:{session}"


def seeded(account: str, profile: str) -> Caller:
    """The caller behind something that the catalogue says a user profile did.

    Names of services (``svc-...``, ``mlops-...``) have no user profile in Studio, and
    outside the own account the sandbox knows only the registry role's sessions.
    """
    service = profile.startswith(("svc-", "mlops-"))
    if service:
        role = "ModelPipelineExecution"
    elif profile.startswith("apr-"):
        role = "SageMakerGovernanceApprover"
    else:
        role = "SageMakerGovernanceDataScientist"
    if account != OWN and not service:
        role = REGISTRY_ROLE
    session = profile if service else "SageMaker"
    return Caller(
        account=account,
        arn=f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
        role=role,
        principal_id=principal_id(account, role, session),
        profile=None if service or account != OWN else profile,
        source_identity=None if service else profile,
    )


@dataclass
class Session:
    """What moto does not keep of an assumed role's session."""

    profile: str | None
    source_identity: str | None
    expires: float
    """Seconds since the epoch."""


class Sessions:
    """Sessions by access key id."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_key: dict[str, Session] = {}

    def add(self, access_key: str, session: Session) -> None:
        with self._lock:
            self._by_key[access_key] = session

    def get(self, access_key: str) -> Session | None:
        with self._lock:
            return self._by_key.get(access_key)

    def expire_all(self) -> int:
        """End every session that there is now.

        Returns:
            How many were still valid.
        """
        now = time.time()
        with self._lock:
            valid = [s for s in self._by_key.values() if s.expires > now]
            for session in valid:
                session.expires = now - 1
        return len(valid)
