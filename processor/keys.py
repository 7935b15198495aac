"""Parse keys of originals, and name everything that is made from them.

Two originals may ask for the same stem (IMG_1.CR2 and IMG_1.JPG). ``stem_candidates`` lists the stems that an original
may use, in order; a claim of its path (``stem_path``) in the originals table decides which one it gets. ``StemStyle``
makes opaque stems of them, where the settings ask for it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import quote

from processor.settings.values import origin_of

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html: 1,024 bytes in UTF-8. The longest prefix
# ("renditions/") and suffix ("_", a size's name of 32 characters, a version of 13, ".webp") leave this and 2 more.
PATH_BYTES: Final = 960
KEY_BYTES: Final = 1024
HASH_CHARS: Final = 16
RENDITIONS: Final = "renditions/"
RESERVED: Final = ("watermarks/", "branding-logos/", "gdpr-exports/", "lambda-deployments/", RENDITIONS, "manifests/")
# The form of the keys of `rendition_key`: its extensions are those of imaging.model.EXTENSIONS.
RENDITION: Final = re.compile(rf"{RENDITIONS}.+_[a-z][a-z0-9-]*(?:\.[0-9a-f]{{12}})?\.(?:jpg|webp|avif)", re.DOTALL)
# 96 bits: at a thousand guesses a second, the first hit among a billion files takes 10^9 years.
CODE_CHARS: Final = 24
OPAQUE: Final = re.compile(f"-[0-9a-f]{{{CODE_CHARS}}}$")
UUID_FIRST: Final = re.compile(r"([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?=[._]|$)", re.IGNORECASE)


class Skip(StrEnum):
    """Reason for which an object is not rendered. The value is a dimension of metrics."""

    FOLDER = "folder"
    EMPTY = "empty"
    RESERVED = "reserved"
    VIDEO = "video"
    ARCHIVE = "archive"
    SVG = "svg"
    PDF = "pdf"
    SIDECAR = "sidecar"

    @property
    def code(self) -> str:
        """Code of the error in the record of a photo that was made for such a file."""
        return f"SKIPPED_{self.name}"

    @property
    def sentence(self) -> str:
        """Sentence for the log."""
        return SENTENCES[self]


SENTENCES: Final[dict[Skip, str]] = {
    Skip.FOLDER: "The key ends in a slash: a folder, not a photo.",
    Skip.EMPTY: "The file is empty: it has no bytes.",
    Skip.RESERVED: "The key is under a prefix that never holds originals.",
    Skip.VIDEO: "A video: only photos are rendered.",
    Skip.ARCHIVE: "An archive: only photos are rendered.",
    Skip.SVG: "An SVG drawing: only photos are rendered.",
    Skip.PDF: "A PDF document: only photos are rendered.",
    Skip.SIDECAR: "A file that programs keep beside photos: only photos are rendered.",
}
NOT_PHOTOS: Final[dict[Skip, str]] = {
    Skip.VIDEO: "3g2 3gp avi flv insv m2ts m4v mkv mov mp4 mpeg mpg mts mxf ogv webm wmv",
    Skip.ARCHIVE: "7z bz2 gz rar tar tgz xz zip zst",
    Skip.SVG: "svg svgz",
    Skip.PDF: "pdf",
    # Settings and thumbnails of editors and cameras; folder files of Windows.
    Skip.SIDECAR: "aae db dop ini lrv pp3 thm xmp",
}
# Folder files and resource forks of macOS.
SIDECAR_FILES: Final = (".DS_Store", "._")
BY_EXTENSION: Final = {extension: skip for skip, extensions in NOT_PHOTOS.items() for extension in extensions.split()}


@dataclass(frozen=True, slots=True)
class ObjectKey:
    """An original's *key*, ``{gallery}/{file}``; the gallery may be nested or empty."""

    key: str

    @property
    def gallery(self) -> str:
        """Everything before the last slash."""
        return self.key.rpartition("/")[0]

    @property
    def file(self) -> str:
        """Everything after the last slash."""
        return self.key.rpartition("/")[2]

    @property
    def stem(self) -> str:
        """The file name without its last extension; the whole name when nothing stands before the dot."""
        return self.file.rpartition(".")[0] or self.file

    @property
    def extension(self) -> str:
        """The last extension in lower case, without its dot."""
        before, _, after = self.file.rpartition(".")
        return after.lower() if before else ""

    @property
    def photo_id(self) -> str:
        """The photo's id: the UUID that the file name starts with, in small letters, else the key."""
        found = UUID_FIRST.match(self.file)
        return found[1].lower() if found else self.key

    @property
    def record_ids(self) -> tuple[str, ...]:
        """Ids that the photo's record may have, in the order to look: iOS writes UUIDs in capitals."""
        found = UUID_FIRST.match(self.file)
        return tuple(dict.fromkeys((found[1].lower(), found[1].upper(), found[1]))) if found else (self.key,)

    def skip(self, size: int | None) -> Skip | None:
        """Return the reason to skip an object of *size* bytes (None: not known yet); None: render it."""
        if self.key.endswith("/"):
            return Skip.FOLDER
        if self.key.startswith(RESERVED):
            return Skip.RESERVED
        if size == 0:
            return Skip.EMPTY
        if self.file.startswith(SIDECAR_FILES):
            return Skip.SIDECAR
        return BY_EXTENSION.get(self.extension)

    def stem_candidates(self) -> Iterator[str]:
        """Yield the stems that this original may claim: its own, its whole file name, then a unique one."""
        yield self.stem
        if self.file != self.stem:
            yield self.file
        yield f"{self.file}-{short_hash(self.key, 8)}"

    def cache_tags(self) -> str:
        """Return the tags by which the CDN invalidates this photo, or its gallery; ASCII."""
        # CloudFront reads tags as a comma-separated list without regard to case.
        return f"{self.photo_tag},gallery:{short_hash(self.gallery)}"

    @property
    def photo_tag(self) -> str:
        """The cache tag of this photo alone."""
        return f"photo:{short_hash(self.key)}"


