"""Every kind of step is said in words that tell what it does."""

from __future__ import annotations

from processor.edits.command import compile_command

SAID = {
    "resize to 50%": "resize to 50 % of its size",
    "600px high": "resize to 600 px high, keeping the aspect, never larger than it is",
    "enlarge to 4000px": "resize to 4000 px wide, keeping the aspect",
    "resize to exactly 8x9": "resize to cover 8 × 9 px from the centre",
    "stretch to 800x600": "resize to stretch to 800 × 600 px, never larger than it is",
    "crop to 30x400 at 10, 20": "crop to 30 × 400 px at x 10, y 20",
    "crop the top left 300x400": "crop to 300 × 400 px from the top left",
    "crop 10% off the top": "cut 10 % off the top",
    "keep the left half": "cut 50 % off the right",
    "resize to 2 megapixels": "resize to 2 megapixels, keeping the aspect, never larger than it is",
    "posterize to 4 levels": "posterise to 4 tones a channel",
    "reduce to 16 colors": "reduce to at most 16 colours",
    "lossless webp": "save as lossless WEBP",
    "first frame only": "keep the first frame only",
    "write 'hi' in bold, 9px from the top": "write “hi” at the top, in white, bold, 9 px from the edge",
    "write 'hi' at 5,6 without outline": "write “hi” at x 5, y 6, in white, without an outline",
    "write 'hi' rotated 45 degrees in blue": ("write “hi” at the bottom, in blue, turned by 45°, outlined in white"),
    "remove 50px from all sides": "cut 50 px off every side",
    "smart crop to 16:9": "crop to what draws the eye at 16:9",
    "rotate -15 degrees": "rotate by 15° counter-clockwise",
    "rotate 45 on white": "rotate by 45° clockwise on white",
    "flip": "mirror left and right",
    "flip vertically": "mirror top and bottom",
    "extend the top and left by 5px": "extend top by 5 px, left by 5 px in black",
    "pad to square with white": "pad to 1:1 with white",
    "pad to 100x100": "pad to 100 × 100 px",
    "make it a circle": "cut a circle",
    "round the corners": "round the corners",
    "round the corners a lot": "round the corners by 8 %",
    "blur it a lot": "blur by 2 % of the shorter side",
    "add a border": "add a border in black",
    "write 'hi' in large letters": "write “hi” at the bottom, in white, 6 % of the shorter side high",
    "set saturation to 1": "leave brightness, saturation and hue as they are",
    "hue shift": "turn the hue by 90°",
    "brightness 1.2": "brighten by 20 %",
    "make it darker": "darken by 20 %",
    "less saturated": "lower the saturation by 50 %",
    "make it warmer": "make it warmer",
    "a bit warmer": "make it slightly warmer",
    "make it much warmer": "make it much warmer",
    "slightly cooler": "make it slightly cooler",
    "cooler": "make it cooler",
    "much cooler": "make it much cooler",
    "tint it blue": "tint with blue",
    "rotate left": "rotate left",
    "rotate right": "rotate right",
    "rotate -90 degrees": "rotate left",
    "turn it upside down": "turn upside down",
    "less contrast": "lower the contrast by 20",
    "sharpen a lot": "sharpen by 2 px",
    "write 'hi' in red": "write “hi” at the bottom, in red",
    "write 'hi' at 50% opacity": "write “hi” at the bottom, in white, 50 % solid",
    "watermark with upload://a": "put upload://a as a watermark at the bottom right, 15 % wide, 70 % solid",
    "compress to 500KB": "save with at most 500,000 bytes",
    "keep copyright": "keep artist and copyright",
}


def test_a_step_says_what_it_does() -> None:
    """The plan is shown in words before it runs."""
    found = {command: [step.words() for step in compile_command(command).steps] for command in SAID}

    assert {command: [words] for command, words in SAID.items()} == found
