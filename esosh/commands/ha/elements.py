"""The lines of crm that make an element of the CIB: one class for each, and the element that it is."""

from __future__ import annotations

import contextlib
from typing import ClassVar, Optional

from ...config import Config
from ...config.ha import Element, Elements, Ha, remainder, section_of
from ...errors import Refused
from ...executors.ha import tree
from ...records import replace
from .. import Edit, Pairs
from ..names import missing
from .parts import children_of, parts_of


class Making(Edit):
    """An edit that makes an element; it is refused where something else has its name."""

    SECTION: ClassVar[str] = "resources"

    one_list = True

    @property
    def name(self) -> str:
        """The id of what it makes."""
        return self.subject()

    def element(self) -> Element:
        """What it makes."""
        raise NotImplementedError

    def edit(self, config: Config) -> Config:
        name, made = self.name, self.element()
        section = section_of(config.ha, name)
        if section and getattr(config.ha, section)[name] == made:
            return config
        if section:
            raise self._taken(config.ha, section)
        self.require(config.ha)
        return config.having(ha=with_elements(config.ha, self.SECTION, {name: made}))

    def require(self, ha: Ha) -> None:
        """Raises Refused where it names what is not there."""

    def _taken(self, ha: Ha, section: str) -> Refused:
        element = getattr(ha, section)[self.name]
        message = f"there is already a {element.tag} {self.name}, with other settings"
        return Refused(message, word=self.name, hint=self.changing(element), code="E203")

    def changing(self, element: Element) -> str:
        """The line that makes what is there what this line says, as far as there is one."""
        return f"ha del {self.name}"


def with_elements(ha: Ha, section: str, elements: Elements) -> Ha:
    """The configuration with elements of a section in addition, or in the place of those of their names."""
    return replace(ha, **{section: {**getattr(ha, section), **elements}})


def require_resource(ha: Ha, name: str, line: Edit) -> None:
    """Raises Refused, with the names that exist, for a resource that does not."""
    if name not in ha.resources:
        raise missing("resource", name, ha.resources, line)


class HaPrimitive(Making):
    """A resource."""

    resource: str
    agent: str
    parts: Pairs = ()

    TAG: ClassVar[str] = "primitive"

    def changing(self, element: Element) -> str:
        if not self.parts or _agent(element) != self.agent:
            return super().changing(element)
        _, _, parts = str(self).partition(self.agent)
        return f"ha set {self.name}{parts}"

    def element(self) -> Element:
        return Element(self.TAG, _agent_attributes(self.agent), children_of(self.resource, self.parts))

    def require(self, ha: Ha) -> None:
        template = self.agent[1:]
        if self.agent.startswith("@") and template not in ha.resources:
            raise missing("template", template, ha.resources, self)


class HaRscTemplate(HaPrimitive):
    """What primitives have in common."""

    WORDS = ("ha", "rsc_template")
    TAG = "template"


def _agent_attributes(agent: str) -> dict[str, str]:
    """The attributes that name an agent."""
    if agent.startswith("@"):
        return {"template": agent[1:]}
    names = agent.split(":")
    keys = ("class", "provider", "type") if len(names) > 2 else ("class", "type")
    return dict(zip(keys, names))


def _agent(element: Element) -> str:
    names = element.attributes
    if "template" in names:
        return f"@{names['template']}"
    return ":".join(names[key] for key in ("class", "provider", "type") if key in names)


class Holding(Making):
    """An edit that makes a resource of others."""

    TAG: ClassVar[str]

    @property
    def held(self) -> tuple[str, ...]:
        """The resources in it."""
        raise NotImplementedError

    def require(self, ha: Ha) -> None:
        for name in self.held:
            require_resource(ha, name, self)
            holder = next((holder for holder, each in ha.resources.items() if name in each.members), "")
            if holder:
                raise Refused(f"{name} is in {holder} already", word=name, code="E207")


class HaGroup(Holding):
    """Resources that start on one node, one after the other."""

    resource: str
    resources: tuple[str, ...]
    parts: Pairs = ()

    @property
    def held(self) -> tuple[str, ...]:
        return self.resources

    def element(self) -> Element:
        return Element("group", {}, children_of(self.resource, self.parts), self.resources)


class HaClone(Holding):
    """A resource on several nodes."""

    resource: str
    inner: str
    parts: Pairs = ()

    TAG = "clone"

    @property
    def held(self) -> tuple[str, ...]:
        return (self.inner,)

    def element(self) -> Element:
        return Element(self.TAG, {}, children_of(self.resource, self.parts), (self.inner,))


class HaMs(HaClone):
    """A resource on several nodes, of which one is Master."""

    TAG = "master"


class HaTag(Making):
    """A name for several resources."""

    tag: str
    resources: tuple[str, ...]

    SECTION = "tags"

    def element(self) -> Element:
        return Element("tag", {}, {}, self.resources)

    def require(self, ha: Ha) -> None:
        for name in self.resources:
            require_resource(ha, name, self)


class HaXml(Edit):
    """What no other line can say."""

    xml: str

    def __str__(self) -> str:
        return f"ha xml '{self.xml}'" if "'" not in self.xml else super().__str__()

    def subject(self) -> str:
        with contextlib.suppress(ValueError):
            _, elements = tree.read_element(self.xml)
            return next(iter(elements), "")
        return ""

    def edit(self, config: Config) -> Config:
        try:
            section, elements = tree.read_element(self.xml)
        except ValueError as error:
            raise Refused(str(error), word=self.xml, code="E256") from None
        known = getattr(config.ha, section)
        new = {name: element for name, element in elements.items() if known.get(name) != element}
        for name, element in new.items():
            if section_of(config.ha, name) and known.get(name) != remainder(element):
                message = f"{name} is there already, and differs"
                raise Refused(message, word=self.xml, hint=f"ha del {name}", code="E203")
        return config.having(ha=with_elements(config.ha, section, new)) if new else config


def written(ha: Ha, section: str, name: str) -> HaXml:
    """The line that says anything: an element as XML."""
    element = getattr(ha, section)[name]
    text = tree.text_of(tree.written(name, element))
    tag = tree.tag_of(section)
    return HaXml(f"<{tag}>{text}</{tag}>" if element.tag == "meta_attributes" else text)


def line_of(section: str, name: str, element: Element) -> Optional[Making]:
    """The line of crm for a resource or a tag; None where there is none for its kind."""
    parts = tuple(parts_of(element))
    first = element.members[:1]
    if element.tag == "primitive":
        return HaPrimitive(name, _agent(element), parts)
    if element.tag == "template":
        return HaRscTemplate(name, _agent(element), parts)
    if element.tag == "group":
        return HaGroup(name, element.members, parts)
    if element.tag in ("clone", "master") and first:
        return {"clone": HaClone, "master": HaMs}[element.tag](name, first[0], parts)
    return HaTag(name, element.members) if element.tag == "tag" else None
