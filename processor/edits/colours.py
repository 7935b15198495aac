"""Colours by name: the CSS Color Module's keywords (https://www.w3.org/TR/css-color-4/#named-colors)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

NAMED: Final[Mapping[str, str]] = {
    "black": "#000000",
    "blue": "#0000FF",
    "green": "#008000",
    "red": "#FF0000",
    "white": "#FFFFFF",
    "yellow": "#FFFF00",
}
SHORT_HEX: Final = 4


def hexadecimal(value: object) -> object:
    """Write a CSS name or #RGB as #RRGGBB; leave everything else to be refused."""
    if not isinstance(value, str):
        return value
    text = value.strip().lower()
    if len(text) == SHORT_HEX and text.startswith("#"):
        return "#" + "".join(digit * 2 for digit in text[1:])
    return NAMED.get(text.replace(" ", ""), text)
