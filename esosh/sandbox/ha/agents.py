"""The agents of a simulated box, with the parameters and the timeouts that they have on ESOS.

Source: misc/ocf of ESOS; resource-agents 4.2 for the others, of which the common parameters are here.
"""

from __future__ import annotations

import fnmatch
import xml.etree.ElementTree as ET
from collections.abc import Mapping

FOLDER = "/usr/lib/ocf/resource.d"
_GROUPS = ("device_group the SCST device group", "local_tgt_grp the target group with the ports of this node",
           "remote_tgt_grp the target group with the ports of the other node")
_STATES = ("m_alua_state=active the ALUA state of the Master's ports",
           "s_alua_state=nonoptimized the ALUA state of the Slave's ports",
           "remote_inact_state=offline the state of the ports of a node that is away")
_SWITCHES = ("use_trans_state=false go through transitioning",
             "set_dev_active=false set active of the devices, too",
             "issue_lip=false issue a LIP when the state changes")
_AGENTS: Mapping[str, tuple[tuple[str, ...], Mapping[str, int]]] = {
    "esos/scst": (("alua=false set ALUA states", *_GROUPS, *_STATES, *_SWITCHES,
                   "redirect_mode=false start passive"),
                  {"start": 120, "stop": 90, "monitor": 20, "promote": 60, "demote": 60, "notify": 20}),
    "esos/alua": ((*_GROUPS, *_STATES, *_SWITCHES, "trans_notify=false set transitioning before a change"),
                  {"start": 90, "stop": 60, "monitor": 20, "promote": 60, "demote": 60, "notify": 20}),
    "esos/ana": (("subsys_name the NVMe subsystem", "ana_group_id the ANA group"), {"start": 90, "stop": 60}),
    "esos/nvmet": (("state where the state is kept",), {"start": 20, "stop": 40, "monitor": 20}),
    "esos/syncro": (("device_group the SCST device group",), {"start": 60, "stop": 20, "monitor": 20}),
    "pacemaker/ClusterMon": (("user=root the user that crm_mon runs as", "update=15 seconds between updates",
                              "extra_options more options of crm_mon"), {"start": 20, "stop": 20}),
    "pacemaker/Dummy": (("fake a value without an effect", "state where the state is kept"),
                        {"start": 20}),
    "pacemaker/Stateful": (("state where the state is kept",), {"start": 20, "promote": 10, "demote": 10}),
    "pacemaker/ping": (("host_list the hosts to ping",), {"start": 60, "monitor": 60}),
    "pacemaker/controld": ((), {"start": 90, "stop": 100}),
    "heartbeat/Filesystem": (("device the device", "directory where it is mounted", "fstype its type",
                              "options of mount"), {"start": 60, "stop": 60, "monitor": 40}),
    "heartbeat/IPaddr2": (("ip the address", "cidr_netmask the prefix", "nic the interface"), {"start": 20}),
    "linbit/drbd": (("drbd_resource the resource of DRBD",), {"start": 240, "stop": 100, "monitor": 20}),
}
_ONES = ("stonith:*", "systemd:*", "lsb:*")  # agents of other kinds, of which the sandbox knows nothing


def files() -> dict[str, str]:
    """The files of the agents, by their paths."""
    text = "#!/bin/sh\n# an agent of a sandbox: nothing runs it\nexit 1\n"
    return {f"{FOLDER}/{name}": text for name in _AGENTS}


def metadata(agent: str) -> str | None:
    """What crm_resource --show-metadata prints of an agent; None for one that is not installed."""
    standard, _, name = agent.partition(":")
    if any(fnmatch.fnmatchcase(agent, pattern) for pattern in _ONES):
        return "<resource-agent/>\n"
    found = _AGENTS.get(name.replace(":", "/")) if standard == "ocf" else None
    if found is None:
        return None
    root = ET.Element("resource-agent", name=name.rpartition(":")[2])
    parameters, actions = ET.SubElement(root, "parameters"), ET.SubElement(root, "actions")
    for text in found[0]:
        key, _, meaning = text.partition(" ")
        own, _, default = key.partition("=")
        parameter = ET.SubElement(parameters, "parameter", name=own)
        ET.SubElement(parameter, "shortdesc").text = meaning
        kind = "boolean" if default in ("true", "false") else "string"
        ET.SubElement(parameter, "content", {"type": kind, **({"default": default} if default else {})})
    for action, seconds in found[1].items():
        ET.SubElement(actions, "action", name=action, timeout=f"{seconds}s")
    return ET.tostring(root, encoding="unicode") + "\n"
