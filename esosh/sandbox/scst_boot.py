"""SCST's modules loaded and unloaded: the tree of an SCST that nobody has configured yet."""

from __future__ import annotations

from collections.abc import Sequence

from . import scst_groups, scst_targets
from .kernel import Kernel
from .scst_attributes import Attribute, Attributes, make, readable, silent, writable
from .scst_handlers import HANDLERS
from .scst_names import NOTES, ROOT
from .tree import Tree

ATTRIBUTES: Attributes = {
    **writable(
        async_lun_replace="0", force_global_sgv_pool="0", max_tasklet_cmd="10", measure_latency="0", poll_us="0",
        setup_id="0x0", suspend="0", threads="2",
    ),
    **readable(
        last_sysfs_mgmt_res="0",
        version="SCST version: 3.11.0-pre\nSCST build date: \nSCST build number: \nSCST git commit sha1: ",
    ),
    **silent("trace_cmds", "trace_mcmds"),
    "cluster_name": Attribute(""),
}

_DIF = ", ".join(("dif_supported", *(f"hw_dif_type{kind}_supported" for kind in (1, 2, 3))))


def load(kernel: Kernel, fc_ports: Sequence[str]) -> None:
    """Load SCST with its drivers copy_manager, iscsi and qla2x00t, whose targets are the Fibre Channel ports."""
    with kernel.command() as tree:
        make(tree, ROOT, ATTRIBUTES)
        tree.mkdir(f"{ROOT}/devices")
        tree.put(f"{scst_groups.GROUPS}/mgmt", scst_groups.GROUPS_MGMT)
        _handlers(tree)
        _drivers(tree, fc_ports)


def unload(kernel: Kernel) -> None:
    """Unload SCST; what was configured is gone."""
    with kernel.command() as tree:
        tree.remove(ROOT)
        tree.remove(NOTES)


def _handlers(tree: Tree) -> None:
    for name, handler in HANDLERS.items():
        tree.put(f"{ROOT}/handlers/{name}/mgmt", handler.mgmt())
        make(tree, f"{ROOT}/handlers/{name}", handler.files())
    make(tree, f"{ROOT}/handlers/dev_disk", writable(pr_dump_dir=""))


def _drivers(tree: Tree, fc_ports: Sequence[str]) -> None:
    targets = f"{ROOT}/targets"
    make(tree, f"{targets}/copy_manager", {**writable(allow_not_connected_copy="0"), **readable(dif_capabilities=_DIF)})
    scst_targets.make_target(tree, f"{targets}/copy_manager/copy_manager_tgt", scst_targets.COMMON)
    make(tree, f"{targets}/iscsi", scst_targets.ISCSI_DRIVER)
    tree.put(f"{targets}/iscsi/mgmt", scst_targets.ISCSI_MGMT)
    trace = {name: scst_targets.ISCSI_DRIVER[name] for name in ("trace_level", "version")}
    make(tree, f"{targets}/qla2x00t", trace)
    for port in fc_ports:
        scst_targets.make_target(tree, f"{targets}/qla2x00t/{port}", scst_targets.PORT)
