"""List what people ask for and no operation does, explain why, and offer what comes near."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from processor.edits.language.terms import Kind

EVERYDAY: Final = ("resize to 800px", "crop to square", "make it brighter")
# The phrases, under the name of their explanation.
IMPOSSIBLE: Final[Mapping[str, str]] = {
    "undo": (
        "undo | undo that | undo it | undo last | reset | revert | go back | go back to original | back to original | "
        "start over | restore original | redo"
    ),
    "help": (
        "help | help me | what can you do | what can this do | what can it do | how does this work | commands | "
        "examples | show examples | show me examples | options | how to use | "
        "what commands are there | list commands | what are options"
    ),
    "keep metadata": "keep metadata | keep exif | preserve metadata | keep all metadata | keep gps | keep location",
    "transparency": "remove transparency | transparency | no transparency",
    "shortest side": "shortest side | short side | shorter side | short edge | shortest edge | smallest side",
    "horizon": (
        "horizon | level horizon | straighten horizon | straighten automatically | auto straighten | level it | "
        "straighten it automatically"
    ),
    "orientation": (
        "auto rotate | autorotate | fix orientation | correct orientation | fix rotation | rotate automatically | "
        "orientation"
    ),
    "tones": "highlights | highlight | midtones | whites | blacks | lighten shadows | lift shadows | brighten shadows",
    "white balance": "white balance | auto white balance | fix white balance | correct white balance | color balance",
    "hdr": "hdr | hdr effect | high dynamic range",
    "add noise": "add noise | add grain | film grain | add film grain | more noise | more grain | grain effect",
    "colour space": (
        "icc profile | color profile | srgb | adobe rgb | cmyk | color space | remove icc profile | convert to srgb | "
        "icc | display p3"
    ),
    "anonymize": "anonymize | anonymise | anonymous",
    "restore": "restore | restore old | restoration",
    "font": (
        "font | arial | helvetica | times new roman | comic sans | serif | italic | italics | underline | "
        "underlined | georgia | verdana | courier | roboto | handwriting"
    ),
    "vertical text": "written vertically",
    "text effects": "drop shadow | text shadow | with shadow | with a shadow | glow | gradient | with glow",
    "own text": "my name | my signature | signature | date | today's date | copyright notice",
    "two k": "2 k",
    "frames": "frames | last frame | second frame | frame rate | fps | frames per second",
    "wider": "wider | taller | broader | narrower",
}


class Explanation(NamedTuple):
    """Explanation of an impossible request, with commands that may help instead."""

    sentence: str
    suggestions: tuple[str, ...] = ()


EXPLANATIONS: Final[Mapping[str, Explanation]] = {
    "undo": Explanation("every command starts from the original picture: leave the step out that you do not want"),
    "help": Explanation(
        "the editor changes size, shape, rotation, light, colour, effects, borders, text and format: name one", EVERYDAY
    ),
    "keep metadata": Explanation(
        "only artist and copyright can be kept: places and serial numbers never are", ("keep copyright",)
    ),
    "transparency": Explanation(
        "transparency stays where the format can hold it; in JPEG it is white", ("convert to jpg",)
    ),
    "shortest side": Explanation(
        "no operation sets the shorter side: expected a width, a height or the longest side",
        ("longest side 1000px", "resize to 800px wide"),
    ),
    "horizon": Explanation(
        "no operation finds the horizon: expected the angle, as in “rotate 2 degrees”",
        ("rotate 2 degrees", "rotate -2 degrees"),
    ),
    "orientation": Explanation(
        "a picture is turned upright by its EXIF orientation already: expected which way it shall turn",
        ("rotate right", "rotate left", "turn it upside down"),
    ),
    "sideways": Explanation("expected which way it shall turn", ("rotate right", "rotate left")),
    "tones": Explanation(
        "no operation changes only shadows or highlights: expected the whole picture's light",
        ("gamma 1.3", "make it brighter", "less contrast"),
    ),
    "white balance": Explanation(
        "no operation measures the white balance: expected which way the colours shall go",
        ("make it warmer", "make it cooler"),
    ),
    "hdr": Explanation("no operation merges exposures", ("make it pop", "increase contrast")),
    "add noise": Explanation("no operation adds noise or grain"),
    "colour space": Explanation("results are always written in sRGB: nothing needs to be asked for"),
    "anonymize": Explanation(
        "no operation finds people or names: the file's metadata can be removed", ("strip metadata",)
    ),
    "restore": Explanation(
        "no operation repairs damage: expected what shall be better", ("enhance", "reduce noise", "sharpen the image")
    ),
    "font": Explanation("there is one font, upright, regular or bold: expected its size, colour or weight"),
    "text effects": Explanation(
        "no operation draws shadows or glows: expected an outline, as in “with a black outline”"
    ),
    "vertical text": Explanation("no operation stacks letters: expected the angle of the text"),
    "own text": Explanation("the editor does not know it: expected the text in quotes"),
    "two k": Explanation("2K has several sizes: expected one of them", ("resize to 2048px", "resize to qhd")),
    "frames": Explanation("of an animation, only the first frame can be taken", ("first frame only",)),
    "wider": Explanation(
        "could be read in two ways: expected a new width or height, or how far the canvas is extended",
        ("resize to 1200px wide", "extend left and right by 50px"),
    ),
}


def kinds() -> Mapping[Kind, Mapping[str, str]]:
    """Return the table of phrases under its kind."""
    return {"cannot": IMPOSSIBLE}
