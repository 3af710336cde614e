"""How the server proves who asks: one authoriser per connection and service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ..spool import Spool


class Authorizer(Protocol):
    """Adds to a request what its upstream wants as proof."""

    async def authorize(
        self, method: str, url: str, headers: Mapping[str, str], body: Spool | None
    ) -> dict[str, str]:
        """Headers to add; `headers` are those that will be sent anyway.

        Raises
        ------
        RelayError
            When there is no proof to be had.
        """

    async def renew(self, refused: Mapping[str, str]) -> bool:
        """The upstream refused a proof: fetch a new one.

        Parameters
        ----------
        refused
            What `authorize` gave. If that is no longer the current proof,
            another request has renewed it and there is nothing to fetch.

        Returns
        -------
        bool
            False when there is nothing to fetch, so that a retry is pointless.
        """
