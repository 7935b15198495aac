"""The words for what operations take: places, formats, aspects, strengths, options; and what no operation can do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from processor.edits.language.terms import Kind

PLACES: Final[Mapping[str, str]] = {
    "north": "top | top center | top middle | top edge | upper edge | north | above | top side | center top",
    "northeast": "top right | upper right | top right corner | upper right corner | northeast | right top",
    "east": "right | right side | right edge | right hand side | east | center right | middle right",
    "southeast": "bottom right | lower right | bottom right corner | lower right corner | southeast | right bottom",
    "south": "bottom | bottom center | bottom middle | bottom edge | lower edge | south | below | bottom side | base",
    "southwest": "bottom left | lower left | bottom left corner | lower left corner | southwest | left bottom",
    "west": "left | left side | left edge | left hand side | west | center left | middle left",
    "northwest": "top left | upper left | top left corner | upper left corner | northwest | left top",
    "center": "center | middle | centered",
}
FORMATS: Final[Mapping[str, str]] = {
    "jpeg": "jpg | jpeg | jpe | jfif",
    "png": "png",
    "webp": "webp",
    "avif": "avif",
    "gif": "gif",
    "tiff": "tiff | tif",
}
ASPECTS: Final[Mapping[str, str]] = {
    "1:1": "square | squared | instagram | instagram post | instagram square | profile picture | avatar",
    "4:5": "portrait | instagram portrait | vertical format",
    "9:16": "story | instagram story | stories | reel | reels | tiktok | vertical video | phone wallpaper",
    "16:9": "widescreen | wide screen | youtube | youtube thumbnail | video format | hdtv",
    "3:2": "landscape | classic | landscape format",
    "2:1": "panorama | panoramic",
    "21:9": "ultrawide | ultra wide",
    "2.39:1": "cinematic | cinemascope | anamorphic",
    "1.618:1": "golden ratio",
}
EXTENTS: Final[Mapping[str, str]] = {
    "1280x720": "hd | 720 p",
    "1920x1080": "full hd | fullhd | fhd | 1080 p",
    "2560x1440": "1440 p | qhd",
    "3840x2160": "4 k | uhd | 2160 p",
    "7680x4320": "8 k",
}
LEVELS: Final[Mapping[str, str]] = {
    "slight": (
        "slightly | slight | a little | little | a little bit | a bit | bit | a touch | lightly | light | "
        "gently | gentle | mildly | mild | subtle | subtly | a tad | somewhat | a hint | softly | soft | "
        "a tiny bit | tiny bit"
    ),
    "medium": "moderately | moderate | medium | normal | standard | average",
    "strong": (
        "much | a lot | lot | very | strongly | strong | heavily | heavy | extremely | aggressively | "
        "aggressive | intense | intensely | way | far | dramatically | dramatic | significantly | considerably | "
        "hard | extra | lots"
    ),
    "low": "low | poor | bad | worst | lowest | minimum | minimal",
    "high": "high | good | great",
    "maximum": "maximum | max | highest | best | full | top quality | very high",
}
MEASURES: Final[Mapping[str, str]] = {
    "large": "large | big | huge | thick | wide border | bold | broad",
    "small": "small | tiny | thin | narrow | fine",
}
OPTIONS: Final[Mapping[str, str]] = {
    "all sides": (
        "all sides | each side | every side | all edges | each edge | every edge | sides | edges | edge | "
        "all around | all round | all four sides | all borders | all directions"
    ),
    "circle": "circle | circular | round shape | disc | disk | oval",
    "face": "face | faces",
    "subject": "subject | main subject | what matters | important part | interesting part | most important part",
    "detail": "detail | most interesting part | richest part | most detail | entropy",
    "attention": "attention",
    "horizontal": (
        "horizontally | horizontal | left to right | left right | sideways | side to side | right to left | "
        "along vertical axis | left and right | x axis | y flip"
    ),
    "vertical": (
        "vertically | vertical | top to bottom | top bottom | up down | bottom to top | up and down | "
        "along horizontal axis | top and bottom | head over heels"
    ),
    "both ways": (
        "both ways | both directions | horizontally and vertically | vertically and horizontally | both axes | both"
    ),
    "clockwise": "clockwise | cw | rightward | rightwards | clock wise",
    "counterclockwise": (
        "counterclockwise | counter clockwise | anticlockwise | anti clockwise | ccw | leftward | leftwards | "
        "anti clock wise | counter clock wise"
    ),
    "quarter turn": "quarter turn | on its side",
    "keep aspect": (
        "keep aspect ratio | keep aspect | keep proportions | keep ratio | maintain aspect ratio | "
        "maintain proportions | proportionally | preserve aspect ratio | preserve proportions | "
        "without distortion | without distorting | without cropping | without stretching"
    ),
    "ignore aspect": (
        "ignore aspect ratio | ignore aspect | ignore proportions | ignoring aspect ratio | "
        "without keeping aspect ratio | distorted | stretched"
    ),
    "exact": "exactly | exact | precisely",
    "limit": (
        "at most | no more than | up to | under | below | less than | smaller than | not more than | "
        "no larger than | no bigger than | maximum of | max of | limited to | maximum size | max size | "
        "max size of | at maximum"
    ),
    "no enlarge": "never enlarge | without enlarging | dont enlarge | do not enlarge | never larger | only if larger",
    "web": "for web | for website | for internet | for online | for web use | for websites | web | website",
    "background": "background | backdrop",
    "size word": "sized",
    "corner": "corner",
    "part": "part | region | area | portion | section",
    "transparent": "transparent | semi transparent | translucent | see through",
    "logo": "logo",
    "canvas": "canvas",
}
# A request for one of these is understood, and refused: nothing here finds, removes or invents things in a picture.
THINGS: Final[Mapping[str, str]] = {
    "thing": (
        "dog | cat | person | people | man | woman | boy | girl | child | children | kid | baby | crowd | "
        "human | hair | beard | mustache | glasses | sunglasses | hat | eye | eyes | red eye | red eyes | "
        "mouth | smile | teeth | nose | skin | lip | lips | makeup | wrinkles | blemish | blemishes | acne | "
        "pimple | tattoo | hand | hands | dress | shirt | clothes | suit | tie | sky | cloud | clouds | sun | "
        "sunset | sunrise | moon | star | stars | rain | snow scene | tree | trees | flower | flowers | grass | "
        "mountain | mountains | beach | sea view | ocean | water | river | lake | house | building | buildings | "
        "car | cars | bike | bird | birds | horse | animal | animals | unicorn | dragon | object | objects | "
        "thing | things | stranger | strangers | tourist | tourists | wire | wires | shadow | shadows | "
        "reflection | reflections | dust | scratch | scratches | license plate | number plate | wall | table | "
        "chair | food"
    ),
    "style": (
        "painting | oil painting | watercolor | watercolour | drawing | sketch | pencil sketch | "
        "pencil drawing | cartoon | anime | manga | comic | comic book | illustration | caricature | pixar | "
        "disney | ghibli | van gogh | picasso | monet | cyberpunk | vaporwave | pop art | photorealistic | 3 d | "
        "three d | line art | mosaic art | meme | sticker | sculpture | statue | render | clay | lego | emoji | "
        "video | movie | animation"
    ),
}


def kinds() -> Mapping[Kind, Mapping[str, str]]:
    """Give every table of this module under its kind."""
    return {
        "place": PLACES,
        "format": FORMATS,
        "aspect": ASPECTS,
        "extent": EXTENTS,
        "level": LEVELS,
        "option": OPTIONS | MEASURES,
        "thing": THINGS,
    }
