"""The real JupyterLab, started the way Studio's image starts it."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sandbox.catalogue.model import (
    DOMAIN,
    EXTERNAL_ID,
    OWN,
    PERSONAS,
    REGION,
    REGISTRY_ROLE,
)
from sandbox.catalogue.registries import HOMES, Home

from . import environment

BASE_URL = "/jupyterlab/default"
APIKEY_VARIABLE = "SANDBOX_OPENPAGES_APIKEY"
MLFLOW_BASIC_VARIABLE = "SANDBOX_MLFLOW_PASSWORD"
MLFLOW_BEARER_VARIABLE = "SANDBOX_MLFLOW_TOKEN"
IMAGE_VERSION = "4.5.0"
HOME = Path(__file__).with_name("home")

Space = Literal["private", "shared"]


@dataclass(frozen=True)
class Endpoints:
    """Where the parts of the sandbox listen, through their gates."""

    registries: dict[str, str]
    """Connection id (``own``, ``claims``, ...) -> URL."""
    openpages: str
    """URL of the context root."""
    mlflow: str
    mlflow_gateway: str
    """API Gateway before it, with the stage."""
    mlflow_managed: str
    """SageMaker's data plane, of tracking servers and Apps."""
    mlflow_login: str
    """A proxy before it that wants a password or a token."""
    credentials: str
    mlflow_versions: dict[str, str] = field(default_factory=dict)
    """Version -> URL of MLflows beside the main one, without a gate."""


@dataclass(frozen=True)
class Lab:
    """A lab that is ready to be started."""

    command: list[str]
    env: dict[str, str]
    cwd: Path
    url: str
    """Address that people open."""


def connections(endpoints: Endpoints, mlflow_kinds: bool = False) -> list[dict[str, Any]]:
    """What an admin would configure for this bank (see docs/architecture.md)."""

    def registry(home: Home) -> dict[str, Any]:
        return {
            "id": home.id,
            "kind": "sagemaker",
            "label": f"registry-{home.id}",
            "region": REGION,
            "role_arn": f"arn:aws:iam::{home.account}:role/{REGISTRY_ROLE}",
            "external_id": EXTERNAL_ID,
            "endpoint_url": endpoints.registries[home.id],
        }

    homes = [home for home in HOMES if home.id in endpoints.registries]
    root = endpoints.openpages
    return [
        {
            "id": "own",
            "kind": "sagemaker",
            "label": "Own account",
            "region": REGION,
            "endpoint_url": endpoints.registries["own"],
        },
        *(registry(home) for home in homes if home.account != OWN),
        {
            "id": "wxgov",
            "kind": "openpages",
            "label": "watsonx.governance",
            "url": root,
            "auth": {
                "type": "mcsp",
                "token_url": f"{root.removesuffix('/opgrc')}/api/2.0/apikeys/token",
                "apikey": {"env": APIKEY_VARIABLE},
            },
            "types": {
                "useCase": "Register",
                "entity": "SOXBusEntity",
                "modelGroup": "AWSModelGroup",
                "model": "Model",
            },
            "fields": {
                "status": "MRG-AIFacts-ModelUseCase:Status",
                "riskLevel": "MRG-AIFacts-ModelUseCase:Risk Level",
                "owner": "MRG-ModelUseCase:Owner",
                "groupArn": "AWS-ModelGroup:SageMaker ARN",
            },
            "entities": {home.id: home.entity for home in homes},
            "task_view_url": f"{root}/app/jspview/react/grc/task-view/{{id}}",
        },
        {
            "id": "mlflow",
            "kind": "mlflow",
            "label": "MLflow",
            "url": endpoints.mlflow,
            "public_url": endpoints.mlflow,
            "auth": {"type": "none"},
            "ui": "bridge",
            "read_only": False,
        },
        *(_other_mlflow(version, url) for version, url in endpoints.mlflow_versions.items()),
        *(_more_mlflow(endpoints) if mlflow_kinds else ()),
    ]


def _other_mlflow(version: str, url: str) -> dict[str, Any]:
    """A server that nobody has brought to the newest version, or beyond it."""
    return {
        "id": f"mlflow-{version.replace('.', '-')}",
        "kind": "mlflow",
        "label": f"MLflow {version}",
        "url": url,
        "public_url": url,
    }


def _more_mlflow(endpoints: Endpoints) -> list[dict[str, Any]]:
    """MLflow that takes a login or AWS signatures only."""
    arn = f"arn:aws:sagemaker:{REGION}:{OWN}"
    return [
        {
            "id": "mlflow-password",
            "kind": "mlflow",
            "label": "MLflow (password)",
            "url": endpoints.mlflow_login,
            "auth": {
                "type": "basic",
                "username": "lab",
                "password": {"env": MLFLOW_BASIC_VARIABLE},
            },
        },
        {
            "id": "mlflow-token",
            "kind": "mlflow",
            "label": "MLflow (token, read only)",
            "url": endpoints.mlflow_login,
            "auth": {"type": "bearer", "token": {"env": MLFLOW_BEARER_VARIABLE}},
            "read_only": True,
        },
        {
            "id": "mlflow-gateway",
            "kind": "mlflow",
            "label": "MLflow (API Gateway)",
            "url": endpoints.mlflow_gateway,
            "auth": {"type": "sigv4", "service": "execute-api"},
        },
        {
            "id": "mlflow-server",
            "kind": "mlflow",
            "label": "team-experiments",
            "arn": f"{arn}:mlflow-tracking-server/team-experiments",
        },
        {
            "id": "mlflow-app",
            "kind": "mlflow",
            "label": "risk-app",
            "arn": f"{arn}:mlflow-app/app-SANDBOX00001",
        },
    ]


