"""Numbers in foreign texts: nothing else makes one of a text that a person, a file or the kernel gave.

Python's int() takes digits of all scripts, blanks and "_", fails with a ValueError that knows no place, and
refuses thousands of digits; str.isdigit() takes "²", which int() does not.
"""

from __future__ import annotations

import re

from ..errors import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

_DIGITS = 20  # of the largest number that the kernel has, 2 ** 64 - 1
_SHOWN = 60  # letters of a text that is none
_DECIMAL = rf"[0-9]{{1,{_DIGITS}}}"
_KERNEL = r"([+-]?)(0[xX][0-9a-fA-F]{1,16}|0[0-7]{0,22}|[1-9][0-9]{0,19})"


def decimal(text: str, least: int = 0, most: Optional[int] = None) -> Optional[int]:
    """The number that a text of digits is; None for any other text, and for a number out of bounds."""
    number = int(text) if re.fullmatch(_DECIMAL, text) else -1
    return number if number >= least and (most is None or number <= most) else None


def kernel_number(text: str) -> Optional[int]:
    """The number that a text is as the kernel reads it: 0x10 is 16, 010 is 8; None for any other text.

    Source: kernel lib/kstrtox.c.
    """
    match = re.fullmatch(_KERNEL, text)
    if match is None:
        return None
    sign, digits = match.groups()
    is_octal = re.fullmatch("0[0-7]+", digits)
    return int(sign + digits, 8 if is_octal else 0)


def number_in(path: str, text: str) -> int:
    """The number that a file of the kernel shows. Raises Refused, which says what stands there instead."""
    number = kernel_number(text)
    if number is None:
        raise Refused(f'{path} cannot be read: "{text[:_SHOWN]}" is no number', code="E243")
    return number
