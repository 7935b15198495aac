"""Read creator, rights, date and searchable texts from an XMP packet (ISO 16684-1).

Packets are untrusted: a document type, which entities need, is refused; what cannot be read is absent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns# "
DESCRIPTION: Final = RDF + "Description"
DUBLIN_CORE: Final = "http://purl.org/dc/elements/1.1/ "
CREATOR, RIGHTS = DUBLIN_CORE + "creator", DUBLIN_CORE + "rights"
TITLE, CAPTION, SUBJECT = DUBLIN_CORE + "title", DUBLIN_CORE + "description", DUBLIN_CORE + "subject"
RATING: Final = "http://ns.adobe.com/xap/1.0/ Rating"
LENSES: Final = ("http://cipa.jp/exif/1.0/ LensModel", "http://ns.adobe.com/exif/1.0/aux/ Lens")
DATES: Final = (
    "http://ns.adobe.com/exif/1.0/ DateTimeOriginal",
    "http://ns.adobe.com/photoshop/1.0/ DateCreated",
    "http://ns.adobe.com/xap/1.0/ CreateDate",
)
"""In order of precedence. The last is XMP's name of EXIF's DateTimeDigitized."""
KNOWN: Final = frozenset({CREATOR, RIGHTS, TITLE, CAPTION, SUBJECT, RATING, *LENSES, *DATES})
MAX_BYTES: Final = 4 << 20
MAX_DEPTH: Final = 64
MAX_TEXT: Final = 4_096
MAX_ITEMS: Final = 256
DATE_FORM: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?(?:\.\d+)?(Z|[+-]\d\d:\d\d)?")


@dataclass(frozen=True, slots=True)
class Xmp:
    """*values*: property → its texts, the items of a list one by one."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    @property
    def creator(self) -> str:
        """All creators."""
        return "; ".join(self.values.get(CREATOR, ()))

    @property
    def rights(self) -> str:
        """The copyright notice in its default language, the first."""
        return next(iter(self.values.get(RIGHTS, ())), "")

    @property
    def title(self) -> tuple[str, ...]:
        """The title, its default language first."""
        return self.values.get(TITLE, ())

    @property
    def description(self) -> tuple[str, ...]:
        """The caption, its default language first."""
        return self.values.get(CAPTION, ())

    @property
    def subject(self) -> tuple[str, ...]:
        """The keywords."""
        return self.values.get(SUBJECT, ())

    @property
    def rating(self) -> str:
        """The rating as it is written, empty if absent."""
        return next(iter(self.values.get(RATING, ())), "")

    @property
    def lens(self) -> str:
        """The lens model, empty if absent."""
        return next((text for name in LENSES for text in self.values.get(name, ())), "")

    @property
    def taken_at(self) -> str | None:
        """Time at which the photo was taken: ISO 8601, with the offset from UTC where the packet has one."""
        for name in DATES:
            found = DATE_FORM.fullmatch(next(iter(self.values.get(name, ())), ""))
            if found is not None and not found[1].startswith("0000"):
                return found[1] + (found[2] or ":00") + (found[3] or "").replace("Z", "+00:00")
        return None


NO_XMP: Final = Xmp()


def read_xmp(packet: bytes | None) -> Xmp:
    """Read *packet*; nothing is known of one that is too large, not well-formed, or has a document type."""
    if not packet or len(packet) > MAX_BYTES:
        return NO_XMP
    reader = _XmpReader()
    try:
        reader.read(packet.strip(b"\0 \r\n\t"))
    except (expat.ExpatError, _Refused, ValueError, LookupError):
        return NO_XMP
    return Xmp({name: tuple(texts) for name, texts in reader.found.items()})


class _Refused(Exception):
    """The packet is of a kind that no camera or editor writes."""


class _XmpReader:
    """Collects the known properties of the packet's descriptions; deeper ones belong to an edit's history."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}
        self._path: list[str] = []
        self._text: list[str] = []

    def read(self, packet: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        parser.Parse(packet, True)  # noqa: FBT003 - expat takes it by place

    def _refuse(self, *_: object) -> None:
        raise _Refused

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        if len(self._path) > MAX_DEPTH:
            raise _Refused
        self._text.clear()
        if self._path[-2:] == [RDF + "RDF", DESCRIPTION]:
            for known in KNOWN & attributes.keys():
                self._keep(known, attributes[known])

    def _end(self, name: str) -> None:
        text = "".join(self._text).strip()
        self._text.clear()
        belongs = self._property()
        if text and belongs and name in {belongs, RDF + "li"}:
            self._keep(belongs, text)
        self._path.pop()

    def _property(self) -> str:
        """Return the known property of a description that the current element is, or lies in."""
        places = (at for at, name in enumerate(self._path) if name == DESCRIPTION)
        at = next(places, len(self._path)) + 1
        return self._path[at] if at < len(self._path) and self._path[at] in KNOWN else ""

    def _keep(self, name: str, text: str) -> None:
        texts = self.found.setdefault(name, []) if text.strip() else []
        if text.strip() and len(texts) < MAX_ITEMS:
            texts.append(text.strip()[:MAX_TEXT])
