"""Gates in front of every upstream of the sandbox: faults, latency and counts."""

from __future__ import annotations

from .control import ControlServer
from .faults import FAULTS, Fault, FaultBoard, UnknownFault
from .proxy import Gate

__all__ = ["FAULTS", "ControlServer", "Fault", "FaultBoard", "Gate", "UnknownFault"]
