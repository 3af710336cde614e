"""The accounts' roles with the policies that ship, in moto's IAM."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend, ManagedPolicy, iam_backends

from sandbox.catalogue.model import (
    CLAIMS,
    EXTERNAL_ID,
    OWN,
    PERSONAS,
    REGION,
    REGISTRY_ROLE,
)
from sandbox.catalogue.registries import DEFAULT, HOMES

from .identity import Caller, principal_id
from .studio.seeding import SPACE_ROLE

SHIPPED = Path(__file__).parents[2] / "lifecycle-config" / "iam"
ADMIN_ROLE = "SandboxAdmin"
CLOUD_ADMIN = "cloud-admin"
"""Who rolls the extension out, with the shipped rights and no others."""
CLOUD_ADMIN_ROLE = "SageMakerGovernanceAdmin"
BUCKET = "alder-studio-extensions"
"""Bucket that the cloud admin may publish to."""
GATEWAY_API, GATEWAY_STAGE = "m1f10wgate", "prod"
"""Id and stage of the REST API before the self-hosted MLflow."""
MLFLOW_OF = {
    "data-scientist": ("admin", "gateway-write"),
    "approver": ("approver", "gateway-read"),
    "reader": ("reader", "gateway-read"),
}
"""Persona -> policies for MLflow; the data scientist logs runs into an App too, for which
IAM has one action only, and which the policy of that name therefore denies."""


def _document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


EXECUTION = _document(
    # What any Studio execution role has beside ours: its bucket, the installer's wheel
    # and its secrets.
    {
        "Sid": "StudioBucket",
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": ["arn:aws:s3:::sagemaker-*", f"arn:aws:s3:::{BUCKET}/sagemaker-governance/*"],
    },
    {
        "Sid": "ConnectionSecrets",
        "Effect": "Allow",
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "arn:aws:secretsmanager:*:*:secret:sagemaker-governance/*",
    },
)
STUDIO_TRUST = _document(
    {
        "Effect": "Allow",
        "Principal": {"Service": "sagemaker.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"],
    }
)


def shipped(name: str) -> str:
    """Text of a policy in ``lifecycle-config/iam``."""
    return (SHIPPED / f"{name}.json").read_text(encoding="utf-8")


def registry_trust() -> str:
    """The shipped trust policy with the sandbox's account and external id."""
    text = shipped("registry-account-trust")
    return text.replace("REPLACE-WITH-STUDIO-ACCOUNT", OWN).replace(
        "REPLACE-WITH-EXTERNAL-ID", EXTERNAL_ID
    )


def _mlflow_gateway(name: str) -> str:
    """Policy for MLflow behind API Gateway: all of it, or what only reads."""
    calls = [
        "GET/api/*",
        "POST/api/2.0/mlflow/runs/search",
        "POST/api/2.0/mlflow/experiments/search",
    ]
    allowed = ["*/api/*"] if name == "gateway-write" else calls
    api = f"arn:aws:execute-api:{REGION}:{OWN}:{GATEWAY_API}/{GATEWAY_STAGE}"
    return json.dumps(
        _document(
            {
                "Sid": "MlflowGateway",
                "Effect": "Allow",
                "Action": "execute-api:Invoke",
                "Resource": [f"{api}/{call}" for call in allowed],
            }
        )
    )


def iam(account: str) -> IAMBackend:
    """moto's IAM of an account."""
    backend: IAMBackend = iam_backends[account]["aws"]
    return backend


def _role(account: str, name: str, trust: str, policies: dict[str, str]) -> None:
    backend = iam(account)
    role = backend.create_role(name, trust, "/", None, "", [], "43200")
    # The id that seeded records name, so that it is one and the same role.
    role.id = principal_id(account, name, "").rstrip(":")
    for policy, document in policies.items():
        backend.put_role_policy(name, policy, document)


FULL_ACCESS = "AmazonSageMakerFullAccess"


@functools.cache
def _full_access() -> dict[str, Any]:
    """AWS's own policy, as moto has it; parsed once, since all of them are one long text."""
    found: dict[str, Any] = json.loads(aws_managed_policies_data)[FULL_ACCESS]
    return found


def create_roles(registries: int = DEFAULT) -> None:
    """Create every role of the sandbox, as a cloud admin would have.

    Args:
        registries: number of accounts with a registry, the own one included.
    """
    studio_trust = json.dumps(STUDIO_TRUST)
    for persona, (_, role) in PERSONAS.items():
        _role(OWN, role, studio_trust, {"StudioExecution": json.dumps(EXECUTION)})
        backend = iam(OWN)
        policy = backend.create_policy(
            "", "/", shipped(persona), f"SageMakerGovernance-{persona}", []
        )
        backend.attach_role_policy(policy.arn, role)
        for name in MLFLOW_OF[persona]:
            text = (
                _mlflow_gateway(name) if name.startswith("gateway") else shipped(f"mlflow-{name}")
            )
            backend.put_role_policy(role, f"Mlflow-{name}", text)
    _role(OWN, SPACE_ROLE, studio_trust, {"StudioExecution": json.dumps(EXECUTION)})
    policy = AWSManagedPolicy.from_data(FULL_ACCESS, OWN, REGION, _full_access())
    iam(OWN).managed_policies[policy.arn] = policy
    rights = shipped("admin").replace("REPLACE-WITH-BUCKET", BUCKET)
    _role(OWN, CLOUD_ADMIN_ROLE, studio_trust, {"SageMakerGovernance-admin": rights})
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    _role(OWN, ADMIN_ROLE, studio_trust, {"All": json.dumps(_document(everything))})
    for home in HOMES[1:registries]:
        _role(
            home.account,
            REGISTRY_ROLE,
            registry_trust(),
            {
                "SageMakerGovernanceRegistryAccount": shipped("registry-account"),
                # In markets nobody has thought of MLflow: its servers are not listed.
                **({"Mlflow-reader": shipped("mlflow-reader")} if home.account == CLAIMS else {}),
            },
        )


def set_trust(account: str, document: dict[str, Any] | None) -> None:
    """Change who may assume the registry role of an account.

    Args:
        document: trust policy; None: the shipped one again.

    Raises:
        moto.iam.exceptions.NotFoundException: the account has no registry role.
    """
    text = registry_trust() if document is None else json.dumps(document)
    iam(account).update_assume_role_policy(REGISTRY_ROLE, text)


def policies_of_caller(caller: Caller) -> list[tuple[str, dict[str, Any]]]:
    """Names and documents of a role's identity-based policies, inline and attached.

    Raises:
        moto.iam.exceptions.NotFoundException: there is no such role.
    """
    backend, role = iam(caller.account), caller.role
    found: list[tuple[str, dict[str, Any]]] = []
    for name in backend.list_role_policies(role):
        _, text = backend.get_role_policy(role, name)
        found.append((name, json.loads(text)))
    attached, _ = backend.list_attached_role_policies(role)
    for policy in attached:
        assert isinstance(policy, ManagedPolicy)
        version = next(v for v in policy.versions if v.is_default)
        found.append((policy.name, json.loads(version.document)))
    return found


def trust_of(account: str, role: str) -> dict[str, Any] | None:
    """Trust policy of a role; None when there is no such role."""
    match = next((r for r in iam(account).get_roles() if r.name == role), None)
    if match is None:
        return None
    document: dict[str, Any] = json.loads(match.assume_role_policy_document)
    return document
