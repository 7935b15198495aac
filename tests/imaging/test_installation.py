"""Check that a missing or a wrong library is an error of the installation, in one line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError

import pytest
import pyvips

from processor.errors import InstallationError
from processor.imaging import installation
from processor.imaging.installation import check_installation
from processor.imaging.renderer import Renderer
from processor.recipe import Recipe
from processor.source import Source
from testkit.photos.jpeg import jpeg


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    """Clear the cached result of a check before each test."""
    check_installation.cache_clear()
    yield
    check_installation.cache_clear()


def finding() -> str:
    """Return the finding of the check."""
    with pytest.raises(InstallationError) as raised:
        check_installation()
    return raised.value.finding


def test_the_locked_installation_passes() -> None:
    """The loaded libvips is the one that pyvips-binary bundles."""
    check_installation()

    assert installation.bundled_libvips() == installation.loaded_libvips()


def test_the_libvips_of_the_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian 12 has 8.14.1 without the option ``keep``: every photo would get a verdict."""
    monkeypatch.setattr(pyvips, "version", (8, 14, 1).__getitem__)

    assert (
        finding()
        == f"libvips 8.14.1 was loaded: expected {installation.bundled_libvips()}, which pyvips-binary bundles."
    )


def test_an_operation_that_libvips_was_built_without_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A custom build may lack a format."""
    monkeypatch.setattr(installation, "OPERATIONS", ("jpegload_source", "jxrload"))

    assert finding() == f"libvips {installation.loaded_libvips()} was built without jxrload."


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check fails before a photo needs it."""
    monkeypatch.setattr(installation, "MODULES", ("PIL", "no_such_decoder"))

    assert finding() == "Python packages are missing: no_such_decoder."


def test_a_missing_bundle_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it pyvips would take the machine's library."""

    def absent(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(installation, "version", absent)

    assert finding() == "the Python package pyvips-binary is missing."


def test_a_photo_is_not_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The renderer raises no verdict: a verdict would be recorded, and the photo never tried again."""
    monkeypatch.setattr(pyvips, "version", (8, 14, 1).__getitem__)
    with Source.from_bytes(jpeg()) as source, Renderer() as renderer, pytest.raises(InstallationError):
        renderer.render(source, Recipe(), file_name="photo.jpg")


def test_a_libvips_that_cannot_be_loaded_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """None in ``sys.modules`` lets the import fail."""
    monkeypatch.setitem(sys.modules, "pyvips", None)

    assert finding().startswith("libvips cannot be loaded: import of pyvips halted")
