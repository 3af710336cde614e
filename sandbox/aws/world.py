"""All that one sandbox of AWS holds."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from moto.sts.models import sts_backends

from sandbox.catalogue import SEED, build
from sandbox.catalogue.model import OWN, PERSONAS, REGION
from sandbox.catalogue.registries import DEFAULT, HOMES, Home

from . import accounts
from .authorization import Authorizer, Simulator
from .identity import Session, Sessions
from .journal import Journal
from .mlflow_records import Login
from .mlflow_records import seed as seed_mlflow
from .registry import Registry
from .seeding import RunIndex, seed
from .service import Service
from .studio.seeding import seed as seed_studio

SESSION_NAME = "SageMaker"
"""Name that Studio gives the sessions of execution roles by default."""


class SettingsError(ValueError):
    """An option cannot be used; the text says which and why."""


@dataclass(frozen=True)
class Settings:
    """How to build the sandbox."""

    groups: int = 40
    registries: int = DEFAULT
    """Accounts with a registry, the own one included."""
    groups_per_registry: int | None = None
    seed: int = SEED
    state: Path | None = None
    """Journal of writes; None: a restart forgets them."""
    mlflow_index: Path | None = None
    iam: bool = True
    """False: signatures are still checked, rights are not."""
    now: float | None = None
    """Moment of the catalogue; None: the journal's, else the start."""


def read_index(path: Path | None) -> RunIndex:
    """The runs that MLflow holds.

    Raises:
        SettingsError: the file is not there or not an index.
    """
    if path is None:
        return {}
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"--mlflow-index {path}: {error.strerror}") from None
    except ValueError as error:
        raise SettingsError(f"--mlflow-index {path}: not JSON ({error})") from None
    needed = {"run_id", "experiment_id", "artifact_uri"}
    if not isinstance(index, dict) or any(
        not isinstance(run, dict) or not needed <= set(run) for run in index.values()
    ):
        raise SettingsError(f"--mlflow-index {path}: every run needs {', '.join(sorted(needed))}")
    return {name: {k: str(v) for k, v in run.items()} for name, run in index.items()}


class World:
    """Registries, roles, sessions and rights of one sandbox.

    Raises:
        SettingsError: the settings cannot be used.
        sandbox.aws.journal.JournalError: the state file cannot be used.
        sandbox.aws.authorization.SimulatorError: Node is missing.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._runs = read_index(settings.mlflow_index)
        self._journal = Journal(settings.state)
        self._now = self._journal.now(time.time() if settings.now is None else settings.now)
        self._simulator = Simulator() if settings.iam else None
        self.authorizer = Authorizer(self._simulator)
        self.sessions = Sessions()
        self.mlflow_url = ""
        self.mlflow_login = Login()
        accounts.create_roles(settings.registries)
        self.service = self._fresh()
        self.service.replay()
        if self._simulator is not None:
            self._simulator.wait()

    def _fresh(self) -> Service:
        registry = Registry()
        settings = self._settings
        catalogue = build(
            settings.groups,
            settings.seed,
            self._now,
            registries=settings.registries,
            groups_per_registry=settings.groups_per_registry,
        )
        seed(registry, catalogue, self._runs)
        seed_studio(registry.studio, self._now)
        seed_mlflow(registry.mlflow, self._now)
        if self.mlflow_url:
            registry.mlflow.url = self.mlflow_url
        return Service(registry, self.authorizer, self._journal)

    def reset(self) -> None:
        """Seed again; sessions stay valid, rights and trust come back."""
        self._journal.clear(self._now)
        self.mlflow_login = Login()
        self.authorizer.denied.clear()
        for home in self.role_accounts():
            accounts.set_trust(home.account, None)
        self.service = self._fresh()

    def open_mlflow(self, url: str) -> None:
        """Tell where the data plane of managed MLflow listens."""
        self.mlflow_url = url
        self.service.registry.mlflow.url = url

    def role_accounts(self) -> tuple[Home, ...]:
        """The registries that are reached by role."""
        return HOMES[1 : self._settings.registries]

    def close(self) -> None:
        """End what was started."""
        if self._simulator is not None:
            self._simulator.close()

    def credentials(self, persona: str, seconds: int, shared: bool) -> dict[str, Any]:
        """Container credentials of a role that is really assumed.

        Args:
            persona: key of ``PERSONAS``, ``cloud-admin``, or ``admin``, who may do all.
            seconds: life of the session; may be shorter than STS grants, for tests.
            shared: as in a shared space: no user profile and no source identity.

        Raises:
            KeyError: there is no such persona.
        """
        if persona == "admin":
            profile, role = None, accounts.ADMIN_ROLE
        elif persona == accounts.CLOUD_ADMIN:
            profile, role = None, accounts.CLOUD_ADMIN_ROLE
        else:
            profile, role = PERSONAS[persona]
        if shared:
            profile = None
        arn = f"arn:aws:iam::{OWN}:role/{role}"
        session = sts_backends[OWN]["aws"].assume_role(
            region_name=REGION,
            role_session_name=SESSION_NAME,
            role_arn=arn,
            policy="",
            duration=seconds,
            external_id="",
        )
        expires = time.time() + seconds
        self.sessions.add(session.access_key_id, Session(profile, profile, expires))
        return {
            "AccessKeyId": session.access_key_id,
            "SecretAccessKey": session.secret_access_key,
            "Token": session.session_token,
            "Expiration": datetime.fromtimestamp(expires, timezone.utc).strftime(
                "%Y-%m-%dT%H:%M:%SZ"
            ),
            "RoleArn": arn,
        }
