"""Steps as JSON data: a format with a version, and with kinds and keys of its own.

Version 2 is written. Version 1, of esosh 0.1.0, named actions and expectations after Python's classes; it is
still read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Callable, Optional, TypeVar, Union

from ..config import FIELDS
from ..executors.step import DISRUPTIONS, HOWS, STAGES, Action, Expect, Pipe, Replace, Run, Step, Write

VERSION = 2
_HOW_1 = {"there": "exists", "gone": "absent", "to": "links_to", "some": "any"}  # version 1's words for `how`
_SECTIONS = frozenset({"", *FIELDS})
_MODES = range(0o10000)
_Data = dict[str, Any]
T = TypeVar("T")
R = TypeVar("R")


def supported(version: Optional[object]) -> bool:
    """Whether this esosh reads a version."""
    return version in (1, VERSION)


def encode(steps: Sequence[Step]) -> list[_Data]:
    """The steps as data."""
    return [_encode_step(step) for step in steps]


def _encode_step(step: Step) -> _Data:
    return {
        "do": _encode_action(step.do),
        "undo": _optional(_encode_actions, step.undo),
        "before": [_encode_expectation(expected) for expected in step.before],
        "after": _optional(_encode_expectation, step.after),
        "stage": step.stage,
        "section": step.section,
        "disruption": step.disruption,
        "notes": list(step.notes),
    }


def _optional(convert: Callable[[T], R], value: Optional[T]) -> Optional[R]:
    return None if value is None else convert(value)


def _encode_actions(actions: Sequence[Action]) -> list[_Data]:
    return [_encode_action(action) for action in actions]


def _encode_action(action: Action) -> _Data:
    if isinstance(action, Write):
        return {"kind": "write", "path": action.path, "text": action.text}
    if isinstance(action, Replace):
        return {"kind": "replace", "path": action.path, "text": action.text, "mode": action.mode}
    if isinstance(action, Pipe):
        return {"kind": "pipe", "argv": list(action.argv), "text": action.text}
    return {"kind": "run", "argv": list(action.argv)}


def _encode_expectation(expected: Expect) -> _Data:
    source = expected.source if isinstance(expected.source, str) else list(expected.source)
    return {"source": source, "how": expected.how, "text": expected.text}


def decode(data: Sequence[_Data], version: int = VERSION) -> tuple[Step, ...]:
    """The steps that data of a version hold. Raises KeyError, TypeError or ValueError for damaged data."""
    return tuple(_decode_step(step, version) for step in data)


def _decode_step(step: Mapping[str, Any], version: int) -> Step:
    def expectation(data: Mapping[str, Any]) -> Expect:
        return _decode_expectation(data, version)

    return Step(
        _decode_action(step["do"]),
        _optional(_decode_actions, step["undo"]),
        tuple(map(expectation, step["before"])),
        _optional(expectation, step["after"]),
        _one_of(STAGES, step["stage"]),
        _one_of(_SECTIONS, step["section"]),
        _one_of(DISRUPTIONS, step["disruption"]),
        texts(step["notes"]),
    )


def _decode_actions(actions: Sequence[Mapping[str, Any]]) -> tuple[Action, ...]:
    return tuple(map(_decode_action, actions))


def _decode_action(action: Mapping[str, Any]) -> Action:
    kind = action["kind"].lower()  # version 1 wrote "Write"
    if kind == "write":
        return Write(_path(action["path"]), _text(action["text"]))
    if kind == "replace":
        text, mode = _optional(_text, action["text"]), _optional(_mode, action["mode"])
        return Replace(_path(action["path"]), text, mode)
    if kind == "run":
        return Run(_argv(action["argv"]))
    if kind == "pipe":
        return Pipe(_argv(action["argv"]), _text(action["text"]))
    raise ValueError(f"no kind of action {kind}")


def _decode_expectation(expected: Mapping[str, Any], version: int) -> Expect:
    how = _text(expected["how"])
    if version == 1:
        how = _HOW_1.get(how, how)
    return Expect(_source(expected["source"]), _one_of(HOWS, how), _text(expected["text"]))


def _source(source: Any) -> Union[str, tuple[str, ...]]:
    return _argv(source) if isinstance(source, list) else _path(source)


def texts(values: Any) -> tuple[str, ...]:
    """The texts that data hold. Raises TypeError or ValueError for damaged data."""
    return tuple(map(_text, values))


def paths(values: Any) -> tuple[str, ...]:
    """The full paths that data hold. Raises TypeError or ValueError for damaged data."""
    return tuple(map(_path, values))


def _argv(words: Any) -> tuple[str, ...]:
    argv = tuple(map(_word, words))
    if not argv:
        raise ValueError("no program")
    return argv


def _path(value: Any) -> str:
    path = _word(value)
    if not path.startswith("/"):
        raise ValueError(f"no full path: {path!r}")
    return path


def _word(value: Any) -> str:
    """A text that the kernel takes as a path, or as a word of a program."""
    word = _text(value)
    if "\0" in word:
        raise ValueError(f"it has a NUL: {word!r}")
    return word


def _one_of(words: Collection[str], value: Any) -> str:
    if value not in words:
        raise ValueError(f"none of {', '.join(words)}: {value!r}")
    return _text(value)


def _mode(value: Any) -> int:
    if type(value) is not int or value not in _MODES:
        raise ValueError(f"no mode of a file: {value!r}")
    return value


def _text(value: Any) -> str:
    """A text that can be written. Raises TypeError or ValueError."""
    if not isinstance(value, str):
        raise TypeError(f"not a text: {value!r}")
    value.encode("utf-8", "surrogateescape")
    return value
