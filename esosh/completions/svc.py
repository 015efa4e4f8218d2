"""svc: services."""

from __future__ import annotations

from collections.abc import Mapping

from ..config.svc import Service
from . import Context, Names, except_typed, merged


def service(context: Context) -> Names:
    """Services, without those that the line has."""
    services = merged(context.current.svc, context.candidate.svc, _described)
    return except_typed(context.words_of("SERVICE"), services)


def values(context: Context) -> Mapping[str, str]:
    """Of the service that the line names."""
    service = context.candidate.svc.get(context.word("SERVICE") or "")
    return {"opts": service.opts or ""} if service else {}


def _described(name: str, service: Service) -> str:
    state = "enabled" if service.enabled else "disabled"
    return f"{state}, opts {service.opts}" if service.opts else state
