"""The lines of crm that set options: of the cluster, of all resources, of all operations, of a node."""

from __future__ import annotations

from typing import ClassVar, Optional

from ...config import Config
from ...config.ha import Element, Elements
from ...records import replace
from .. import Edit, Pairs, values_by_key
from .elements import with_elements
from .parts import OF_NODE, attribute_set, option_pairs, parts_of, values, with_part, with_values


class _Options(Edit):
    """Sets options of a set, which is made where it is not there."""

    options: Optional[str]
    pairs: Pairs

    SECTION: ClassVar[str]
    TAG: ClassVar[str] = "meta_attributes"
    NAME: ClassVar[str]  # of the set that is meant where no name is given

    def subject(self) -> str:
        return (self.options or self.NAME).rstrip(":")

    def edit(self, config: Config) -> Config:
        sets: Elements = getattr(config.ha, self.SECTION)
        name = self._name(sets)
        changed = with_values(sets.get(name, Element(self.TAG)), name, values_by_key(self.pairs))
        return config.having(ha=with_elements(config.ha, self.SECTION, {name: changed}))

    def _name(self, sets: Elements) -> str:
        """The name of the set: the one that is there, where none is given."""
        given = (self.options or "").rstrip(":")
        return given or (self.NAME if self.NAME in sets else next(iter(sets), self.NAME))


class HaProperty(_Options):
    """Options of the cluster."""

    SECTION = "crm_config"
    TAG = "cluster_property_set"
    NAME = "cib-bootstrap-options"


class HaRscDefaults(_Options):
    """Meta attributes of resources that have none of their own."""

    WORDS = ("ha", "rsc_defaults")
    SECTION = "rsc_defaults"
    NAME = "rsc-options"


class HaOpDefaults(_Options):
    """Attributes of operations that have none of their own."""

    WORDS = ("ha", "op_defaults")
    SECTION = "op_defaults"
    NAME = "op-options"


_BY_SECTION = {kind.SECTION: kind for kind in (HaProperty, HaRscDefaults, HaOpDefaults)}


class HaNode(Edit):
    """Attributes of a node."""

    node: str
    uname: str
    parts: Pairs = ()

    def subject(self) -> str:
        return self.node.rstrip(":")

    def edit(self, config: Config) -> Config:
        name = self.node.rstrip(":")
        node = config.ha.nodes.get(name, Element("node", {"uname": self.uname}))
        children = dict(node.children)
        for part in self.parts:
            children = with_part(children, name, part)
        return config.having(ha=with_elements(config.ha, "nodes", {name: replace(node, children=children)}))


def line_of(section: str, name: str, element: Element) -> Optional[Edit]:
    """The line of crm for a set of options, or for a node; None where there is none."""
    if section == "nodes":
        return HaNode(f"{name}:", element.attributes.get("uname", ""), tuple(parts_of(element, OF_NODE)))
    kind = _BY_SECTION.get(section)
    pairs = option_pairs(values(element))
    return kind(f"{name}:", pairs) if kind and pairs else None


def made_by(line: Edit) -> Element:
    """What a line of options makes out of nothing."""
    if isinstance(line, HaNode):
        config = line.edit(Config())
        return config.ha.nodes[line.node.rstrip(":")]
    assert isinstance(line, _Options)
    name = line._name({})
    return attribute_set(line.TAG, name, values_by_key(line.pairs))