@dataclass(frozen=True, slots=True)
class StemStyle:
    """The style of stems. *secret* returns the key of their codes, or raises StoreUnavailable; None: readable."""

    secret: Callable[[], str] | None = None

    def candidates(self, name: ObjectKey) -> Iterator[str]:
        """Yield the stems that an original may claim, in this style."""
        secret = self.secret() if self.secret else None
        for stem in name.stem_candidates():
            yield stem if secret is None else opaque_stem(name.gallery, stem, secret)

    def every(self, name: ObjectKey) -> tuple[str, ...]:
        """Return the stems that an original may have claimed, in this style or readable."""
        return tuple(dict.fromkeys((*name.stem_candidates(), *self.candidates(name))))

    def keeps(self, name: ObjectKey, stem: str) -> bool:
        """Return whether an original goes on with the *stem* that it has."""
        if self.secret is None and not OPAQUE.search(stem):
            return True
        return stem in self.candidates(name)


def opaque_stem(gallery: str, stem: str, secret: str) -> str:
    """Return *stem* with its code: an HMAC of its path, so that no address follows from another."""
    path = f"{gallery}/{stem}".encode(errors="surrogatepass")
    return f"{stem}-{hmac.new(secret.encode(), path, 'sha256').hexdigest()[:CODE_CHARS]}"


def readable_path(path: str) -> str:
    """Return a stem path without the code of an opaque one."""
    return OPAQUE.sub("", path)


def stem_path(gallery: str, stem: str) -> str:
    """Return the start of the keys of all renditions of *stem*, up to the last underscore."""
    return f"{RENDITIONS}{safe_path(gallery, stem)}"


def path_of(rendition: str) -> str:
    """Return the stem path of the key of a rendition: no size's name holds an underscore."""
    return rendition.rpartition("_")[0]


def is_rendition(key: str) -> bool:
    """Return whether *key* has the form of a rendition's, so that ``path_of`` may be asked for its stem path."""
    return RENDITION.fullmatch(key) is not None


def rendition_key(gallery: str, stem: str, size: str, extension: str, version: str = "") -> str:
    """Return the key of one rendition of *stem*.

    *version*: of a gallery that has chosen a profile: the key of one profile does not tell that of another.
    """
    return f"{stem_path(gallery, stem)}_{size}{f'.{version}' if version else ''}.{extension}"


def rendition_url(host: str, key: str, version: str) -> str:
    """Return the URL of *key* at the CDN; another *version* is another URL."""
    return f"{origin_of(host)}/{escaped(key)}?v={version}"


def gallery_resource(host: str, gallery: str) -> str:
    """Return what covers every URL of *gallery*, and of the galleries below it, as CloudFront's policies name it.

    Wildcards in the gallery's own name are escaped, as they are in its URLs.
    """
    return f"{origin_of(host)}/{RENDITIONS}{escaped(gallery)}/*"


def escaped(key: str) -> str:
    """Percent-encode *key* between its slashes."""
    return "/".join(quote(segment, safe="") for segment in key.split("/"))


def safe_path(gallery: str, stem: str) -> str:
    """Join *gallery* and *stem* so that the path fits into a key and survives in a URL.

    Browsers resolve ``.`` and ``..`` even when they are percent-encoded, so such folders are renamed;
    a path that was renamed or cut carries a hash of the original path.
    """
    path = f"{gallery}/{stem}" if gallery else stem
    folders = [folder.replace(".", "_") if folder in {".", ".."} else folder for folder in gallery.split("/")]
    safe = f"{'/'.join(folders)}/{stem}" if gallery else stem
    if safe == path and len(path.encode()) <= PATH_BYTES:
        return path
    return f"{cut(safe, PATH_BYTES - HASH_CHARS - 1)}~{short_hash(path)}"


def is_plain(gallery: str, stem: str) -> bool:
    """Return whether the renditions of *stem* lie in the folder of their gallery, under their own name."""
    return safe_path(gallery, stem) == f"{gallery}/{stem}"


def cut(text: str, limit: int) -> str:
    """Keep the first *limit* bytes of *text* in UTF-8, and no part of a character."""
    return text.encode()[:limit].decode(errors="ignore")


def short_hash(text: str, chars: int = HASH_CHARS) -> str:
    """Hash *text* into *chars* lower-case hexadecimal digits."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:chars]
