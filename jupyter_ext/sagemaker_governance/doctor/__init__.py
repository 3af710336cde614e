"""Checks that tell what is wrong with an installation, and what to do about it."""

from __future__ import annotations

from .run import Page, examine

__all__ = ["Page", "examine"]
