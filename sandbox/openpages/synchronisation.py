"""Links that the query service does not show yet, or still shows.

Whether the real query service lags behind a write is not documented; with a delay the
sandbox shows what a client does while it waits.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Link = tuple[str, str]
"""Resource IDs of parent and child."""


@dataclass
class Synchronisation:
    """Links by the moment from which the query service tells of their change."""

    seconds: float = 0.0
    """How long a change stays unseen."""
    unseen: dict[Link, float] = field(default_factory=dict)
    """Made, but not shown yet."""
    ghosts: dict[Link, float] = field(default_factory=dict)
    """Removed, but still shown."""

    def added(self, parent: str, child: str, now: float) -> None:
        """A link was made."""
        self._changed((parent, child), now, self.unseen, self.ghosts)

    def removed(self, parent: str, child: str, now: float) -> None:
        """A link was removed."""
        self._changed((parent, child), now, self.ghosts, self.unseen)

    def _changed(
        self, link: Link, now: float, late: dict[Link, float], undone: dict[Link, float]
    ) -> None:
        if undone.pop(link, None) is None and self.seconds > 0:
            late[link] = now + self.seconds

    def settle(self, now: float) -> bool:
        """Forget what is due; tells whether anything was."""
        due = False
        for late in (self.unseen, self.ghosts):
            for link in [link for link, moment in late.items() if moment <= now]:
                del late[link]
                due = True
        return due

    @property
    def pending(self) -> bool:
        """Whether anything is late."""
        return bool(self.unseen or self.ghosts)
