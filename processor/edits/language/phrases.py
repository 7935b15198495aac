"""The words of the language: every phrase that means one thing, under the kind and the name of what it means.

A phrase is written as people write it, in American spelling and basic form; ``lexicon.py`` reads other spellings and
forms ("colours", "sharpening") as these. Words that mean nothing here are FILLERS: they may stand anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from processor.edits.language.terms import Kind

# Each names a frame of frames/table.py.
HEADS: Final[Mapping[str, str]] = {
    "resize": "resize | re size | size to | limit to | downsize",
    "scale": "scale | rescale | zoom",
    "bigger": (
        "bigger | larger | enlarge | upscale | upsize | scale up | size up | too small | magnify | grow | zoom in"
    ),
    "smaller": (
        "smaller | shrink | downscale | scale down | size down | too big | too large | halve | zoom out | "
        "cut size | cut in half | cut in two"
    ),
    "cover": "resize and crop | crop and resize | resize to fill | resize to cover | cover | fill",
    "inside": "fit | resize to fit | scale to fit | fit inside | fit within | fit into",
    "stretch": "stretch | squash | squeeze | distort",
    "thumbnail": "thumbnail | thumb | make thumbnail",
    "crop": "crop | crop out | cut | cut out | cut to | cut down | shave | chop",
    "autocrop": (
        "auto crop | autocrop | smart crop | smartcrop | crop automatically | crop smartly | crop intelligently"
    ),
    "trim": (
        "trim | remove border | remove frame | remove black bars | remove bars | remove white space | "
        "remove whitespace | remove empty space | remove margins | autotrim | auto trim | trim border | "
        "trim white space | trim whitespace | trim margins | crop whitespace | crop border | cut border"
    ),
    "rotate": "rotate | spin | tilt | rotation",
    "straighten": "straighten",
    "turn": "turn",
    "upside down": "flip upside down | turn upside down | rotate upside down | upside down | half turn | turn around",
    "flip": "flip | mirror | reflect | flop | mirror image",
    "border": "border | frame",
    "padding": "padding",
    "extend": "extend | expand | extend canvas | expand canvas | enlarge canvas | canvas",
    "pad": "pad | letterbox | pad out",
    "round corner": (
        "corner rounded | corner round | round corner | rounded corner | corner radius | round off corner"
    ),
    "round": "round | rounded",
    "grayscale": (
        "grayscale | gray scale | black and white | black & white | b & w | b and w | bw | b w | monochrome | "
        "desaturate completely | remove color | remove all color | no color | gray tones | gray out"
    ),
    "sepia": (
        "sepia | sepia tone | sepia effect | sepia filter | vintage | vintage look | look old | old | retro | "
        "old photo | look like old photo | look like old photograph | antique | old fashioned | vintage effect | "
        "vintage filter | sepia toned"
    ),
    "negate": "negate | invert | negative | invert color | inverse | inverted color | color inversion | invert tone",
    "normalize": (
        "normalize | normalization | auto level | autolevel | auto contrast | stretch contrast | stretch tone | "
        "stretch histogram | normalize tone | normalize color"
    ),
    "equalize": "equalize | equalize histogram | histogram equalization | equalization | equalize tone",
    "brightness": "brightness | exposure",
    "brighter": "brighter | brighten | brighten up | lighter | lighten | lighten up | bright | too dark",
    "darker": "darker | darken | dark | dim | dimmer | too bright | too light",
    "saturation": "saturation | color saturation | vibrance | color intensity",
    "saturated": (
        "saturated | saturate | vivid | vibrant | colorful | punchy | more color | add color | richer color | "
        "vivid color"
    ),
    "desaturate": "desaturate | muted | muted color | washed out | faded color",
    "hue": (
        "hue | hue shift | shift hue | hue rotate | rotate hue | hue rotation | change hue | shift color | "
        "color shift | turn hue | rotate color"
    ),
    "contrast": "contrast",
    "contrasty": "contrasty | contrastier | more contrast",
    "pop": "pop | color pop | look punchy | stand out",
    "gamma": "gamma | gamma correction | gamma correct | correct gamma | gamma curve",
    "tint": "tint | colorize | color tint | color overlay | tint color",
    "warm": "warm | warmer | warm up | warm tone | warm tint | warm color | warmth | warmer color | warmer tone",
    "cool": (
        "cool | cooler | cool down | cool tone | cool tint | colder | cool color | cooler color | cooler tone | cold"
    ),
    "enhance": (
        "enhance | auto enhance | autoenhance | improve | improve quality | look better | better | nicer | "
        "nice | look nice | look good | look great | look amazing | fix | auto fix | autofix | touch up | "
        "enhancement | enhance quality | beautify | improve color | enhance color | look professional | "
        "auto correct | prettier | look prettier | retouch | auto adjust | auto tone | auto color | polish"
    ),
    "blur": "blur | gaussian blur | blurry | blurrier | blur effect | defocus | out of focus",
    "soften": "soften | softer | make soft | look soft | soft focus | soft blur | smooth | smoother",
    "sharpen": (
        "sharpen | sharper | sharp | clearer | sharpness | unsharp mask | crisp | crisper | unblur | "
        "remove blur | sharpen edge | sharpen detail | deblur | add detail | bring out detail | less blurry | "
        "less blur | reduce blur"
    ),
    "denoise": (
        "denoise | de noise | reduce noise | remove noise | noise reduction | less noise | less noisy | "
        "remove grain | reduce grain | clean up noise | noise removal | less grain | less grainy | too noisy | "
        "too grainy"
    ),
    "emboss": "emboss | emboss effect | relief",
    "edge": (
        "edge detection | edge detect | detect edge | find edge | show edge | highlight edge | trace edge | "
        "edge only | outline edge"
    ),
    "posterize": "posterize | posterization | poster effect",
    "solarize": "solarize | solarization",
    "pixelate": "pixelate | pixelation | pixelated | pixelize | blocky | censor",
    "vignette": "vignette | vignetting | darken corner | dark corner | darken edge | dark edge | vignette effect",
    "text": "text | overlay text | text overlay | caption | write | label | words | subtitle | type",
    "title": "title | heading | headline",
    "watermark": "watermark | overlay",
    "quality": "quality",
    "compress": (
        "compress | compression | file size | filesize | smaller file | file smaller | reduce file size | "
        "size on disk | smaller file size | reduce weight | shrink file size | decrease file size | "
        "lower file size | lighter file | file lighter"
    ),
    "optimize": "optimize | optimization | web optimize | web friendly | web ready | ready for web | good for web",
    "strip metadata": (
        "strip metadata | remove metadata | delete metadata | strip exif | remove exif | delete exif | "
        "clear metadata | strip all metadata | remove all metadata | remove location | remove gps | strip gps | "
        "remove gps location | delete gps location | strip location | without metadata | no metadata | "
        "clear exif | remove location data | remove gps data | strip exif data | remove exif data | "
        "delete location | remove personal data"
    ),
    "keep copyright": (
        "keep copyright | preserve copyright | keep copyright metadata | keep copyright information | "
        "keep only copyright | keep credit | strip metadata but keep copyright | "
        "remove metadata but keep copyright | remove all metadata but keep copyright | "
        "remove exif but keep copyright | keep artist and copyright | strip all metadata but copyright | "
        "strip metadata except copyright | keep copyright info"
    ),
}

# What stands in front of an operation, or alone in front of what it wants.
VERBS: Final[Mapping[str, str]] = {
    "make": "make | get | have | want | turn out | create | set | give | keep | prepare | need",
    "add": "add | put | insert | place | include | draw | paint | overlay with | stamp | wrap | surround",
    "apply": "apply | do | perform | use | run | adjust | tweak",
    "convert": (
        "convert | convert to | save | export | output | change format | encode | transform | store | return | "
        "format | reformat | switch to | download"
    ),
    "change": "change | replace | swap | modify | alter",
    "become": (
        "turn into | turn this into | change into | transform into | make into | turn to | convert into | "
        "look like | make look like | in style of | style of | as if"
    ),
}
CHANGES: Final[Mapping[str, str]] = {
    "more": (
        "more | increase | raise | boost | add more | up | turn up | higher | bump | bump up | intensify | stronger"
    ),
    "less": (
        "less | reduce | decrease | lower | turn down | drop | diminish | cut down on | not so | weaker | bring down"
    ),
    "remove": "remove | erase | delete | take off | take away | get rid of | strip | drop out | eliminate",
}
LABELS: Final[Mapping[str, str]] = {
    "width": "width | wide | w | across | wider than | no wider than | in width | max width | maximum width",
    "height": "height | tall | h | taller than | no taller than | in height | max height | maximum height",
    "longest": (
        "longest side | long side | longest edge | long edge | longer side | longer edge | largest side | "
        "biggest side | max side | maximum side | largest dimension | longest dimension"
    ),
    "x": "x | left offset",
    "y": "y | top offset",
    "size": "size | font size | text size | as big | as large | dimension | in size | resolution",
    "opacity": "opacity | opaque | alpha",
    "margin": "margin",
    "radius": "radius",
    "sigma": "sigma",
    "threshold": "threshold | tolerance",
    "intensity": "intensity | strength | amount",
    "stroke": "stroke | outline | stroke width | outline width | outlined",
    "factor": "factor | factor of",
}
RELATIONS: Final[Mapping[str, str]] = {
    "to": "to",
    "by": "by",
}
SEPARATORS: Final[Mapping[str, str]] = {
    "and": "and | also | plus | as well as | and also | & | but",
    "then": (
        "then | and then | after that | afterwards | followed by | next | finally | first | firstly | and finally | "
        "before that | lastly | and after that | secondly | and next"
    ),
}
FILLERS: Final = frozenset(
    re.findall(
        r"[a-z]+",
        """a an the it this that these those its my our your all of image picture photo photograph pic file
    please kindly can could would will you i we me us id let just simply really quite need should like want
    wish in on at from with for into onto as is are be look so some effect filter overall thanks thank hey hi hello
    around off ok okay now entire whole there here value new original current present only them one version mode
    style tone color using via inside within over
    letter font please let's""",
    )
)


def kinds() -> Mapping[Kind, Mapping[str, str]]:
    """Give every table of this module under its kind."""
    return {
        "head": HEADS,
        "verb": VERBS,
        "change": CHANGES,
        "label": LABELS,
        "relation": RELATIONS,
        "separator": SEPARATORS,
    }
