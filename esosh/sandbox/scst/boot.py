"""Loading and unloading SCST's modules: the tree of an SCST that nobody has configured yet."""

from __future__ import annotations

from collections.abc import Sequence

from ..kernel import Kernel
from ..tree import Tree
from . import groups, iscsi, passthrough, sessions, targets
from . import local as scst_local
from . import trace as scst_trace
from .attributes import Attribute, Attributes, empty, put_attributes, read_only, writable
from .handlers import HANDLERS
from .names import NOTES, ROOT

_VERSION = (
    "SCST version: 3.11.0-pre\nSCST build date: \nSCST build number: \nSCST git commit sha1: \n"
    "SCST kver: 6.1.0-50-amd64\nSCST arch type: \nSCST config: TRACING"
)
ATTRIBUTES: Attributes = {
    **writable(
        async_lun_replace="0", force_global_sgv_pool="0", max_tasklet_cmd="10", measure_latency="0",
        poll_us="0", setup_id="0x0", suspend="0", threads="2",
    ),
    **read_only(last_sysfs_mgmt_res="0", version=_VERSION),
    **empty("trace_cmds", "trace_mcmds"),
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
        put_attributes(tree, ROOT, ATTRIBUTES)
        tree.mkdir(f"{ROOT}/devices")
        tree.put(f"{groups.GROUPS}/mgmt", groups.GROUPS_MGMT)
        passthrough.put_disks(tree, disks)
        _put_handlers(tree)
        _put_copy_manager(tree)
        _put_fc_hosts(tree, fc_ports)
        _put_iscsi(tree)
        if fc_ports:
            _put_fc_targets(tree, fc_ports)
        if local:
            _put_local(tree)


def unload(kernel: Kernel) -> None:
    """Unload SCST; what was configured is gone."""
    with kernel.command() as tree:
        tree.remove(ROOT)
        tree.remove(NOTES)


def _put_handlers(tree: Tree) -> None:
    for name, handler in HANDLERS.items():
        folder = f"{ROOT}/handlers/{name}"
        levels = scst_trace.VDISK if handler.parameters else ()
        tree.put(f"{folder}/mgmt", handler.mgmt())
        put_attributes(tree, folder, {**handler.files(), "trace_level": scst_trace.level(*levels)})
    put_attributes(tree, f"{ROOT}/handlers/dev_disk", writable(pr_dump_dir=""))


def _put_copy_manager(tree: Tree) -> None:
    own = {**writable(allow_not_connected_copy="0"), "dif_capabilities": targets.COPY["dif_capabilities"]}
    put_attributes(tree, f"{_TARGETS}/copy_manager", own)
    targets.put_target(tree, sessions.COPY_MANAGER, targets.COPY)
    sessions.open_session(tree, sessions.COPY_MANAGER, "copy_manager_sess", sessions.COPY)


def _put_fc_hosts(tree: Tree, fc_ports: Sequence[str]) -> None:
    """Stage the ports that are in the box now: a card may have been exchanged."""
    tree.remove(_FC_HOSTS)
    for number, port in enumerate(fc_ports):
        tree.put(f"{_FC_HOSTS}/host{number}/port_name", f"0x{port.replace(':', '')}\n", 0o444)
        tree.put(f"{_FC_HOSTS}/host{number}/issue_lip", "", 0o200)


def _put_iscsi(tree: Tree) -> None:
    put_attributes(tree, f"{_TARGETS}/iscsi", iscsi.DRIVER)
    tree.put(f"{_TARGETS}/iscsi/mgmt", iscsi.MGMT)


def _put_fc_targets(tree: Tree, fc_ports: Sequence[str]) -> None:
    driver = f"{_TARGETS}/qla2x00t"
    put_attributes(tree, driver, {name: iscsi.DRIVER[name] for name in ("trace_level", "version")})
    for port in fc_ports:
        targets.put_target(tree, f"{driver}/{port}", targets.PORT)


def _put_local(tree: Tree) -> None:
    driver = f"{_TARGETS}/scst_local"
    put_attributes(tree, driver, scst_local.DRIVER)
    tree.put(f"{driver}/mgmt", scst_local.MGMT)
    scst_local.put_first(tree, driver)
