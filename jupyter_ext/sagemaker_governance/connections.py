"""The connections, as the rest of the server sees them: plain facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Secret:
    """A reference to a secret; the value never leaves the server's memory."""

    source: Literal["env", "secretsmanager"]
    #: Name of the variable, or id or ARN of the secret.
    name: str
    #: Key inside a secret that holds a JSON object.
    key: str | None = None

    def __str__(self) -> str:
        if self.source == "env":
            return f"environment variable {self.name}"
        return f"secret {self.name}" + (f" (key {self.key})" if self.key else "")


@dataclass(frozen=True)
class Role:
    """A role that the server assumes for a connection."""

    arn: str
    external_id: str | None = None
    #: Value passed as `SourceIdentity`, None: not passed.
    source_identity: str | None = None
    #: Name of the session, visible in CloudTrail.
    session_name: str = "SageMakerGovernance"

    @property
    def account(self) -> str:
        """12 digits, from the ARN."""
        return self.arn.split(":")[4]

    @property
    def name(self) -> str:
        """Last part of the ARN."""
        return self.arn.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class SageMakerConnection:
    """One account and region of the model registry."""

    id: str
    label: str
    region: str
    account: str | None
    role: Role | None = None
    #: Own endpoints; None: botocore's resolution.
    endpoint_url: str | None = None
    sts_endpoint_url: str | None = None
    kind: str = "sagemaker"

    def to_json(self) -> dict[str, Any]:
        """`ISageMakerConnection` of the front end."""
        return {
            "id": self.id,
            "kind": self.kind,
            "label": self.label,
            "region": self.region,
            "account": self.account,
            "own": self.role is None,
            "role": self.role.name if self.role else None,
        }


@dataclass(frozen=True)
class Auth:
    """How requests to OpenPages or MLflow are authorised."""

    type: str
    username: str | Secret | None = None
    password: Secret | None = None
    apikey: Secret | None = None
    token: Secret | None = None
    token_url: str | None = None
    #: SigV4 only.
    service: str | None = None
    region: str | None = None
    role: Role | None = None
    #: Added to every request, and signed.
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Linking:
    """What a link writes in SageMaker, beside the association in OpenPages."""

    #: The tag of the group that names the use case.
    tag: bool = False
    #: `custom_details` of the latest version's model card.
    card: bool = False


@dataclass(frozen=True)
class OpenPagesConnection:
    """A watsonx.governance console."""

    id: str
    label: str
    url: str
    auth: Auth
    types: Mapping[str, str | None]
    fields: Mapping[str, str | None]
    entities: Mapping[str, str]
    task_view_url: str | None
    linking: Linking = Linking()
    #: Workflows may be started and moved.
    workflows: bool = True
    kind: str = "openpages"

    def to_json(self) -> dict[str, Any]:
        """`IOpenPagesConnection` of the front end."""
        return {
            "id": self.id,
            "kind": self.kind,
            "label": self.label,
            "schema": {"types": dict(self.types), "fields": dict(self.fields)},
            "taskViewUrl": self.task_view_url,
            "entities": dict(self.entities),
            "linking": {"tag": self.linking.tag, "card": self.linking.card},
            "workflows": self.workflows,
        }


@dataclass(frozen=True)
class Managed:
    """What makes an MLflow server one of SageMaker's."""

    arn: str
    region: str
    #: 12 digits, the owner's.
    account: str
    #: `tracking-server` or `app`.
    server: str
    #: Name of a tracking server, id of an App.
    name: str
    #: Whose credentials and endpoint are used for it.
    control: SageMakerConnection


@dataclass(frozen=True)
class MLflowConnection:
    """An MLflow tracking server."""

    id: str
    label: str
    url: str
    auth: Auth
    ui: str
    read_only: bool
    public_url: str | None
    #: Paths that the login opens: `all`, or `api` for `/api/*` alone.
    routes: str = "all"
    #: Where files of the UI come from: `upstream`, or `installed`.
    assets: str = "upstream"
    managed: Managed | None = None
    #: Found by listing, not configured.
    discovered: bool = False
    #: Version of the server where the configuration names it.
    version: str | None = None
    #: `s3://bucket/prefix` that artifacts may be read from with the role.
    artifact_stores: tuple[str, ...] = ()
    kind: str = "mlflow"

    @property
    def server(self) -> str:
        """`self-hosted`, `api-gateway`, `tracking-server` or `app`."""
        if self.managed is not None:
            return self.managed.server
        signed = self.auth.type == "sigv4" and self.auth.service == "execute-api"
        return "api-gateway" if signed else "self-hosted"

    def to_json(self) -> dict[str, Any]:
        """`IMLflowConnection` of the front end."""
        managed = self.managed
        return {
            "id": self.id,
            "kind": self.kind,
            "label": self.label,
            "ui": self.ui,
            "readOnly": self.read_only,
            "publicUrl": self.public_url,
            "server": self.server,
            "routes": self.routes,
            "assets": self.assets,
            "arn": managed.arn if managed else None,
            "name": managed.name if managed else None,
            "region": managed.region if managed else self.auth.region,
            "account": managed.account if managed else None,
            "registry": managed.control.id if managed and managed.control.id != self.id else None,
            "link": managed is not None and not self.read_only,
            "discovered": self.discovered,
            "trackingUri": managed.arn if managed else self.url,
            "login": self.auth.type,
        }


Connection = SageMakerConnection | OpenPagesConnection | MLflowConnection


@dataclass(frozen=True)
class Problem:
    """A part of the configuration that is not used, and why."""

    connection: str | None
    message: str
    hint: str

    def to_json(self) -> dict[str, str | None]:
        """Entry of `IConfig.problems`."""
        return {"connection": self.connection, "message": self.message, "hint": self.hint}


@dataclass(frozen=True)
class Configuration:
    """Connections that can be used, by id, and what could not be."""

    connections: Mapping[str, Connection]
    problems: tuple[Problem, ...]
