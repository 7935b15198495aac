"""Tests of parsing keys, and of the names of renditions and stems."""

from __future__ import annotations

import hashlib
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from processor.imaging.model import EXTENSIONS
from processor.keys import (
    OPAQUE,
    ObjectKey,
    Skip,
    StemStyle,
    cut,
    is_rendition,
    opaque_stem,
    path_of,
    readable_path,
    rendition_key,
    rendition_url,
    safe_path,
    short_hash,
    stem_path,
)

UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
CHARACTERS = st.characters(exclude_categories=["Cs"])
KEYS = (
    st.text(CHARACTERS, min_size=1, max_size=300)
    | st.lists(st.sampled_from(["..", ".", "a", "IMG 1+2%#", "😀", "", "é"]), min_size=1, max_size=6).map("/".join)
    | st.text("😀/x.", min_size=200, max_size=256)
).filter(lambda key: 1 <= len(key.encode()) <= 1024)
SIZES = st.from_regex(r"\A[a-z][a-z0-9-]{0,31}\Z")
OUTPUTS = st.sampled_from(["jpg", "webp", "avif"])


@pytest.mark.parametrize(
    ("key", "gallery", "stem", "extension"),
    [
        ("wedding/IMG_1.CR2", "wedding", "IMG_1", "cr2"),
        ("2025/june/wedding/a.b.JPG", "2025/june/wedding", "a.b", "jpg"),
        ("alone.jpg", "", "alone", "jpg"),
        ("wedding/no-extension", "wedding", "no-extension", ""),
        ("wedding/.hidden", "wedding", ".hidden", ""),
        ("wedding/trailing.", "wedding", "trailing", ""),
        ("../etc/passwd.jpg", "../etc", "passwd", "jpg"),
    ],
)
def test_a_key_is_a_gallery_and_a_file(key: str, gallery: str, stem: str, extension: str) -> None:
    """The gallery is everything before the last slash, the stem loses the last extension only."""
    name = ObjectKey(key)

    assert (gallery, stem, extension) == (name.gallery, name.stem, name.extension)


@pytest.mark.parametrize(
    ("key", "photo_id"),
    [
        (f"wedding/{UUID}.jpg", UUID),
        (f"wedding/{UUID}_IMG 1.CR2", UUID),
        (f"wedding/{UUID.upper()}.jpg", UUID),
        (f"wedding/{UUID}", UUID),
        (f"wedding/{UUID}1.jpg", f"wedding/{UUID}1.jpg"),
        (f"{UUID}/IMG_1.jpg", f"{UUID}/IMG_1.jpg"),
        (f"wedding/x{UUID}.jpg", f"wedding/x{UUID}.jpg"),
        ("wedding/IMG_1.jpg", "wedding/IMG_1.jpg"),
    ],
)
def test_the_photo_id_is_the_uuid_that_the_file_name_starts_with_else_the_key(key: str, photo_id: str) -> None:
    """The record that is updated is the one that the backend wrote."""
    assert photo_id == ObjectKey(key).photo_id


