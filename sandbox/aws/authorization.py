"""Asks a real IAM simulator, since moto does not evaluate conditions.

The simulator is a Node process that is spoken to in JSON lines. It gets the policies
that moto's IAM holds, so that attaching or changing one takes effect at once.
"""

from __future__ import annotations

import atexit
import json
import shutil
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.catalogue.model import REGION

from .errors import QUERY, ApiError
from .identity import Caller

SIDECAR = Path(__file__).with_name("policy.mjs")
START_TIMEOUT = 30.0
"""Seconds to wait for Node to be there."""

ALLOW_ALL = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


class SimulatorError(RuntimeError):
    """The simulator cannot be started, or refuses its input."""


class Simulator:
    """The Node process, with decisions kept by their whole input.

    Raises:
        SimulatorError: Node or its packages are missing.
    """

    def __init__(self) -> None:
        node = shutil.which("node")
        if node is None:
            raise SimulatorError("node is not on the PATH; IAM is decided by a Node simulator.")
        self._lock = threading.Lock()
        self._cache: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {}
        self._process = subprocess.Popen(  # noqa: S603  (our own script, no outside input)
            [node, str(SIDECAR)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        atexit.register(self.close)
        self._ready = False

    def close(self) -> None:
        """End the Node process."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SimulatorError(
                "the IAM simulator ended; run `npm ci` so that "
                "@cloud-copilot/iam-simulate is there (its message is above)"
            )
        answer: dict[str, Any] = json.loads(line)
        return answer

    def wait(self) -> None:
        """Wait until the process answers."""
        with self._lock:
            self._wait()

    def _wait(self) -> None:
        if not self._ready:
            self._read()
            self._ready = True

    def decide(self, simulation: dict[str, Any]) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Decide one request.

        Args:
            simulation: input of ``runSimulation``.

        Returns:
            ``Allowed``, ``ExplicitlyDenied`` or ``ImplicitlyDenied``, and for a refusal
            the kinds of policy behind it as pairs of policy type and denial type.

        Raises:
            SimulatorError: the input is not valid, such as an unknown action.
        """
        key = json.dumps(simulation, sort_keys=True)
        with self._lock:
            known = self._cache.get(key)
            if known is not None:
                return known
            self._wait()
            assert self._process.stdin is not None
            self._process.stdin.write(f'{{"id": 0, "simulation": {key}}}\n')
            self._process.stdin.flush()
            answer = self._read()
            if "error" in answer:
                raise SimulatorError(f"the IAM simulator refused its input: {answer['error']}")
            denials = tuple((d["policyType"], d["denialType"]) for d in answer["denials"])
            decision = (answer["result"], denials)
            if len(self._cache) > 50_000:
                self._cache.clear()
            self._cache[key] = decision
            return decision


@dataclass
class Request:
    """One question to IAM."""

    action: str
    """``service:Operation``."""
    resource: str
    """ARN, or ``*``."""
    account: str
    """Account that owns the resource."""
    context: dict[str, str | list[str]] = field(default_factory=dict)
    resource_policy: dict[str, Any] | None = None


class Authorizer:
    """Decides what callers may do.

    Attributes:
        denied: operations that a service control policy denies to all, to play a
            missing permission; ``*`` denies every SageMaker operation.
    """

    def __init__(self, simulator: Simulator | None) -> None:
        self._simulator = simulator
        self.denied: set[str] = set()

    def _organisation(self) -> list[dict[str, Any]]:
        if not self.denied:
            return []
        deny = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "SwitchedOff",
                    "Effect": "Deny",
                    "Action": sorted(f"sagemaker:{name}" for name in self.denied),
                    "Resource": "*",
                }
            ],
        }
        return [
            {
                "orgIdentifier": "r-sandbox",
                "policies": [
                    {"name": "FullAWSAccess", "policy": ALLOW_ALL},
                    {"name": "SwitchedOff", "policy": deny},
                ],
            }
        ]

    def require(
        self, caller: Caller, policies: list[tuple[str, dict[str, Any]]], request: Request
    ) -> None:
        """Let the request pass or refuse it.

        Args:
            policies: names and documents of the caller's identity-based policies.

        Raises:
            ApiError: ``AccessDeniedException`` with AWS's wording.
            SimulatorError: the question itself is wrong.
        """
        if self._simulator is None:
            return
        context = dict(request.context)
        context["aws:PrincipalAccount"] = caller.account
        if caller.source_identity:
            context["aws:SourceIdentity"] = caller.source_identity
        simulation: dict[str, Any] = {
            "request": {
                "principal": caller.arn,
                "action": request.action,
                "resource": {"resource": request.resource, "accountId": request.account},
                "contextVariables": context,
            },
            "identityPolicies": [{"name": name, "policy": doc} for name, doc in policies],
            "serviceControlPolicies": self._organisation(),
            "resourceControlPolicies": [],
        }
        if request.resource_policy is not None:
            simulation["resourcePolicy"] = request.resource_policy
        result, denials = self._simulator.decide(simulation)
        if result != "Allowed":
            text = self._message(caller, request, result, dict(denials))
            if request.action.startswith(tuple(f"{name}:" for name in QUERY)):
                raise ApiError("AccessDenied", text, 403)
            raise ApiError("AccessDeniedException", text)

    @staticmethod
    def _message(caller: Caller, request: Request, result: str, denials: dict[str, str]) -> str:
        text = f"User: {caller.arn} is not authorized to perform: {request.action}"
        if request.resource != "*" or request.action.startswith("sagemaker:"):
            resource = request.resource
            if resource == "*":
                # AWS names the caller's own account where an action has no resource.
                resource = f"arn:aws:sagemaker:{REGION}:{caller.account}:*"
            text += f" on resource: {resource}"
        kinds = {
            "identity": "an identity-based",
            "resource": "a resource-based",
            "scp": "a service control",
            "pb": "a permissions boundary",
        }
        if result == "ExplicitlyDenied":
            kind = next((k for t, k in kinds.items() if denials.get(t) == "Explicit"), kinds["scp"])
            return f"{text} with an explicit deny in {kind} policy"
        if request.account != caller.account and "identity" not in denials:
            return f"{text} because no resource-based policy allows the {request.action} action"
        return f"{text} because no identity-based policy allows the {request.action} action"
