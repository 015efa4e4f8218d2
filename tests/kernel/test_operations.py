"""A short version of the campaign of random operations in `make campaign`."""

from __future__ import annotations

from pathlib import Path

import pytest
from kernel_box import KernelBox
from net_operations import OPERATIONS, RUNS, compare

from esosh.sandbox import Sandbox


@pytest.mark.kernel
@pytest.mark.parametrize("seed", range(RUNS // 10))
def test_random_operations_give_the_same_on_both(seed: int, tmp_path: Path) -> None:
    outcome = compare(seed, OPERATIONS, Sandbox(str(tmp_path / "box"), "esos1"), KernelBox())
    assert outcome.differences == []