@pytest.mark.parametrize(
    ("key", "size", "reason"),
    [
        ("wedding/", 0, Skip.FOLDER),
        ("wedding/IMG_1.jpg", 0, Skip.EMPTY),
        ("wedding/clip.MP4", 9, Skip.VIDEO),
        ("wedding/clip.mov", None, Skip.VIDEO),
        ("wedding/clip.3g2", None, Skip.VIDEO),
        ("wedding/clip.wmv", None, Skip.VIDEO),
        ("wedding/all.7z", 9, Skip.ARCHIVE),
        ("wedding/all.zst", 9, Skip.ARCHIVE),
        ("wedding/logo.svgz", 9, Skip.SVG),
        ("wedding/all.zip", 9, Skip.ARCHIVE),
        ("wedding/logo.svg", 9, Skip.SVG),
        ("wedding/contract.pdf", 9, Skip.PDF),
        ("watermarks/mark.png", 9, Skip.RESERVED),
        ("branding-logos/logo.png", 9, Skip.RESERVED),
        ("gdpr-exports/all.jpg", 9, Skip.RESERVED),
        ("lambda-deployments/code.jpg", 9, Skip.RESERVED),
        ("renditions/wedding/IMG_1_small.jpg", 9, Skip.RESERVED),
        ("manifests/wedding/IMG_1.json", 9, Skip.RESERVED),
        ("wedding/IMG_1.xmp", 9, Skip.SIDECAR),
        ("wedding/IMG_1.jpg.XMP", 9, Skip.SIDECAR),
        ("wedding/IMG_1.AAE", 9, Skip.SIDECAR),
        ("wedding/GX010042.THM", 9, Skip.SIDECAR),
        ("wedding/GX010042.LRV", 9, Skip.SIDECAR),
        ("wedding/IMG_1.CR2.pp3", 9, Skip.SIDECAR),
        ("wedding/IMG_1.dop", 9, Skip.SIDECAR),
        ("wedding/Thumbs.db", 9, Skip.SIDECAR),
        ("wedding/desktop.ini", 9, Skip.SIDECAR),
        ("wedding/.DS_Store", 9, Skip.SIDECAR),
        ("wedding/._IMG_1.jpg", 9, Skip.SIDECAR),
        ("wedding/renditions/IMG_1.jpg", 9, None),
        ("wedding/IMG_1.3fr", 9, None),
        ("wedding/IMG_1", None, None),
    ],
)
def test_what_is_no_photo_is_known_by_its_key_and_size(key: str, size: int | None, reason: Skip | None) -> None:
    """Nothing of it is ever downloaded."""
    assert reason == ObjectKey(key).skip(size)


def test_every_reason_to_skip_has_a_sentence() -> None:
    """The log holds a sentence, not only a code."""
    assert all(reason.sentence.endswith(".") for reason in Skip)


def test_reasons_to_skip_are_counted_by_their_words() -> None:
    """Metrics and saved queries name them."""
    assert ["folder", "empty", "reserved", "video", "archive", "svg", "pdf", "sidecar"] == [
        reason.value for reason in Skip
    ]


def test_stems_are_tried_from_the_plainest_to_a_unique_one() -> None:
    """Two originals that share a stem get different names, in an order that never changes."""
    assert ["IMG_1", "IMG_1.CR2", "IMG_1.CR2-d47dc962"] == list(ObjectKey("wedding/IMG_1.CR2").stem_candidates())
    assert ["IMG_1", "IMG_1-b615e21e"] == list(ObjectKey("wedding/IMG_1").stem_candidates())


def test_a_rendition_is_named_after_gallery_stem_and_size() -> None:
    """Readers that know the old address shape still find it."""
    assert "renditions/wedding/IMG_1_small.jpg" == rendition_key("wedding", "IMG_1", "small", "jpg")
    assert "renditions/IMG_1_small.webp" == rendition_key("", "IMG_1", "small", "webp")
    assert "renditions/w/A_small.0123456789ab.jpg" == rendition_key("w", "A", "small", "jpg", "0123456789ab")
    assert "renditions/wedding/IMG_1" == stem_path("wedding", "IMG_1")
    assert "renditions/wedding/IMG_1" == path_of("renditions/wedding/IMG_1_small.jpg")


def test_a_record_is_looked_for_in_small_letters_in_capitals_and_as_it_is_spelled() -> None:
    """A key that is its own id has no other spelling."""
    mixed = UUID[:8].upper() + UUID[8:]

    assert (UUID, UUID.upper(), mixed) == ObjectKey(f"w/{mixed}.jpg").record_ids
    assert (UUID, UUID.upper()) == ObjectKey(f"w/{UUID}.jpg").record_ids
    assert ("w/IMG_1.jpg",) == ObjectKey("w/IMG_1.jpg").record_ids


