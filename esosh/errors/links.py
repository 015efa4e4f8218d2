"""What the findings on links mean, how they stand to each other and what rc.network makes of them."""

from __future__ import annotations

LINKS = {
    "W387": "rc.network passes over this line of its file, and so does esosh; what follows it may belong to "
            "another section than it seems. Correct the line, or remove it.",
    "E388": "Two links have the same address, so answers come by either. Give one of them another.",
    "W390": "The default gateway is in none of the networks of this box, so it is not reached. Set another "
            "gateway, or the address that is missing.",
    "W391": "A member of a bridge has an address of its own, which nobody reaches: the bridge takes its "
            "traffic. Give the address to the bridge.",
    "E392": "An interface has one master at most, a bond or a bridge. Take it out of one of them.",
    "E393": "The mtu of a VLAN is at most that of the link that it is on. Set a smaller one, or a larger one "
            "on the link.",
    "W394": "When the network starts, rc.network gives the link below a VLAN the mtu of the VLAN, and the "
            "members of a bridge that of the bridge. Give both the same one.",
    "E395": "The driver of an interface does not take this mtu; in datagram mode IPoIB takes 4092 at most. "
            "Set one within its range, or let IPoIB work in connected mode.",
    "W396": "In datagram mode an IPoIB interface has an mtu above 2044 only where the InfiniBand mtu of its "
            "port is 4096. Set 2044, or see ibv_devinfo for the port.",
    "W397": "rc.network makes a VLAN that has no address, and never brings it up. Give it an address, or "
            "bring it up in /etc/rc.local.",
    "W398": "rc.network does not add an ARP target whose text is part of one that is there already. Set the "
            "targets in the order of the hint.",
    "W399": "While no link has a section in network.conf, rc.network asks a DHCP server for an address. With "
            "the first section that ends. Configure the interface that has the address.",
    "W400": "rc.network joins host name and domain, and the host name is missing: the box is called by a dot "
            "and its domain. Set the host name.",
    "W401": "rc.network gives the ethtoolopts of a bond or a bridge to what is part of it, at the start of "
            "the network; a commit does not. Set them for each interface that has a section.",
}
