"""SCST's modules loaded and unloaded: the tree of an SCST that nobody has configured yet."""

from __future__ import annotations

from collections.abc import Sequence

from . import scst_groups, scst_iscsi, scst_local, scst_pass, scst_sessions, scst_targets, scst_trace
from .kernel import Kernel
from .scst_attributes import Attribute, Attributes, make, readable, silent, writable
from .scst_handlers import HANDLERS
from .scst_names import NOTES, ROOT
from .tree import Tree

_VERSION = (
    "SCST version: 3.11.0-pre\nSCST build date: \nSCST build number: \nSCST git commit sha1: \n"
    "SCST kver: 6.1.0-50-amd64\nSCST arch type: \nSCST config: TRACING"
)
ATTRIBUTES: Attributes = {
    **writable(
        async_lun_replace="0", force_global_sgv_pool="0", max_tasklet_cmd="10", measure_latency="0", poll_us="0",
        setup_id="0x0", suspend="0", threads="2",
    ),
    **readable(last_sysfs_mgmt_res="0", version=_VERSION),
    **silent("trace_cmds", "trace_mcmds"),
    "cluster_name": Attribute(""),
    "trace_level": scst_trace.level(),
}

_TARGETS = f"{ROOT}/targets"
_FC_HOSTS = "/sys/class/fc_host"


def load(kernel: Kernel, fc_ports: Sequence[str], local: bool = False, disks: Sequence[str] = ()) -> None:
    """Load SCST with its drivers copy_manager, iscsi and, for the Fibre Channel ports, qla2x00t.

    `local`: with scst_local too; `disks`: the SCSI devices H:C:I:L that it finds.
    """
    with kernel.command() as tree:
        make(tree, ROOT, ATTRIBUTES)
        tree.mkdir(f"{ROOT}/devices")
        tree.put(f"{scst_groups.GROUPS}/mgmt", scst_groups.GROUPS_MGMT)
        scst_pass.find(tree, disks)
        _handlers(tree)
        _copy_manager(tree)
        _cards(tree, fc_ports)
        _drivers(tree, fc_ports)
        if local:
            make(tree, f"{_TARGETS}/scst_local", scst_local.DRIVER)
            tree.put(f"{_TARGETS}/scst_local/mgmt", scst_local.MGMT)
            scst_local.make_first(tree, f"{_TARGETS}/scst_local")


def unload(kernel: Kernel) -> None:
    """Unload SCST; what was configured is gone."""
    with kernel.command() as tree:
        tree.remove(ROOT)
        tree.remove(NOTES)


def _handlers(tree: Tree) -> None:
    for name, handler in HANDLERS.items():
        own = scst_trace.VDISK if handler.parameters else ()
        tree.put(f"{ROOT}/handlers/{name}/mgmt", handler.mgmt())
        make(tree, f"{ROOT}/handlers/{name}", {**handler.files(), "trace_level": scst_trace.level(*own)})
    make(tree, f"{ROOT}/handlers/dev_disk", writable(pr_dump_dir=""))


def _copy_manager(tree: Tree) -> None:
    driver = f"{_TARGETS}/copy_manager"
    make(tree, driver, {**writable(allow_not_connected_copy="0"), "dif_capabilities": scst_targets.COPY["dif_capabilities"]})
    scst_targets.make_target(tree, scst_sessions.COPY_MANAGER, scst_targets.COPY)
    scst_sessions.open_session(tree, scst_sessions.COPY_MANAGER, "copy_manager_sess", scst_sessions.COPY)


def _cards(tree: Tree, fc_ports: Sequence[str]) -> None:
    """The ports that are in the box now: a card may have been exchanged."""
    tree.remove(_FC_HOSTS)
    for number, port in enumerate(fc_ports):
        tree.put(f"{_FC_HOSTS}/host{number}/port_name", f"0x{port.replace(':', '')}\n", 0o444)
        tree.put(f"{_FC_HOSTS}/host{number}/issue_lip", "", 0o200)


def _drivers(tree: Tree, fc_ports: Sequence[str]) -> None:
    make(tree, f"{_TARGETS}/iscsi", scst_iscsi.DRIVER)
    tree.put(f"{_TARGETS}/iscsi/mgmt", scst_iscsi.MGMT)
    if not fc_ports:
        return
    trace = {name: scst_iscsi.DRIVER[name] for name in ("trace_level", "version")}
    make(tree, f"{_TARGETS}/qla2x00t", trace)
    for port in fc_ports:
        scst_targets.make_target(tree, f"{_TARGETS}/qla2x00t/{port}", scst_targets.PORT)