def test_a_path_is_kept_up_to_its_limit_and_cut_beyond_it() -> None:
    """960 bytes: what S3's 1,024 leave. A cut one ends in a hash of 16 digits of what it stood for."""
    longest = "g" * 955 + "/1234"
    assert longest == safe_path("g" * 955, "1234")

    shortened = safe_path("g" * 955, "12345")

    assert ("g" * 943, "~", 16) == (shortened[:943], shortened[943], len(shortened[944:]))
    assert shortened != safe_path("g" * 955, "12346")


def test_a_text_is_cut_between_characters() -> None:
    """Half a character is none."""
    assert ["", "", "é", "é", "éé"] == [cut("éé", limit) for limit in range(5)]


def test_any_text_has_a_hash() -> None:
    """Lone surrogates too, which no other encoding takes."""
    assert 16 == len(short_hash("\ud800"))
    assert short_hash("\ud800") != short_hash("\ud801")


def test_folders_that_browsers_resolve_are_renamed() -> None:
    """And nothing else of the path; the hash keeps two of them apart."""
    assert "a/__/IMG_1~" == safe_path("a/..", "IMG_1")[:-16]
    assert "_/a/IMG_1~" == safe_path("./a", "IMG_1")[:-16]
    assert "a/.../IMG_1" == safe_path("a/...", "IMG_1")
    assert safe_path("a/..", "IMG_1") != safe_path("a/__", "IMG_1")


def test_an_address_survives_every_character_that_means_something_in_addresses() -> None:
    """Spaces, plus, percent, hash, question marks and unicode are encoded once."""
    address = rendition_url("cdn.example.com", "renditions/my gallery/IMG 1+2%20#?!é😀_small.jpg", "abc123")

    assert address == (
        "https://cdn.example.com/renditions/my%20gallery/IMG%201%2B2%2520%23%3F%21%C3%A9%F0%9F%98%80_small.jpg?v=abc123"
    )


@pytest.mark.fault(28)
@given(KEYS, SIZES, OUTPUTS)
def test_every_name_fits_into_a_key(key: str, size: str, output: str) -> None:
    """S3 takes 1,024 bytes; originals may use all of them."""
    name = ObjectKey(key)

    for stem in name.stem_candidates():
        for version in ("", "0123456789ab"):
            stored = rendition_key(name.gallery, stem, size, output, version)
            assert len(stored.encode()) <= 1024
            assert stem_path(name.gallery, stem) == path_of(stored)


@pytest.mark.fault(28)
@given(KEYS, SIZES, OUTPUTS)
def test_every_address_leads_back_to_its_key(key: str, size: str, output: str) -> None:
    """Decoding the path once returns the key, and no browser resolves a parent folder."""
    name = ObjectKey(key)
    stored = rendition_key(name.gallery, name.stem, size, output)

    path = urlsplit(rendition_url("cdn.example.com", stored, "abc123")).path

    assert stored == unquote(path).removeprefix("/")
    assert not {".", ".."} & set(unquote(path).split("/"))


@pytest.mark.fault(28)
@given(KEYS, KEYS)
def test_different_originals_can_always_be_told_apart(one: str, other: str) -> None:
    """The last stem that an original may claim is unique."""
    assume(one != other)
    first, second = ObjectKey(one), ObjectKey(other)

    *_, last = first.stem_candidates()
    taken = {safe_path(second.gallery, stem) for stem in second.stem_candidates()}

    assert safe_path(first.gallery, last) not in taken


@given(KEYS)
def test_cache_tags_are_plain_ascii(key: str) -> None:
    """S3 metadata holds ASCII; the CDN reads visible characters without commas, 256 at most."""
    tags = ObjectKey(key).cache_tags().split(",")

    assert ["photo", "gallery"] == [tag.partition(":")[0] for tag in tags]
    assert all(tag.isascii() and tag.isprintable() and len(tag) <= 256 for tag in tags)


def test_operators_find_a_photo_and_a_gallery_by_their_tags() -> None:
    """The words and hashes that an invalidation is written with."""
    gallery = hashlib.sha256(b"wedding").hexdigest()[:16]
    photo = hashlib.sha256(b"wedding/IMG_1.jpg").hexdigest()[:16]

    assert f"photo:{photo},gallery:{gallery}" == ObjectKey("wedding/IMG_1.jpg").cache_tags()


