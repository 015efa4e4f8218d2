"""What ends scstadmin when it starts SCST, each with its line of scst.conf: then nothing is served at all.

Source: scstadmin 3.11 (checkConfiguration, openDevice, condExit); etc/rc.d/rc.scst of ESOS.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Collection, Iterator, Mapping

from ...config.scst import Scst
from ...executors.scst.conf_tree import Key, Node, parse
from ...executors.scst.names import is_device_name
from .. import Finding
from .syntax import numbered

_OWNERS = {"DEVICE": "HANDLER", "TARGET": "TARGET_DRIVER"}
_NAMED = 3  # of the devices that do not start because of one


class Start:
    """The next start of SCST from a file."""

    def __init__(self, text: str) -> None:
        self._text = text

    def refusal(self, code: str, key: Key, text: str, hint: str = "", may_come: bool = False) -> Finding:
        """A finding on an object that ends scstadmin, unless what it lacks comes before SCST starts."""
        number = _lines(self._text).get(key)
        place = f"line {number} of scst.conf: " if number else ""
        return Finding(code, "scst", f"scst {key[1]}", f"{place}SCST will not start: {text}", hint, may_come)

    def missing_file(self, name: str, file: str) -> Finding:
        """The file or disk of a device does not exist."""
        hint, others = f"scst device set {name} active=0", self._others(name)
        gone = f"{file} does not exist now"
        text = f"{gone}, and without it there is no {others} either" if others else gone
        return self.refusal("E365", ("DEVICE", name), text, hint, may_come=True)

    def _others(self, name: str) -> str:
        """The devices of the file that do not start where one does not."""
        others = (other for keyword, other in _lines(self._text) if keyword == "DEVICE" and other != name)
        first = list(itertools.islice(others, _NAMED + 1))
        return " ".join(first[:_NAMED]) + (" ..." if len(first) > _NAMED else "")

    def missing_port(self, name: str, driver: str, port: str, ports: Collection[str]) -> Finding:
        """A port is not on this box, or has another name there."""
        if port != name and port in ports:
            hint = f"scst target rename {name} {port}"
            return self.refusal("E337", ("TARGET", name), f"{driver} knows this port as {port}", hint)
        others = f"; there are: {' '.join(sorted(ports))}" if ports else ""
        text = f"{driver} has no such port on this box now{others}"
        return self.refusal("E337", ("TARGET", name), text, may_come=True)

    def names(self, changed: Scst, running: Collection[str]) -> Iterator[Finding]:
        """Names that SCST accepts for no device. Source: SCST 3.11, scst_register_virtual_device."""
        for name in changed.devices:
            if name not in running and not is_device_name(name):
                text = "the name of a device has up to 64 letters, and neither dots nor slashes"
                yield self.refusal("E369", ("DEVICE", name), text, f"scst device del {name}")


@functools.lru_cache(maxsize=2)
def _lines(text: str) -> Mapping[Key, int]:
    """The line of each device and target of a file; of several with one name the last one counts."""
    root = parse(text)
    return {
        (node.words[0], node.words[1]): number
        for outer, block in numbered(root, 1) for number, node in numbered(block, outer)
        if _is_object(block, node)
    }


def _is_object(block: Node, node: Node) -> bool:
    return len(node.words) > 1 and block.words[:1] == (_OWNERS.get(node.words[0]),)
