"""Tests of one behaviour on two hosts: the sandbox, and a real kernel in a virtual machine.

Outside the machine a test on the kernel has the reports that the same test got inside.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Optional

import pytest
import vm
from kernel_box import KernelBox

from esosh.host import Host

_INSIDE = os.environ.get(vm.INSIDE)


@pytest.fixture(params=["sandbox", pytest.param("kernel", marks=pytest.mark.kernel)])
def machine(request: pytest.FixtureRequest) -> Host:
    """A box with NICs eth0 to eth5 that has just booted."""
    if request.param == "kernel":
        return KernelBox()
    box: Host = request.getfixturevalue("box")
    return box


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if _INSIDE:
        others = [item for item in items if not item.get_closest_marker("kernel")]
        items[:] = [item for item in items if item not in others]
        config.hook.pytest_deselected(items=others)


def pytest_runtest_protocol(item: pytest.Item, nextitem: Optional[pytest.Item]) -> object:
    if _INSIDE or not item.get_closest_marker("kernel"):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in _reports(item):
        item.ihook.pytest_runtest_logreport(report=report)
    item.session._setupstate.teardown_exact(nextitem)  # type: ignore[attr-defined]
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _reports(item: pytest.Item) -> list[pytest.TestReport]:
    missing = vm.missing()
    if missing and not os.environ.get("CI"):
        location = (str(item.path), item.location[1], f"Skipped: {missing}")
        return [_report(item, "skipped", location)]
    if missing:
        return [_report(item, "failed", missing)]
    folder = _folder(item.config)
    found = vm.reports(folder, str(Path(__file__).parent.relative_to(vm.PROJECT))).get(item.nodeid)
    if not found:
        return [_report(item, "failed", f"the machine gave no report of it:\n{vm.log(folder)}")]
    return [item.config.hook.pytest_report_from_serializable(config=item.config, data=data) for data in found]


def _report(item: pytest.Item, outcome: str, reason: object) -> pytest.TestReport:
    return pytest.TestReport(item.nodeid, item.location, {}, outcome, reason, "setup")  # type: ignore[arg-type]


def _folder(config: pytest.Config) -> Path:
    """A folder that all processes of one run share."""
    factory: pytest.TempPathFactory = config._tmp_path_factory  # type: ignore[attr-defined]
    base = factory.getbasetemp()
    shared = (base.parent if hasattr(config, "workerinput") else base) / "vm"
    shared.mkdir(exist_ok=True)
    return shared


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if _INSIDE:
        data = report._to_json()
        with open(f"{_INSIDE}/reports.jsonl", "a") as lines:
            lines.write(json.dumps({**data, "$report_type": "TestReport"}) + "\n")
