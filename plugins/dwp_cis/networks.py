"""From where officers may ask: nobody looks anybody up from abroad.

Source: formats page dwp_cis.md, sections 3 ("network location in the allowed list") and 12 ("offshore").
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from plugins.dwp_cis.settings import DwpSettings


def why_outside(address: str | None, settings: DwpSettings) -> str | None:
    """Why what came from this address is refused; None = it may. Who sits at the hub's machine has none."""
    if not settings.networks or address is None:
        return None
    try:
        found = _plain(ip_address(address))
    except ValueError:
        return _SENTENCE
    return None if any(found in ip_network(one) for one in settings.networks) else _SENTENCE


_SENTENCE = "NETWORK: the officer was in none of the networks from which they may ask"


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """That of IPv4 which some servers write as one of IPv6."""
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
