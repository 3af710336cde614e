"""The bank's Studio domain, as full of settings as a real one."""

from __future__ import annotations

from typing import Any

from sandbox.catalogue.model import OWN, PERSONAS, REGION

from ..place import Place, Record
from .store import Domain, Studio, arn

DOMAIN = "d-sandbox00001"
SHARED_SPACE = "credit-committee"
SPACE_ROLE = "StudioSharedSpaces"
OVERRIDING = "apr-007"
"""User profile with app settings of its own, which may hide the domain's."""
IMAGE = f"arn:aws:sagemaker:{REGION}:819792524951:image/sagemaker-distribution-cpu"


def _role(name: str) -> str:
    return f"arn:aws:iam::{OWN}:role/{name}"


def _user_settings() -> Record:
    return {
        "ExecutionRole": _role("SageMakerGovernanceReader"),
        "SecurityGroups": ["sg-0a1b2c3d4e5f60718"],
        "SharingSettings": {"NotebookOutputOption": "Disabled"},
        "JupyterLabAppSettings": {
            "DefaultResourceSpec": {
                "SageMakerImageArn": IMAGE,
                "SageMakerImageVersionAlias": "4.4.1",
                "InstanceType": "ml.t3.medium",
            },
            "CodeRepositories": [{"RepositoryUrl": "https://git.alder.example/models.git"}],
            "AppLifecycleManagement": {
                "IdleSettings": {"LifecycleManagement": "ENABLED", "IdleTimeoutInMinutes": 120}
            },
        },
        "CodeEditorAppSettings": {"DefaultResourceSpec": {"InstanceType": "ml.t3.medium"}},
        "SpaceStorageSettings": {
            "DefaultEbsStorageSettings": {
                "DefaultEbsVolumeSizeInGb": 20,
                "MaximumEbsVolumeSizeInGb": 200,
            }
        },
        "DefaultLandingUri": "studio::",
        "StudioWebPortal": "ENABLED",
        "StudioWebPortalSettings": {"HiddenAppTypes": ["Canvas", "RStudioServerPro"]},
        "AutoMountHomeEFS": "Disabled",
    }


def _profile(place: Place, name: str, settings: Record) -> Record:
    return {
        "DomainId": DOMAIN,
        "UserProfileName": name,
        "UserProfileArn": arn(place, f"user-profile/{DOMAIN}/{name}"),
        "Status": "InService",
        "CreationTime": place.now,
        "LastModifiedTime": place.now,
        "UserSettings": settings,
    }


def _space(place: Place, name: str, owner: str, sharing: str) -> Record:
    return {
        "DomainId": DOMAIN,
        "SpaceName": name,
        "SpaceArn": arn(place, f"space/{DOMAIN}/{name}"),
        "Status": "InService",
        "CreationTime": place.now,
        "LastModifiedTime": place.now,
        "SpaceSettings": {
            "AppType": "JupyterLab",
            "SpaceStorageSettings": {"EbsStorageSettings": {"EbsVolumeSizeInGb": 20}},
        },
        "OwnershipSettings": {"OwnerUserProfileName": owner},
        "SpaceSharingSettings": {"SharingType": sharing},
    }


def _app(place: Place, space: str) -> Record:
    return {
        "AppArn": arn(place, f"app/{DOMAIN}/{space}/JupyterLab/default"),
        "AppType": "JupyterLab",
        "AppName": "default",
        "DomainId": DOMAIN,
        "SpaceName": space,
        "Status": "InService",
        "CreationTime": place.now,
        "ResourceSpec": {"SageMakerImageArn": IMAGE, "InstanceType": "ml.t3.medium"},
    }


def seed(studio: Studio, now: float) -> None:
    """Three profiles with a private space each, and one shared space; two apps run.

    Args:
        now: seconds since the epoch; everything was made a month before.
    """
    user: dict[str, Any] = {}
    place = Place(OWN, REGION, user, now - 30 * 86400)
    record: Record = {
        "DomainArn": arn(place, f"domain/{DOMAIN}"),
        "DomainId": DOMAIN,
        "DomainName": "alder-model-lab",
        "Status": "InService",
        "CreationTime": place.now,
        "LastModifiedTime": place.now,
        "AuthMode": "IAM",
        "DefaultUserSettings": _user_settings(),
        "DefaultSpaceSettings": {
            "ExecutionRole": _role(SPACE_ROLE),
            "SecurityGroups": ["sg-0a1b2c3d4e5f60718"],
            "JupyterLabAppSettings": {"DefaultResourceSpec": {"InstanceType": "ml.t3.large"}},
        },
        "DomainSettings": {
            "SecurityGroupIds": ["sg-0918273645afbecd1"],
            "ExecutionRoleIdentityConfig": "DISABLED",
            "DockerSettings": {"EnableDockerAccess": "DISABLED"},
        },
        "AppNetworkAccessType": "VpcOnly",
        "SubnetIds": ["subnet-0aa11bb22cc33dd44", "subnet-0ee55ff66aa77bb88"],
        "VpcId": "vpc-0123456789abcdef0",
        "TagPropagation": "ENABLED",
        "Url": f"https://{DOMAIN}.studio.{REGION}.sagemaker.aws",
    }
    domain = Domain(record)
    for profile, role in PERSONAS.values():
        settings: Record = {"ExecutionRole": _role(role)}
        if profile == OVERRIDING:
            settings["JupyterLabAppSettings"] = {
                "DefaultResourceSpec": {"InstanceType": "ml.t3.large"}
            }
        domain.profiles[profile] = _profile(place, profile, settings)
        domain.spaces[f"{profile}-lab"] = _space(place, f"{profile}-lab", profile, "Private")
    owner = PERSONAS["data-scientist"][0]
    domain.spaces[SHARED_SPACE] = _space(place, SHARED_SPACE, owner, "Shared")
    for space in (f"{owner}-lab", SHARED_SPACE):
        domain.apps[f"space/{space}", "JupyterLab", "default"] = _app(place, space)
    studio.shelf(place).domains[DOMAIN] = domain
