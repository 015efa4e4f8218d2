"""Errors as lines for people: the line with a mark below the wrong word, the message, details and hint."""

from __future__ import annotations

from ..errors import Declined, EsoshError, LineError, Place
from ..views import Line, clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_INDENT = " " * 5
_WRONG_NAME = ("E202", "E205")  # the errors whose hint is the same line with another name


def error_lines(error: EsoshError, width: int) -> Iterator[Line]:
    """An error, or each of its errors; messages are folded to `width`, 0 for lines of any length."""
    if error.errors:
        for single in error.errors:
            yield from error_lines(single, width)
        return
    if isinstance(error, Declined):
        yield Line(error.message, "warn")
        return
    yield from _message_lines(error, width)
    for detail in error.details:
        yield Line(_INDENT + detail, "command" if detail.lstrip().startswith("hint: ") else "")
    if error.hint:
        yield Line(f"{_INDENT}{_hint_label(error)}: {error.hint}", "command")


def _message_lines(error: EsoshError, width: int) -> Iterator[Line]:
    """The message and the place: in a file the message first, for editors to find it; else below the line."""
    place = error.place
    if place is None or _marks_nothing(error, place):
        yield _folded(f"{error.code} {error.message}", width)
    elif place.file:
        yield _folded(f"{place}: {error.code} {error.message}", width)
        yield from _marked_line(place)
    else:
        yield from _marked_line(place)
        yield _folded(f"{error.code} {place}: {error.message}", width)


def _marks_nothing(error: EsoshError, place: Place) -> bool:
    """Whether an error of the shell is about the whole line, which the user has just typed."""
    return not place.file and _is_entire_line(place) and not isinstance(error, LineError)


def _hint_label(error: EsoshError) -> str:
    is_correction = isinstance(error, LineError) or error.code in _WRONG_NAME
    return "did you mean" if is_correction else "hint"


def _folded(message: str, width: int) -> Line:
    """The message in lines of `width`, 0 for one of any length."""
    return Line(fold(message, width) if width else message, "error")


def fold(text: str, width: int) -> str:
    """The text in lines of `width`, broken between words alone."""
    import textwrap  # a terminal alone needs it

    return textwrap.fill(
        text, width, subsequent_indent=_INDENT, break_long_words=False, break_on_hyphens=False
    )


def _is_entire_line(place: Place) -> bool:
    return place.column == 1 and place.width >= len(place.line.rstrip())


def _marked_line(place: Place) -> Iterator[Line]:
    """The line and its marks, below the wrong word even where control characters are written out."""
    start, end = place.column - 1, place.column - 1 + place.width
    before, wrong = clean(place.line[:start]), clean(place.line[start:end])
    line, marks = Place(clean(place.line), len(before) + 1, len(wrong) or place.width).caret()
    yield Line(f"  {line}")
    if not (place.file and _is_entire_line(place)):
        yield Line(f"  {marks}", "error")
