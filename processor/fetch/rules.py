"""Define which URLs and network addresses pictures may be fetched from.

ssrfguard checks them (IANA's special-purpose registries, IPv4 inside IPv6 in all its forms, hosts that are disguised
addresses); its one known gap is closed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_network
from typing import Final
from urllib.parse import urlsplit

from ssrfguard import DEFAULT_DENIED, AddressTable, Block, Policy, Reach, SSRFGuardError

from processor.errors import EditCode, EditError

# Azure's virtual public address of the host's agent: public by IANA's registry, internal by use.
# https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
WIRE_SERVER: Final = Block(
    network=ip_network("168.63.129.16/32"), name="Azure wire server", rfc="Microsoft", reach=Reach.DENIED
)
FORBIDDEN: Final = AddressTable((*DEFAULT_DENIED.blocks, WIRE_SERVER))
MAX_URL_CHARS: Final = 2_048
MAX_REDIRECTS: Final = 5
MAX_NAMED_CHARS: Final = 80


@dataclass(frozen=True, kw_only=True)
class FetchRules:
    """Limits of one download: *max_bytes*, hosts (none: any public one), ports, *deadline_s* for everything."""

    max_bytes: int
    allowed_hosts: tuple[str, ...] = ()
    allowed_ports: tuple[int, ...] = (80, 443)
    deadline_s: float = 20.0

    @cached_property
    def policy(self) -> Policy:
        """Ssrfguard's policy. One denied address of a name denies the whole name."""
        return Policy(
            denied_networks=FORBIDDEN,
            allowed_ports=frozenset(self.allowed_ports),
            allowed_hosts=frozenset(self.allowed_hosts),
            max_redirects=MAX_REDIRECTS,
            max_url_length=MAX_URL_CHARS,
        )

    def check(self, url: str) -> None:
        """Raise EditError(SOURCE_REFUSED) for a URL that can be refused without DNS."""
        try:
            target = self.policy.check_url(url)
            if target.address is not None:
                self.policy.check_address(target.address)
        except (SSRFGuardError, ValueError) as error:
            raise refused(url, str(error)) from error


def refused(url: str, why: str) -> EditError:
    """Build the error of a refused URL. *why* is for the log only: it may name an address of a private network."""
    name = host_of(url)
    return EditError(
        EditCode.SOURCE_REFUSED,
        f"source {name}: expected a public http or https address, refused: {why.replace(url, name)}",
        public=f"The address of the picture ({name}) cannot be used: expected a public http:// or https:// address on "
        "the usual ports, without credentials. Use another address, or upload the file.",
        details={"host": name},
    )


def host_of(url: str) -> str:
    """Return the host of a URL for texts: paths and queries may hold secrets."""
    try:
        name = urlsplit(url).hostname or ""
    except ValueError:
        name = ""
    return name[:MAX_NAMED_CHARS] or "no host"
