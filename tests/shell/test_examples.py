"""Every file in examples/ is in the language, and a fresh box takes it."""

from __future__ import annotations

import pytest
from places import EXAMPLES


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.esh")), ids=lambda file: file.stem)
def test_a_fresh_box_takes_each_example_twice(file, esosh):
    assert esosh("-f", str(file)).status == 0
    again = esosh("-f", str(file))
    assert (again.status, "nothing to do" in again.out) == (0, True)
