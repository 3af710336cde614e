"""Which installer put the extension into the space, and what it said."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .. import __version__
from ..connections import SageMakerConnection
from ..errors import RelayError
from ..tracking.control import Refused, call
from .finding import FAILED, INFO, OK, UNTESTED, WARNING, Finding

if TYPE_CHECKING:
    from ..relay import Relay

#: Where `lifecycle-config/install.sh` writes its lines, beside CloudWatch.
_LOG = "/var/log/apps/app_container.log"
#: What it leaves behind, below the prefix of the environment.
_RECORD = "var/sagemaker-governance/current/wanted"
#: Bytes at the end of the log that are looked through.
_TAIL = 1 << 20
_LINE = re.compile(r"sagemaker-governance: (.*)")
_VERSION = re.compile(r"DONE version (\S+)")


def last_line(log: str | None = None) -> str | None:
    """The last line that the installer wrote, without its prefix; None: there is none."""
    path = Path(log or os.environ.get("SG_LOG_FILE") or _LOG)
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return None
    lines = _LINE.findall(text)
    return lines[-1].strip() if lines else None


async def installer(relay: Relay) -> list[Finding]:
    """Script, version and last word of the installer."""
    line = last_line()
    recorded = (Path(sys.prefix) / _RECORD).is_file()
    script, why = await _script(relay)
    parts = [f'said "{line}"'] if line else []
    parts.append(f"script {script}" if script else f"its script is not seen ({why})")
    text = "; ".join(parts)
    if line and line.startswith("ERROR"):
        return [
            Finding(
                "installer",
                FAILED,
                text,
                "Do what the line says, then restart the app. If it names S3 or a hash, ask who"
                " attached the lifecycle configuration.",
            )
        ]
    if line and line.startswith("SKIPPED"):
        return [
            Finding(
                "installer",
                WARNING,
                text,
                "It did not install anything here; what runs was put there in another way.",
            )
        ]
    version = _VERSION.match(line or "")
    if version and version[1] != __version__:
        return [
            Finding(
                "installer",
                FAILED,
                f"{text}; what runs is {__version__}",
                "Restart the app. If it stays, a copy of the user's hides the installed one:"
                " see the check of other copies.",
            )
        ]
    if version and recorded:
        return [Finding("installer", OK, text)]
    if line or recorded or script:
        return [
            Finding(
                "installer",
                UNTESTED,
                text if line else f"its log cannot be read here; {text}",
                "Look into CloudWatch group /aws/sagemaker/studio, stream"
                " .../LifecycleConfigOnStart, for the line that begins with"
                " sagemaker-governance.",
            )
        ]
    return [
        Finding(
            "installer",
            INFO,
            f"no trace of an installer: the wheel was installed in another way; {text}",
            "",
        )
    ]


async def _script(relay: Relay) -> tuple[str | None, str]:
    """ARN of the built-in lifecycle configuration of this app, or why it is not known."""
    environment = relay.environment
    own = next(
        (
            one
            for one in relay.configuration.connections.values()
            if isinstance(one, SageMakerConnection) and one.role is None
        ),
        None,
    )
    if own is None or not environment.domain_id or not environment.space_name:
        return None, "domain or space are not known"
    asked = {
        "DomainId": environment.domain_id,
        "SpaceName": environment.space_name,
        "AppType": "JupyterLab",
        "AppName": "default",
    }
    try:
        answer = await call(relay, own, "DescribeApp", asked)
    except Refused as error:
        if error.denied:
            return None, "the role lacks sagemaker:DescribeApp"
        return None, f"DescribeApp: {error.code or error.status}"
    except RelayError as error:
        return None, f"DescribeApp: {error.code}"
    spec = answer.get("ResourceSpec")
    arn = answer.get("BuiltInLifecycleConfigArn") or (
        spec.get("LifecycleConfigArn") if isinstance(spec, dict) else None
    )
    return (arn, "") if isinstance(arn, str) else (None, "the app has none attached")
