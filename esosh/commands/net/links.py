"""What takes settings of a link away, or the link itself."""

from __future__ import annotations

from typing import Any, ClassVar

from ...config import Config
from ...config.lazy import without
from ...config.net import Bond
from ...errors import Refused
from ...errors.names import unknown_name
from ...records import replace
from .. import Keyword, Removal
from .bonds import FIELDS
from .edits import link_of, losses, with_link, without_link
from .values import default_link, with_default

_CALLED = {"bond": "bond", "bridge": "bridge", "vlan": "VLAN", "iface": "interface"}
_LISTS = {"slaves": "slaves", "members": "brmembers"}  # of lists, what network.conf calls them


class _LinkUnset(Removal):
    """Reset keys of a link to their defaults."""

    name: str
    keys: tuple[Keyword, ...]

    kind: ClassVar[str]

    def edit(self, config: Config) -> Config:
        link = link_of(config, self.kind, self.name, self)
        for key in self.keys:
            link = self.without(link, key)
        return with_link(config, self.kind, self.name, link)

    def without(self, link: Any, key: str) -> Any:
        """The link with the default of a key. Raises Refused where the key is at its default.

        A list that its section lacks is there then, and empty.
        """
        default, in_file = default_link(self.kind, self.name), _LISTS.get(key, "")
        if in_file in link.lacking:
            return replace(_not_lacking(link, in_file), **{key: getattr(default, key)})
        return with_default(link, key, default, f"{_CALLED[self.kind]} {self.name}")


class NetBondUnset(_LinkUnset):
    """Reset keys of a bond to their defaults."""

    kind = "bond"

    def without(self, link: Bond, key: str) -> Any:
        """The bond with the default of a key, or without an option."""
        if key in FIELDS:
            return super().without(link, key)
        words = unknown_words(link)
        left = [word for word in words if key not in (word, word.partition("=")[0])]
        if key not in link.options and left == words:
            similar = unknown_name("key", key, (*link.options, *words)).expected
            hint = f"net bond unset {self.name} {similar[0]}" if similar else ""
            raise Refused(f"bond {self.name} has no {key} of its own", word=key, hint=hint, code="E202")
        other = {**without(link.other, "bondopts"), **({"bondopts": " ".join(left)} if left else {})}
        return replace(_not_lacking(link, "bondopts"), options=without(link.options, key), other=other)


def _not_lacking(link: Any, key: str) -> Any:
    return replace(link, lacking=tuple(lacked for lacked in link.lacking if lacked != key))


def unknown_words(bond: Bond) -> list[str]:
    """The words among a bond's options that the bonding driver does not take."""
    return bond.other.get("bondopts", "").split()


class NetBridgeUnset(_LinkUnset):
    """Reset keys of a bridge to their defaults."""

    kind = "bridge"


class NetVlanUnset(_LinkUnset):
    """Reset keys of a VLAN to their defaults."""

    kind = "vlan"


class NetIfaceUnset(_LinkUnset):
    """Reset keys of an interface to their defaults."""

    kind = "iface"


class _LinkDel(Removal):
    """Delete a link, and the VLANs on it."""

    name: str

    kind: ClassVar[str]

    def edit(self, config: Config) -> Config:
        link_of(config, self.kind, self.name, self)
        return config.having(net=without_link(config.net, self.kind, self.name))

    def note(self, config: Config) -> str:
        """What goes with it."""
        return "; ".join(losses(config.net, self.name))


class NetBondDel(_LinkDel):
    """Delete a bond, and the VLANs on it."""

    kind = "bond"


class NetBridgeDel(_LinkDel):
    """Delete a bridge, and the VLANs on it; its members stay."""

    kind = "bridge"


class NetVlanDel(_LinkDel):
    """Delete a VLAN."""

    kind = "vlan"


class NetIfaceDel(Removal):
    """Delete an interface's settings."""

    iface: str

    def edit(self, config: Config) -> Config:
        link_of(config, "iface", self.iface, self)
        return config.having(net=replace(config.net, ifaces=without(config.net.ifaces, self.iface)))