def test_the_embedded_stack_serves_without_tls() -> None:
    """Loopback has no certificate, so its URLs use http; all other hosts use https."""
    assert (
        "http://127.0.0.1:4520/renditions/g/a_small.jpg?v=abc",
        "https://cdn.example.com/renditions/g/a_small.jpg?v=abc",
    ) == (
        rendition_url("127.0.0.1:4520", "renditions/g/a_small.jpg", "abc"),
        rendition_url("cdn.example.com", "renditions/g/a_small.jpg", "abc"),
    )


@pytest.mark.parametrize("extension", EXTENSIONS.values())
def test_a_rendition_is_known_by_its_form(extension: str) -> None:
    """A file whose name has another form is never removed as one."""
    for gallery, stem in (("a_b/c", "IMG_1"), ("", "_"), ("..", "line\nbreak"), ("g", "x" * 2000)):
        for version in ("", "0123456789ab"):
            key = rendition_key(gallery, stem, "small-2x", extension, version)
            assert is_rendition(key)
            assert path_of(key) == stem_path(gallery, stem)
    for other in ("renditions/IMG_small.txt", "renditions/a_b/index.html", "renditions/a_folder/", "IMG_small.jpg"):
        assert not is_rendition(other)


OPAQUE_STYLE = StemStyle(lambda: "secret")


def test_the_code_of_an_opaque_stem_is_the_hmac_of_its_path() -> None:
    """As `printf wedding/IMG_1 | openssl dgst -sha256 -hmac secret` has it, shortened."""
    assert "IMG_1-0a0fd757897de65cbdaea46b" == opaque_stem("wedding", "IMG_1", "secret")


@given(key=KEYS)
def test_an_opaque_stem_is_the_same_for_the_same_original(key: str) -> None:
    """With another secret it is another one; without its code it is the readable one, in the same order."""
    name = ObjectKey(key)
    stems = [*OPAQUE_STYLE.candidates(name)]

    assert stems == [*OPAQUE_STYLE.candidates(name)]
    assert not {*stems} & {*StemStyle(lambda: "another").candidates(name)}
    assert [*name.stem_candidates()] == [OPAQUE.sub("", stem) for stem in stems]


def test_no_address_follows_from_another() -> None:
    """A neighbour's code, the same file in another gallery, the next number: all differ."""
    codes = [OPAQUE.findall(opaque_stem(*one, "secret")) for one in (("a", "IMG_1"), ("a", "IMG_2"), ("b", "IMG_1"))]

    assert 3 == len({code for [code] in codes})


def test_a_stem_is_kept_in_its_own_style_alone() -> None:
    """A changed style, or a changed secret, is another stem."""
    name = ObjectKey("wedding/IMG_1.jpg")
    readable, opaque = StemStyle(), OPAQUE_STYLE
    code = opaque_stem("wedding", "IMG_1", "secret")

    assert [True, False] == [style.keeps(name, "IMG_1") for style in (readable, opaque)]
    assert [False, True] == [style.keeps(name, code) for style in (readable, opaque)]
    assert not StemStyle(lambda: "another").keeps(name, code)
    assert readable.keeps(name, "a stem of an older release")


def test_a_file_that_is_called_like_an_opaque_stem_keeps_its_own() -> None:
    """Its name only looks like one."""
    name = ObjectKey(f"wedding/IMG_1-{'0' * 24}.jpg")

    assert StemStyle().keeps(name, name.stem)


def test_the_path_of_an_opaque_stem_leads_to_the_readable_one() -> None:
    """By which its renditions are found without the secret."""
    assert "renditions/w/IMG_1" == readable_path(f"renditions/w/IMG_1-{'0f' * 12}")
    assert "renditions/w/IMG_1-0f" == readable_path("renditions/w/IMG_1-0f")
