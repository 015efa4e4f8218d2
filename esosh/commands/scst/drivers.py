"""scst driver: whole target drivers."""

from __future__ import annotations

from typing import Union

from ...config import Config
from ...config.scst import COPY_MANAGER
from ...errors import Refused
from ...executors.scst.attributes import driver_kind
from ...records import replace
from .. import Command, Edit, Keyword, Pair, Pairs, Removal
from .attributes import set_keys, unset_keys
from .edits import coming_driver, driver_of, put_driver


class ScstDriverEnable(Edit):
    """Enable a whole target driver."""

    driver: str

    def edit(self, config: Config) -> Config:
        return _switch_driver(config, self.driver, self, enabled=True)


class ScstDriverDisable(Removal):
    """Disable a whole target driver."""

    driver: str

    def edit(self, config: Config) -> Config:
        return _switch_driver(config, self.driver, self, enabled=False)


def _switch_driver(config: Config, name: str, line: Command, enabled: bool) -> Config:
    if name == COPY_MANAGER:
        raise Refused(f"{name} has no switch: it is on while SCST runs", word=name, code="E217")
    owner = coming_driver(config, name, line) if enabled else driver_of(config, name, line)
    return put_driver(config, name, replace(owner, enabled=enabled))


class ScstDriverSet(Edit):
    """Change attributes of a target driver."""

    driver: str
    pairs: Pairs

    def edit(self, config: Config) -> Config:
        driver = coming_driver(config, self.driver, self)
        return put_driver(config, self.driver, set_keys(driver, driver_kind(self.driver), self.pairs))


class ScstDriverUnset(Removal):
    """Reset attributes of a target driver to their defaults."""

    driver: str
    keys: tuple[Union[Keyword, Pair], ...]

    def edit(self, config: Config) -> Config:
        driver = driver_of(config, self.driver, self)
        return put_driver(config, self.driver, unset_keys(driver, self.keys, f"driver {self.driver}"))
