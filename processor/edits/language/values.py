"""List the words for what operations take: places, formats, aspects, strengths, options; and what none can do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from processor.edits.language.terms import Kind

PLACES: Final[Mapping[str, str]] = {
    "north": "top | upper | top center | top middle | top edge | upper edge | north | top side | center top",
    "northeast": "top right | upper right | top right corner | upper right corner | northeast | right top",
    "east": "right | right side | right edge | right hand side | east | center right | middle right",
    "southeast": "bottom right | lower right | bottom right corner | lower right corner | southeast | right bottom",
    "south": "bottom | bottom center | bottom middle | bottom edge | lower edge | south | bottom side | base",
    "southwest": "bottom left | lower left | bottom left corner | lower left corner | southwest | left bottom",
    "west": "left | left side | left edge | left hand side | west | center left | middle left",
    "northwest": "top left | upper left | top left corner | upper left corner | northwest | left top",
    "center": "center | central | middle | centered | centred",
}
FORMATS: Final[Mapping[str, str]] = {
    "jpeg": "jpg | jpeg | jpe | jfif",
    "png": "png",
    "webp": "webp",
    "avif": "avif",
    "gif": "gif",
    "tiff": "tiff | tif",
}
# Read, never written: "convert heic to jpg".
SOURCE_FORMATS: Final[Mapping[str, str]] = {
    name: name
    for name in (*("pdf", "heic", "heif", "bmp", "svg", "jxl", "ico", "psd", "raw", "dng", "eps", "cr2", "nef"), "arw")
}
ASPECTS: Final[Mapping[str, str]] = {
    "1:1": "square | squared",
    "4:5": "instagram portrait",
    "16:9": "widescreen | wide screen | video format | hdtv",
    "3:2": "classic",
    "2:1": "panorama | panoramic",
    "21:9": "ultrawide | ultra wide",
    "2.39:1": "cinematic | cinemascope | anamorphic",
    "1.618:1": "golden ratio",
}
# Shapes that a place of use asks for; with a size, exactly that size.
PRESETS: Final[Mapping[str, str]] = {
    "1:1": (
        "instagram | instagram post | instagram square | profile picture | avatar | icon | favicon | app icon | "
        "whatsapp profile picture | facebook profile picture | linkedin profile picture | profile | profile photo"
    ),
    "9:16": (
        "story | instagram story | stories | reel | reels | tiktok | vertical video | phone wallpaper | "
        "mobile wallpaper | instagram reel | facebook story"
    ),
    "16:9": "youtube | youtube thumbnail | desktop wallpaper | wallpaper | desktop background",
    "205:78": "facebook cover | facebook cover photo | facebook banner",
    "3:1": "twitter header | twitter banner | x header",
    "4:1": "linkedin banner | linkedin cover",
    "7:9": "passport | passport photo",
}
ORIENTATIONS: Final[Mapping[str, str]] = {
    "portrait": "portrait | vertical format | upright format | portrait format | portrait orientation",
    "landscape": "landscape | landscape format | landscape orientation | horizontal format",
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
        "a tiny bit | tiny bit | slight bit"
    ),
    "medium": "moderately | moderate | medium | normal | standard | average | rather | fairly",
    "strong": (
        "much | a lot | lot | very | strongly | strong | heavily | heavy | extremely | aggressively | "
        "aggressive | intense | intensely | way | far | dramatically | dramatic | significantly | considerably | "
        "hard | extra | lots | really | super | even"
    ),
    "low": "low | poor | bad | worst | lowest | minimal",
    "high": "high | good | great",
    "maximum": "highest | best | best possible | highest possible | full | top quality | very high",
}
MEASURES: Final[Mapping[str, str]] = {
    "large": "thick | wide border | broad",
    "small": "thin | narrow | fine",
    "bold": "bold | in bold | bold letter | bold font | heavy letter",
}
OPTIONS: Final[Mapping[str, str]] = {
    "all sides": (
        "all sides | each side | every side | all edges | each edge | every edge | sides | edges | edge | "
        "all around | all round | all four sides | all borders | all directions | around it"
    ),
    "circle": "circle | circular | round shape | disc | disk",
    "face": "face | faces | people face | person face | face of people",
    "subject": "subject | main subject | what matters | important part | interesting part | most important part",
    "detail": "detail | most interesting part | richest part | most detail | entropy",
    "attention": "attention",
    "horizontal": (
        "horizontally | horizontal | left to right | left right | side to side | right to left | "
        "along vertical axis | left and right | y axis | around vertical axis | left right"
    ),
    "vertical": (
        "vertically | vertical | top to bottom | top bottom | up down | bottom to top | up and down | "
        "along horizontal axis | top and bottom | head over heels | x axis"
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
        "maintain proportions | proportionally | preserve aspect ratio | preserve proportions | aspect ratio | "
        "proportional | keep same aspect ratio | aspect"
    ),
    "ignore aspect": (
        "ignore aspect ratio | ignore aspect | ignore proportions | ignoring aspect ratio | distorted | stretched | "
        "change aspect ratio"
    ),
    "other side stays": (
        "width stays same | height stays same | width stay same | height stay same | keep width | keep height | "
        "keep same width | keep same height | width unchanged | height unchanged"
    ),
    "exact": "exactly | exact | precisely",
    "only": "only",
    "enough": "enough",
    "no enlarge": (
        "only if it larger | only if it bigger | if it larger | if it bigger | unless it smaller | "
        "never enlarge | never larger | only if larger | only if it is larger | never larger than original | "
        "not larger than original | no larger than original | never bigger than original | if larger | "
        "if it is larger | "
        "unless it is smaller | unless smaller | unless it's smaller | unless already smaller | only shrink | "
        "only if bigger | no larger than it is | not larger than it is | never larger than it is"
    ),
    "no crop": (
        "keep everything | keep all | keep whole | keep it whole | show everything | nothing cut off | nothing cut | "
        "nothing cropped | nothing is cut off | nothing is cropped | keep everything visible | keep whole thing | "
        "without losing anything | without losing any | without losing any of | without losing parts | "
        "nothing lost | nothing missing | don't want to lose anything | don't lose anything | do not lose anything | "
        "do not want to lose anything | "
        " keep it all | show all | show whole | keep entire | uncropped"
    ),
    "lossless": (
        "lossless | losslessly | without loss | without losing quality | without quality loss | no quality loss | "
        "without loss of quality | with no loss | no loss | without losing any quality | no loss of quality"
    ),
    "copy": "version | copy | variant | conversion",
    "file": "file | format | image format | file format",
    "all pictures": (
        "all images | all photos | all pictures | all of them | each image | each photo | each picture | every image | "
        "every photo | every picture | each of them | everything | all"
    ),
    "effect": "effect | filter | look | style",
    "saying": "saying | that says | which says | reading | that reads | with text | with words",
    "letters": "letter | lettering | characters",
    "outline": "outline | stroke | outlined | stroke width | outline width | contour",
    "solid": "solid",
    "any": "any | anything | something",
    "web": (
        "for web | for website | for internet | for online | for web use | for websites | web | website | "
        "for blog | for homepage | for site | for web page | for shop"
    ),
    "background": "background | backdrop | canvas color",
    "size word": "sized",
    "corner": "corner",
    "axis": "axis",
    "part": "part | region | area | portion | section | piece",
    "transparent": "transparent | semi transparent | translucent | see through",
    "logo": "logo",
    "canvas": "canvas | space",
    "print": "print | printout",
    "plain": "empty | plain | blank",
    "cut rest": "crop excess | crop rest | crop remainder | crop overflow | crop what doesn't fit | cut excess",
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
        "thing | things | stranger | strangers | tourist | tourists | wire | wires | "
        "reflection | reflections | dust | scratch | scratches | license plate | number plate | wall | table | "
        "chair | food | fog | rainbow | fireworks | confetti | younger | thinner | slimmer"
    ),
    "shadow": "shadow | shadows",
    "style": (
        "painting | oil painting | watercolor | watercolour | drawing | sketch | pencil sketch | "
        "pencil drawing | cartoon | anime | manga | comic | comic book | illustration | caricature | pixar | "
        "disney | ghibli | van gogh | picasso | monet | cyberpunk | vaporwave | pop art | photorealistic | 3 d | "
        "three d | line art | mosaic art | sticker | sculpture | statue | render | clay | lego | emoji | "
        "video | movie | animation"
    ),
}


def kinds() -> Mapping[Kind, Mapping[str, str]]:
    """Return every table of this module under its kind."""
    return {
        "place": PLACES,
        "format": FORMATS,
        "source format": SOURCE_FORMATS,
        "aspect": ASPECTS | {f"{aspect} preset": phrases for aspect, phrases in PRESETS.items()},
        "orientation": ORIENTATIONS,
        "extent": EXTENTS,
        "level": LEVELS,
        "option": OPTIONS | MEASURES,
        "thing": THINGS,
    }
