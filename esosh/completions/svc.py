"""svc: services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..config import Service
from . import Known, Name, merged


def service(known: Known) -> Iterator[Name]:
    """Services, but for those that the line has."""
    said = known.said("SERVICE")
    found = merged(known.current.svc, known.candidate.svc, _service)
    return (name for name in found if name.text not in said)


def values(known: Known) -> Mapping[str, str]:
    """Of the service that the line names."""
    service = known.candidate.svc.get(known.word("SERVICE") or "")
    return {"opts": service.opts or ""} if service else {}


def _service(name: str, service: Service) -> str:
    return f"{'enabled' if service.enabled else 'disabled'}{f', opts {service.opts}' if service.opts else ''}"
