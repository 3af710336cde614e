"""Which network addresses an upstream may have."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

#: Instance, container and pod metadata live on link-local addresses and on
#: AWS's unique local block; both hand out credentials to whoever asks.
_METADATA_V6 = ipaddress.ip_network("fd00:ec2::/32")


def refused_address(text: str) -> str | None:
    """Why an IP address may not be an upstream, None if it may (or is no IP)."""
    try:
        address = ipaddress.ip_address(text.strip("[]").split("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address in _METADATA_V6:
            return "a metadata address"
        embedded = address.ipv4_mapped or address.sixtofour
        if embedded is not None:
            return refused_address(str(embedded))
    if address.is_link_local:
        return "a link-local or metadata address"
    if address.is_unspecified or address in ipaddress.ip_network("0.0.0.0/8"):
        return "an unspecified address"
    if address.is_multicast:
        return "a multicast address"
    return None


def is_loopback(host: str) -> bool:
    """Whether a host name or literal stays on this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_url(url: object) -> str:
    """Normalise the address of an upstream: no trailing slash, nothing after.

    Raises
    ------
    ValueError
        With the reason, for an address that must not or cannot be used.
    """
    if not isinstance(url, str) or not url:
        raise ValueError("is missing")
    if any(ord(char) <= 0x20 or ord(char) >= 0x7F or char in '\\<>"^`{|}' for char in url):
        raise ValueError("has characters that a URL cannot have")
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("must be an http or https URL")
    if "@" in parts.netloc:
        raise ValueError("must not hold a user or password; use auth instead")
    if parts.query or parts.fragment or url.endswith(("?", "#")):
        raise ValueError("must not have a query or a fragment")
    if any(part in ("..", ".") for part in parts.path.split("/")) or "//" in parts.path:
        raise ValueError("has a path with .. or //")
    try:
        port = parts.port
    except ValueError as error:
        raise ValueError("has a port that is no number") from error
    if port == 0:
        raise ValueError("has port 0")
    reason = refused_address(host)
    if reason:
        raise ValueError(f"is {reason}, which is never allowed")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError("must use https (http is for this machine only)")
    return url.rstrip("/")
