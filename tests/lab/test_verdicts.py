"""Every decoder before bombs, lies, cuts and noise: typed verdicts, no wrong success, and the page that says so."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

import pytest
from PIL import Image

from lab.verdicts.__main__ import cases_of, report
from lab.verdicts.damage import DAMAGES
from lab.verdicts.families import BOMBS, STRANGERS, Case, damaged, pictures, singles
from lab.verdicts.page import PAGE, page
from lab.verdicts.rate import measured, shows
from lab.verdicts.report import MAX_MIB, SUCCESSES, Report
from lab.verdicts.trial import UNHARMED, WRONG, Finding, is_decoder
from processor.errors import Verdict
from testkit.photos.jpeg import encoded
from tests.patience import HANG_S


@pytest.fixture(scope="module")
def found() -> Report:
    """Judge a quarter of the damaged files, and each of the others, once; ``make verdicts`` judges all."""
    return report([*islice(damaged(), 0, None, 4), *singles()])


def test_every_verdict_is_typed(found: Report) -> None:
    """Nothing ends the child's caller, hangs, or takes a GiB. That nothing takes 10 s is for an idle machine to say."""
    assert set() == set(found.verdicts) - {verdict.value for verdict in Verdict} - SUCCESSES
    assert 0 == found.verdicts[WRONG]
    assert 0 < found.peak_mib <= MAX_MIB
    assert found.slowest.seconds < HANG_S


@pytest.mark.parametrize(
    ("seconds", "peak_mib", "good"), [(10, 1024, True), (10.1, 1, False), (1, 1024.1, False)], ids=["", "slow", "large"]
)
def test_a_file_that_takes_too_long_or_too_much_is_not_good(seconds: float, peak_mib: float, *, good: bool) -> None:
    """The command's exit code says so."""
    case = Case(family="jpeg", kind="cut short", name="a", data=b"")
    finding = Finding(case=case, verdict="CORRUPT", seconds=seconds)

    assert good == Report(findings=[finding], peak_mib=peak_mib).good


def test_a_new_child_is_no_decoder_until_it_runs_one() -> None:
    """Between fork and exec, it would count with the memory of all that its parent has loaded."""
    assert [False, False] == [is_decoder(pid) for pid in (str(os.getpid()), "0")]


def test_most_visible_damage_in_a_jpeg_is_refused_and_no_whole_one() -> None:
    """A twelfth of the measurement that docs/verdicts.md shows: by coding, of three sizes."""
    rates = measured(photos=27)

    assert [9, 9, 9] == [rate.refused + rate.unseen + rate.harmless for rate in rates.values()]
    assert 0 == sum(rate.undamaged for rate in rates.values())
    assert {"baseline": True, "optimised tables": True, "progressive": True} == {
        coding: rate.percent >= least for (coding, rate), least in zip(rates.items(), (65, 45, 85), strict=True)
    }


def test_damage_shows_when_one_pixel_in_a_hundred_is_wrong() -> None:
    """Or when nothing of the picture is left."""
    whole = encoded(Image.new("RGB", (100, 100), "grey"))
    patched = Image.new("RGB", (100, 100), "grey")
    patched.paste("white", (0, 0, 16, 16))

    assert [False, True, True] == [shows(whole, one) for one in (whole, encoded(patched), b"nothing")]


@pytest.mark.parametrize("family", pictures())
def test_a_picture_without_its_end_is_refused_or_unharmed(found: Report, family: str) -> None:
    """No decoder's half success passes for a photo; most such files are refused."""
    said = found.of(family, "cut short") + found.of(family, "zero-tailed")

    assert 0 == said[WRONG]
    assert 2 * said[UNHARMED] < said.total()


@pytest.mark.parametrize("family", ["png", "interlaced png", "16-bit png"])
def test_what_has_a_checksum_never_shows_damage(found: Report, family: str) -> None:
    """PNG checks every chunk."""
    shown = {verdict for kind in DAMAGES for verdict in found.of(family, kind)} & SUCCESSES

    assert shown <= {UNHARMED}


def test_what_is_no_photo_is_called_so(found: Report) -> None:
    """Archives, pages, programs and films under a photo's name."""
    said = {one.verdict for one in found.findings if one.case.family == STRANGERS}

    assert {"NOT_AN_IMAGE", "UNSUPPORTED_FORMAT"} == said


def test_a_wrong_success_is_found_out() -> None:
    """The judge would notice: an undamaged picture that is passed off as the end of another one."""
    made, black = pictures(), encoded(Image.new("RGB", (480, 320)))
    liar = Case(family="liar", kind="cut short", name="liar", data=black, good=made["jpeg"], lossy=True)

    judged = report([liar])

    assert ({WRONG: 1}, False) == (judged.verdicts, judged.good)


def test_a_folder_is_judged_like_the_families(tmp_path: Path) -> None:
    """By its sub-folders."""
    folder = tmp_path / "lies"
    folder.mkdir()
    (folder / "text.jpg").write_bytes(b"hello")

    judged = report(cases_of(tmp_path))

    assert [("lies", "NOT_AN_IMAGE")] == [(one.case.family, one.verdict) for one in judged.findings]
    assert "| NOT_AN_IMAGE | 1 |" in page(judged, {}, judged)


def test_the_page_names_every_format_and_every_file() -> None:
    """Written by ``python -m lab.verdicts --docs``; a family that was added since is missed here."""
    text = PAGE.read_text(encoding="utf-8")
    names = {*pictures(), *(one.kind for one in singles())}

    assert set() == {name for name in names if f"| {name} |" not in text}
    assert f"## {BOMBS.capitalize()}" in text
    assert f"| {WRONG} |" not in text