def _write(path: Path, content: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
    return path


def _metadata(space: Space, space_name: str, profile: str) -> dict[str, Any]:
    """Content of resource-metadata.json, as Studio's JupyterLab app has it."""
    app = f"app/{DOMAIN}/{space_name}/JupyterLab/default"
    content: dict[str, Any] = {
        "AppType": "JupyterLab",
        "DomainId": DOMAIN,
        "SpaceName": space_name,
        "UserProfileName": profile,
        "ResourceArn": f"arn:aws:sagemaker:{REGION}:{OWN}:{app}",
        "ResourceName": "default",
        "AppImageVersion": "",
    }
    if space == "shared":
        del content["UserProfileName"]
    return content


def _kernel(data: Path, python: Path) -> None:
    """A kernel with MLflow and scikit-learn, as the images' own has them."""
    _write(
        data / "kernels" / "data-science" / "kernel.json",
        {
            "argv": [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": "Python 3 (data science)",
            "language": "python",
        },
    )


def _settings(quiet: Path) -> None:
    """Keep the lab from asking the internet for news and updates."""
    _write(
        quiet,
        {
            "@jupyterlab/apputils-extension:notification": {
                "checkForUpdates": False,
                "fetchNews": "false",
                "doNotDisturbMode": False,
            }
        },
    )


def prepare(
    run_dir: Path,
    persona: str,
    endpoints: Endpoints,
    *,
    port: int,
    space: Space,
    mlflow_kinds: bool = False,
    jupyterlab: str,
    inherited: dict[str, str],
    kernel_python: Path,
) -> Lab:
    """Lay out a persona's lab in the run directory.

    Args:
        run_dir: of the sandbox.
        persona: one of ``PERSONAS``.
        endpoints: of the sandbox.
        port: of the lab.
        space: private, or shared (where nobody can be told apart).
        mlflow_kinds: connect MLflow behind API Gateway and SageMaker as well.
        jupyterlab: version, whose environment exists.
        inherited: environment to start from, free of AWS and Jupyter settings.
        kernel_python: interpreter of the notebooks' kernel.
    """
    profile, _role = PERSONAS[persona]
    space_name = f"{profile}-lab" if space == "private" else "team-models"
    place = run_dir / "jupyter" / persona
    home = run_dir / "home" / persona
    config = place / "config"
    if not home.exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(HOME, home)
    metadata_path = _write(place / "resource-metadata.json", _metadata(space, space_name, profile))
    _write(
        config / "jupyter_server_config.json",
        {
            "ServerApp": {
                "ip": "127.0.0.1",
                "port": port,
                "port_retries": 0,
                "open_browser": False,
                "allow_root": os.getuid() == 0,
                "root_dir": str(home),
            },
            "LabApp": {"extension_manager": "readonly"},
            "SageMakerGovernance": {
                "metadata_path": str(metadata_path),
                "connections": connections(endpoints, mlflow_kinds),
            },
        },
    )
    _settings(config / "labconfig" / "default_setting_overrides.json")
    _kernel(place / "data", kernel_python)
    binaries = environment.directory(jupyterlab) / "bin"
    env = {
        **inherited,
        "HOME": str(home),
        "PATH": f"{binaries}:{inherited.get('PATH', os.defpath)}",
        "SHELL": "/bin/bash",
        "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTER_DATA_DIR": str(place / "data"),
        "JUPYTER_RUNTIME_DIR": str(place / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(place / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(place / "workspaces"),
        "AWS_ACCOUNT_ID": OWN,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{endpoints.credentials}/{persona}",
        "AWS_ENDPOINT_URL": endpoints.registries["own"],
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(place / "no-aws-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(place / "no-aws-credentials"),
        "SAGEMAKER_APP_TYPE": "JupyterLab",
        "SAGEMAKER_APP_TYPE_LOWERCASE": "jupyterlab",
        "SAGEMAKER_SPACE_NAME": space_name,
        "IMAGE_VERSION": IMAGE_VERSION,
        "MLFLOW_TRACKING_URI": endpoints.mlflow,
        "SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT": endpoints.mlflow_managed,
        APIKEY_VARIABLE: "sandbox-apikey",
        MLFLOW_BASIC_VARIABLE: "sandbox-password",
        MLFLOW_BEARER_VARIABLE: "sandbox-token",
    }
    if space == "shared":
        env["SAGEMAKER_SPACE_TYPE_LOWERCASE"] = "shared"
    command = [
        str(binaries / "jupyter-lab"),
        f"--ServerApp.base_url={BASE_URL}",
        "--ServerApp.token=",
        "--ServerApp.allow_origin=*",
    ]
    return Lab(command, env, home, f"http://127.0.0.1:{port}{BASE_URL}/lab")
