"""Server extension of SageMaker Governance: relays the lab to its upstreams."""

from __future__ import annotations

from importlib import metadata

try:
    from ._version import __version__
except ImportError:  # a checkout: the file is written when the wheel is built
    try:
        __version__ = metadata.version("jupyterlab-sagemaker-governance")
    except metadata.PackageNotFoundError:
        __version__ = "0.0.0.dev0"

__all__ = ["__version__"]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyterlab-sagemaker-governance"}]


def _jupyter_server_extension_points() -> list[dict[str, object]]:
    from .app import SageMakerGovernance

    return [{"module": "sagemaker_governance", "app": SageMakerGovernance}]
