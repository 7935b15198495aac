"""Which addresses pictures may be fetched from, judged without and with a name server.

The judging is ssrfguard's (tables of IANA's special-purpose registries, IPv4 inside IPv6 in all its forms, hosts that
are addresses in disguise); its one known gap is closed here.
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
    """What one fetch may do: *max_bytes* of a picture, hosts (none: any public one), ports, *deadline_s* in all."""

    max_bytes: int
    allowed_hosts: tuple[str, ...] = ()
    allowed_ports: tuple[int, ...] = (80, 443)
    deadline_s: float = 20.0

    @cached_property
    def policy(self) -> Policy:
        """The same in ssrfguard's words. One denied answer of a name server denies the whole name."""
        return Policy(
            denied_networks=FORBIDDEN,
            allowed_ports=frozenset(self.allowed_ports),
            allowed_hosts=frozenset(self.allowed_hosts),
            max_redirects=MAX_REDIRECTS,
            max_url_length=MAX_URL_CHARS,
        )

    def check(self, url: str) -> None:
        """Raise EditError(SOURCE_REFUSED) for what can be refused by its spelling, before anything is asked of DNS."""
        try:
            target = self.policy.check_url(url)
            if target.address is not None:
                self.policy.check_address(target.address)
        except (SSRFGuardError, ValueError) as error:
            raise refused(url, str(error)) from error


def refused(url: str, why: str) -> EditError:
    """Say that *url* is not fetched. *why* goes to the log alone: it may name an address inside somebody's network."""
    name = host_of(url)
    return EditError(
        EditCode.SOURCE_REFUSED,
        f"source {name}: expected a public http or https address, refused: {why.replace(url, name)}",
        public=f"The address of the picture ({name}) cannot be used: expected a public http:// or https:// address on "
        "the usual ports, without credentials. Use another address, or upload the file.",
        details={"host": name},
    )


def host_of(url: str) -> str:
    """Name an address by its host alone: paths and queries may hold secrets."""
    try:
        name = urlsplit(url).hostname or ""
    except ValueError:
        name = ""
    return name[:MAX_NAMED_CHARS] or "no host"
