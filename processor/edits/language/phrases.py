"""List the words of operations: every phrase that names one, under the name of its parser.

A phrase is written in American spelling and basic form; ``lexicon.py`` reads other spellings and forms ("colours",
"sharpening") as these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from processor.edits.language.terms import Kind

# Each names a parser of parsers/table.py.
HEADS: Final[Mapping[str, str]] = {
    "resize": "resize | re size | downsize",
    "scale": "scale | rescale",
    "zoom": "zoom in | zoom | zoom in on | zoom into",
    "bigger": ("bigger | larger | enlarge | upscale | upsize | scale up | size up | magnify | grow | upscaling"),
    "smaller": (
        "smaller | shrink | downscale | scale down | size down | halve it | zoom out | "
        "cut size | cut size in half | cut in half | cut in two | shrink down"
    ),
    "cover": (
        "crop to fill | crop to cover | resize and crop | crop and resize | resize to fill | resize to cover | "
        "cover | fill"
    ),
    "rest": "fill rest | fill remaining space | fill remainder | fill empty space | fill space",
    "inside": "fit | resize to fit | scale to fit | fit inside | fit within | fit into | make fit | fit in",
    "stretch": "stretch | squash | squeeze | distort | distortion",
    "thumbnail": "thumbnail | thumb | make thumbnail",
    "crop": "crop | cut | cut to | cut down to | cropping",
    "cut off": (
        "cut anything off | crop anything off | cut off anything | cut something off | cut parts off | cut any off | "
        "crop off | crop away | cut off | cut away | shave | shave off | chop | chop off | slice | slice off | "
        "trim off | "
        "crop out | cut out"
    ),
    "keep": "keep | keep only | keep just",
    "autocrop": (
        "auto crop | autocrop | smart crop | smartcrop | crop automatically | crop smartly | crop intelligently"
    ),
    "trim": (
        "trim | remove border | remove all border | remove frame | remove black bars | remove bars | "
        "remove white space | "
        "remove whitespace | remove empty space | remove margins | autotrim | auto trim | trim border | "
        "trim white space | trim whitespace | trim margins | crop whitespace | crop border | cut border"
    ),
    "rotate": "rotate | spin | tilt | rotate by",
    "straighten": "straighten",
    "turn": "turn",
    "upside down": (
        "flip upside down | rotate half turn | turn upside down | rotate upside down | upside down | half turn | "
        "turn around | turn on head | stand on head"
    ),
    "flip": "flip | mirror | reflect | flop | mirror image",
    "border": "border | frame",
    "bars": "bars | bar | margins | stripe | band",
    "padding": "padding",
    "extend": "extend | expand | extend canvas | expand canvas | enlarge canvas | canvas | more space | extra space",
    "pad": "pad | pad out | fill up",
    "letterbox": "letterbox | pillarbox",
    "round corner": (
        "corner rounded | corner round | round corner | rounded corner | corner radius | round off corner"
    ),
    "round": "round | rounded",
    "grayscale": (
        "grayscale | gray scale | black and white | black white | black & white | b & w | b and w | bw | b w | "
        "monochrome | "
        "desaturate completely | remove color | remove all color | no color | gray tones | gray out"
    ),
    "sepia": (
        "sepia | sepia tone | sepia effect | sepia filter | vintage | vintage look | look old | retro | "
        "old photo | look like old photo | look like old photograph | antique | old fashioned | vintage effect | "
        "vintage filter | sepia toned"
    ),
    "negate": (
        "negate | invert | negative | invert color | reverse color | inverse | inverted color | color inversion | "
        "invert tone"
    ),
    "normalize": (
        "normalize | normalization | auto level | autolevel | auto contrast | stretch contrast | stretch tone | "
        "stretch histogram | normalize tone | normalize color"
    ),
    "equalize": "equalize | equalize histogram | histogram equalization | equalization | equalize tone",
    "brightness": "brightness | luminosity",
    "exposure": "exposure",
    "brighter": (
        "more light | add light | increase light | raise light | light up | brighter | brighten | brighten up | "
        "lighter | lighten | lighten up"
    ),
    "darker": "less light | reduce light | lower light | darker | darken | dimmer",
    "saturation": "saturation | color saturation | vibrance | color intensity",
    "saturated": (
        "saturate | more color | add color | richer color | vivid color | punchy | stronger color | "
        "more intense color | color more intense | color stronger | boost color"
    ),
    "desaturate": "desaturate | completely desaturate | fully desaturate | muted | muted color",
    "color": "color | number of color | color count | color palette | palette",
    "hue": (
        "hue | hue shift | shift hue | hue rotate | rotate hue | hue rotation | change hue | shift color | "
        "color shift | turn hue | rotate color"
    ),
    "contrast": "contrast",
    "less contrasty": "softer contrast | soft contrast | flatter contrast | gentler contrast",
    "contrasty": "contrasty | contrastier | more contrast",
    "pop": "pop | color pop | look punchy | stand out",
    "gamma": "gamma | gamma correction | gamma correct | correct gamma | gamma curve",
    "tint": "tint | tone | colorize | color tint | color overlay | tint color",
    "warm": "warmer | warm up | warm tone | warm tint | warm color | warmth | warmer color | warmer tone",
    "cool": ("cooler | cool down | cool tone | cool tint | colder | cool color | cooler color | cooler tone"),
    "enhance": (
        "fix color | correct color | fix light | fix lighting | enhance | auto enhance | autoenhance | improve | "
        "improve quality | look better | better | nicer | "
        "nice | look nice | look good | look great | look amazing | auto fix | autofix | touch up | "
        "enhancement | enhance quality | beautify | improve color | enhance color | look professional | "
        "auto correct | enhance automatically | automatically enhance | improve automatically | "
        "fix automatically | automatically fix | adjust automatically | prettier | pretty | look prettier | retouch | "
        "auto adjust | auto tone | auto color | polish"
    ),
    "fix": "fix | fix that | repair | correct | fix up",
    "blur": "blur | gaussian blur | blurrier | blur effect | defocus",
    "soften": "soften | softer | make soft | soft focus | soft blur | smooth | smoother",
    "sharpen": (
        "sharpen | sharper | clearer | sharpness | unsharp mask | crisper | unblur | "
        "remove blur | fix blur | too much blur | sharpen edge | sharpen detail | deblur | add detail | "
        "bring out detail | less blurry | "
        "less blur | reduce blur"
    ),
    "denoise": (
        "denoise | de noise | reduce noise | remove noise | noise reduction | less noise | less noisy | "
        "remove grain | reduce grain | clean up noise | noise removal | less grain | less grainy"
    ),
    "emboss": "emboss | emboss effect | relief",
    "edge": (
        "edge detection | edge detect | detect edge | find edge | show edge | highlight edge | trace edge | "
        "only edge | edge only | outline edge"
    ),
    "posterize": "posterize | posterization | poster effect",
    "solarize": "solarize | solarization",
    "pixelate": "pixelate | pixelation | pixelated | pixelize | blocky | censor | mosaic",
    "vignette": "vignette | vignetting | darken corner | dark corner | darken edge | dark edge | vignette effect",
    "text": (
        "text | meme with | meme | overlay text | text overlay | caption | write | label | words | subtitle | "
        "type | sign"
    ),
    "title": "title | heading | headline",
    "watermark": "watermark | overlay",
    "quality": "quality | compression quality | q",
    "compress": (
        "compress | compression | file size | size of file | weigh | filesize | smaller file | file smaller | "
        "reduce file size | "
        "size on disk | smaller file size | smaller in file size | reduce weight | shrink file size | "
        "decrease file size | "
        "lower file size | lighter file | file lighter"
    ),
    "optimize": "optimize | optimization | web optimize | web friendly | web ready | ready for web | good for web",
    "strip metadata": (
        "strip metadata | remove metadata | delete metadata | strip exif | remove exif | delete exif | "
        "clear metadata | strip all metadata | remove all metadata | remove location | remove gps | strip gps | "
        "remove gps location | delete gps location | strip location | without metadata | no metadata | "
        "clear exif | remove location data | remove gps data | strip exif data | remove exif data | "
        "delete location | remove personal data | remove all private data"
    ),
    "still": (
        "first frame only | only first frame | first frame | keep only first frame | keep first frame | still | "
        "still image | remove animation | no animation | without animation | stop animation | freeze | "
        "just first frame | take first frame | take only first frame | extract first frame | use first frame"
    ),
    "keep copyright": (
        "keep copyright | preserve copyright | keep copyright metadata | keep copyright information | "
        "keep only copyright | keep credit | strip metadata but keep copyright | "
        "remove metadata but keep copyright | remove all metadata but keep copyright | "
        "remove exif but keep copyright | keep artist and copyright | strip all metadata but copyright | "
        "strip metadata except copyright | keep copyright info | strip all metadata except copyright | "
        "remove metadata except copyright | remove all metadata except copyright | remove exif except copyright"
    ),
}

# How a picture is ("it's blurry") or shall be ("make it blurry"); states.py tells which.
STATES: Final[Mapping[str, str]] = {
    "blurry": "blurry | blurred | out of focus | fuzzy | unsharp | unfocused",
    "soft": "soft | look soft",
    "sharp": "sharp | crisp | clear",
    "dark": "dark | dim",
    "underexposed": "underexposed | under exposed | gloomy | murky",
    "bright": "bright",
    "overexposed": "overexposed | over exposed | blown out | too light",
    "washed out": "washed out | faded | faded color",
    "dull": "dull | pale | lifeless | bland | colorless | drab",
    "flat": "flat",
    "noisy": "noisy | grainy | noise | grain",
    "saturated": "saturated | vivid | vibrant | colorful",
    "contrasty": "contrasty | harsh",
    "warm": "warm | yellowish | orangish | reddish",
    "cold": "cold | cool | bluish",
    "large": "large | big | huge",
    "small": "small | tiny",
    "old": "old | antique look",
    "rotated": "rotated | tilted | crooked | turned | skewed | slanted | leaning",
    "sideways": "sideways",
}


def kinds() -> Mapping[Kind, Mapping[str, str]]:
    """Return every table of this module under its kind."""
    return {"head": HEADS, "state": STATES}
