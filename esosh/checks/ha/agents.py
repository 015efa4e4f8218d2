"""What agents need: that they are installed, and what those of ESOS check when they start.

Source: misc/ocf/esos/scst and alua of ESOS. They never apply the defaults that their metadata advertise, and
Pacemaker does not, either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...config.ha import Element, Ha, holder_of
from ...executors.ha.changing import Facts
from .. import Finding

_STATES = ("active", "nonoptimized", "standby", "unavailable", "offline", "transitioning")
_NEEDED = {  # parameters, each with the value that the agent advertises; "" for none
    "device_group": "", "local_tgt_grp": "", "remote_tgt_grp": "", "m_alua_state": "active",
    "s_alua_state": "nonoptimized", "remote_inact_state": "offline",
}
_STATE_KEYS = ("m_alua_state", "s_alua_state", "remote_inact_state")
_SWITCHES = frozenset(f"alua={word}" for word in ("true", "yes", "on", "1"))  # of ocf:esos:scst
_COUNTS = {"master-max": "1", "master-node-max": "1", "clone-node-max": "1"}
_STOPPING = {"ocf:esos:scst": 90, "ocf:esos:alua": 60}  # seconds that the agent advises
_CURLY = "\u201c\u201d\u201e\u201f"
_UNITS = {"": 1.0, "s": 1.0, "sec": 1.0, "ms": 0.001, "m": 60.0, "min": 60.0, "h": 3600.0, "hr": 3600.0}


def findings(ha: Ha, known: Ha, facts: Facts) -> Iterator[Finding]:
    """Of the primitives that are not the same in `known`, or whose clone is not."""
    for name, element in ha.resources.items():
        holder = holder_of(ha, name)
        same = known.resources.get(name) == element and (
            not holder or known.resources.get(holder) == ha.resources[holder])
        if element.tag == "primitive" and not same:
            yield from _installed(name, element, facts)
            yield from _curly(name, element)
            yield from _of_esos(name, element, holder, ha)


def agent_of(element: Element) -> str:
    """The name of a primitive's agent; "" where a template has it."""
    names = [element.attributes.get(key, "") for key in ("class", "provider", "type")]
    return ":".join(filter(None, names))


def _installed(name: str, element: Element, facts: Facts) -> Iterator[Finding]:
    agent = agent_of(element)
    if agent and not facts.has_agent(agent):
        text = f"its agent {agent} is not installed on this host"
        yield Finding("E411", "ha", f"ha {name}", text, overridable=True)


def _curly(name: str, element: Element) -> Iterator[Finding]:
    for key, value in _values(element, "instance_attributes").items():
        if any(mark in value for mark in _CURLY):
            plain = "".join(letter for letter in value if letter not in _CURLY)
            text = f"{key} has the quotation marks of a printed text in its value"
            yield Finding("W415", "ha", f"ha {name}", text, f"ha set {name} params {key}={plain}")


def _of_esos(name: str, element: Element, holder: str, ha: Ha) -> Iterator[Finding]:
    agent, params = agent_of(element), _values(element, "instance_attributes")
    if agent not in _STOPPING:
        return
    switches = {f"{key}={value.lower()}" for key, value in params.items()} & _SWITCHES
    if agent == "ocf:esos:alua" or switches:
        yield from _parameters(name, params)
        yield from _counts(name, holder, ha)
    yield from _stop(name, agent, element)


def _parameters(name: str, params: Mapping[str, str]) -> Iterator[Finding]:
    missing = [key for key in _NEEDED if not params.get(key)]
    if missing:
        advised = [f"{key}={_NEEDED[key] or key.upper()}" for key in missing]
        text = f"its agent does not start or stop without {' '.join(missing)}"
        hint = f"ha set {name} params {' '.join(advised)}"
        yield Finding("E412", "ha", f"ha {name}", text, hint, overridable=True)
    for key in _STATE_KEYS:
        if params.get(key) and params[key] not in _STATES:
            text = f"{key} is {params[key]}, which is no ALUA state: {' '.join(_STATES)}"
            yield Finding("E412", "ha", f"ha {name}", text, f"ha set {name} params {key}={_NEEDED[key]}")


def _counts(name: str, holder: str, ha: Ha) -> Iterator[Finding]:
    meta = _values(ha.resources[holder], "meta_attributes") if holder else {}
    wrong = {key: meta[key] for key in _COUNTS if meta.get(key, "1") != _COUNTS[key]}
    if wrong:
        given = " ".join(f"{key}={value}" for key, value in wrong.items())
        text = f"the agent of {name} does not start with {given}"
        hint = f"ha set {holder} meta {' '.join(f'{key}={_COUNTS[key]}' for key in wrong)}"
        yield Finding("E413", "ha", f"ha {holder}", text, hint, overridable=True)


def _stop(name: str, agent: str, element: Element) -> Iterator[Finding]:
    stops = [op for op in _operations(element) if op.attributes.get("name") == "stop"]
    seconds = _seconds(stops[0].attributes.get("timeout", "")) if stops else None
    if seconds is not None and seconds < _STOPPING[agent]:
        text = f"it has {seconds:g} seconds to stop; its agent advises {_STOPPING[agent]}"
        yield Finding("W414", "ha", f"ha {name}", text, f"ha set {name} op stop timeout={_STOPPING[agent]}")


def _operations(element: Element) -> Iterator[Element]:
    for child in element.children.values():
        yield from child.children.values() if child.tag == "operations" else ()


def _seconds(text: str) -> float | None:
    """How long a time of Pacemaker's is; None for what is none."""
    digits = text[: len(text) - len(text.lstrip("0123456789"))]
    unit = text[len(digits) :].strip()
    return float(digits) * _UNITS[unit] if digits and unit in _UNITS else None


def _values(element: Element, tag: str) -> dict[str, str]:
    """The attributes in the sets of a kind."""
    pairs = (pair.attributes for child in element.children.values() if child.tag == tag
             for pair in child.children.values())
    return {pair.get("name", ""): pair.get("value", "") for pair in pairs}
