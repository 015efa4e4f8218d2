"""Resources as the agents of ESOS need them, with every parameter given and the timeouts that they advise.

Source: misc/ocf/esos/scst and alua of ESOS, whose advertised defaults nobody applies.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...config import Config
from ...errors import Refused
from .. import Edit, Keyword, Pairs, values_by_key
from ..parse import parse

_STATES = {"m_alua_state": "active", "s_alua_state": "nonoptimized", "remote_inact_state": "offline"}
_GROUPS = {"device_group": "", "local_tgt_grp": "local", "remote_tgt_grp": "remote", **_STATES}
_ALUA = " ".join(f"{key}={{{key}}}" for key in _GROUPS)
_ROLES = "op monitor interval=10 timeout=20 role=Master op monitor interval=20 timeout=20 role=Slave"
_MOVES = "op promote interval=0 timeout=60 op demote interval=0 timeout=60"
_SCST = "op start interval=0 timeout=120 op stop interval=0 timeout=90"
_ONE_MASTER = "meta master-max=1 master-node-max=1 clone-max=2 clone-node-max=1 notify=true interleave=true"
_BOTH = (f"ha primitive p_scst ocf:esos:scst {_SCST} op monitor interval=30 timeout=20",
         "ha clone clone_scst p_scst meta clone-max=2 clone-node-max=1 notify=true interleave=true")

_LINES: Mapping[str, tuple[str, ...]] = {
    "scst-single": _BOTH[:1],
    "scst-clone": _BOTH,
    "scst-ms": (f"ha primitive p_scst ocf:esos:scst params alua=true {_ALUA} {_ROLES} {_SCST} {_MOVES}",
                f"ha ms ms_scst p_scst {_ONE_MASTER}"),
    "alua-ms": (*_BOTH,
                f"ha primitive p_alua_{{device_group}} ocf:esos:alua params {_ALUA} {_ROLES} "
                f"op start interval=0 timeout=90 op stop interval=0 timeout=60 {_MOVES}",
                f"ha ms ms_alua_{{device_group}} p_alua_{{device_group}} {_ONE_MASTER}",
                "ha order scst_before_{device_group} Mandatory: clone_scst ms_alua_{device_group}"),
    "mail-notify": ('ha primitive p_notify ocf:pacemaker:ClusterMon params user=root update=30 '
                    'extra_options="-E /usr/local/bin/crm_mon_email.sh -e {mail}" '
                    "op monitor interval=10 timeout=20 on-fail=restart",
                    "ha clone clone_notify p_notify meta interleave=true target-role={target-role}"),
}
_KEYS: Mapping[str, Mapping[str, str]] = {  # of each template, with their defaults; "" for none
    "scst-ms": _GROUPS, "alua-ms": _GROUPS, "mail-notify": {"mail": "root", "target-role": "Stopped"},
}


class HaTemplateApply(Edit):
    """Make the resources of a template."""

    template: Keyword
    settings: Pairs = ()

    def edit(self, config: Config) -> Config:
        for line in self.lines():
            edit = parse(line)
            assert isinstance(edit, Edit)
            config = edit.edit(config)
        return config

    def lines(self) -> tuple[str, ...]:
        """The lines that make them. Raises Refused for a key that it has not, or that it needs."""
        defaults = _KEYS.get(self.template, {})
        given = {key: str(value) for key, value in values_by_key(self.settings).items()}
        unknown = next((key for key in given if key not in defaults), "")
        if unknown:
            expected = f"it has {' '.join(defaults)}" if defaults else "it has no keys"
            raise Refused(f"{self.template} has no {unknown}; {expected}", word=unknown, code="E202")
        values = {**defaults, **given}
        missing = next((key for key, value in values.items() if not value), "")
        if missing:
            hint = f"{self} {missing}=NAME"
            raise Refused(f"{self.template} needs {missing}", hint=hint, code="E259")
        return tuple(line.format_map(values) for line in _LINES[self.template])

    def note(self, config: Config) -> str:
        return "; ".join(self.lines())
