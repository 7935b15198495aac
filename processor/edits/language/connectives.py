"""List the words that hold a command together: verbs, changes, prepositions, negations, and words without meaning."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from processor.edits.language.terms import Kind

# What stands in front of an operation, or alone in front of what it wants.
VERBS: Final[Mapping[str, str]] = {
    "make": (
        "love | make | make ready | get ready | look better in | look good in | look nice in | better in | "
        "nicer in | nice in | "
        "get | want | create | set | give | prepare | need | let be | should be | must be | "
        "has to be | shall be | like"
    ),
    "have": "have",
    "add": "add | put | insert | place | include | draw | paint | overlay with | stamp | wrap | surround",
    "apply": "apply | do | perform | use | run | adjust | tweak",
    "convert": (
        "convert | save | export | output | change format | encode | transform | store | return | "
        "reformat | switch | download"
    ),
    "change": "change | touch | affect | replace | swap | modify | alter | bring",
    "become": (
        "turn into | turn this into | change into | transform into | make into | convert into | "
        "look like | make look like | in style of | style of | as if"
    ),
}
CHANGES: Final[Mapping[str, str]] = {
    "more": (
        "more | increase | raise | boost | add more | up | turn up | higher | bump | bump up | intensify | stronger | "
        "lift | more intense"
    ),
    "less": (
        "less | reduce | decrease | lower | turn down | drop | diminish | cut down on | not so | not so much | "
        "not as much | weaker | bring down | less intense | "
        "tone down | limit | down"
    ),
    "remove": "remove | erase | delete | take off | take away | get rid of | strip | drop out | eliminate",
}
COPULAS: Final[Mapping[str, str]] = {
    "is": (
        "is | are | it's | that's | image's | photo's | picture's | looks | look | seems | seem | appears | was | "
        "were | "
        "came out | turned out | feels | has | there is | there's | there are"
    ),
}
TOO: Final[Mapping[str, str]] = {
    "too": "too | overly | excessively",
    "too much": "too much",
    "too little": "too little | not enough | lack",
}
NOT: Final[Mapping[str, str]] = {
    "resize": (
        "keep size | keep same size | keep original size | keep dimensions | same size | keep resolution | "
        "same dimensions | "
        "keep its size"
    ),
    "not": (
        "all but | everything but | anything but | any but | all formats but | any format but | "
        "not | don't | dont | do not | no | never | without | avoid | except | except for | other than | doesn't | "
        "does not | instead of | rather than | skip | isn't | aren't | nor | neither | unless | can't"
    ),
}
ORDER: Final[Mapping[str, str]] = {
    "before": "before | prior to | before you",
    "after": "after | once you have | after you",
}
# Prepositions; "max" and "min" bound the number behind them.
RELATIONS: Final[Mapping[str, str]] = {
    "to": "to | down to | up till",
    "into": "into",
    "by": "by",
    "at": "at | starting at | offset | at offset | at position | at coordinates | positioned at | at point",
    "from": "from | starting from",
    "off": "off | off of | away from",
    "of": "of",
    "in": "in | inside",
    "with": "with | using | having",
    "on": "on | onto | upon",
    "across": "across | along | over | around",
    "for": "for",
    "as": "as",
    "within": "within",
    "max": (
        "at most | no more than | up to | under | below | less than | smaller than | not more than | at maximum | "
        "no larger than | no bigger than | maximum of | max of | limited to | maximum size | max size | max | "
        "maximum | "
        "max size of | not larger than | not bigger than | not exceeding | not exceed | should not exceed | "
        "must not exceed | or less | or smaller | or lower | tops | lower than | fewer than | no greater than | "
        "file smaller than | file size smaller than"
    ),
    "min": (
        "at least | no less than | more than | larger than | bigger than | above | min | minimum | minimum of | "
        "no smaller than | greater than | not less than | at minimum"
    ),
}
LABELS: Final[Mapping[str, str]] = {
    "width": "width | wide | w | wider than | no wider than | not wider than | in width | max width | maximum width",
    "height": (
        "height | tall | h | taller than | no taller than | not taller than | in height | max height | maximum height"
    ),
    "longest": (
        "longest side | long side | longest edge | long edge | longer side | longer edge | largest side | "
        "biggest side | max side | maximum side | largest dimension | longest dimension | on longest side | "
        "on long side | on long edge | on longer side | on longest edge | on each side | on every side | "
        "in any direction | in either direction | on a side"
    ),
    "x": "x | left offset",
    "y": "y | top offset",
    "size": "size | font size | text size | as big | as large | dimension | in size | original size",
    "resolution": "resolution",
    "opacity": "opacity | opaque | alpha",
    "margin": "margin",
    "radius": "radius",
    "sigma": "sigma",
    "threshold": "threshold | tolerance",
    "intensity": "intensity | strength | amount",
    "factor": "factor | factor of",
    "angle": "angle",
    "dpi": "dpi | ppi",
}
SEPARATORS: Final[Mapping[str, str]] = {
    "and": "and | also | plus | as well as | and also | & | but | while",
    "then": (
        "then | and then | after that | afterwards | followed by | next | finally | firstly | and finally | "
        "lastly | before anything else | first of all | to begin with | and after that | secondly | second | "
        "and next | item"
    ),
    "first": "first",
    "before that": "before that | but before that | and before that | but first",
}
QUESTIONS: Final = frozenset(
    re.findall(r"[a-z']+", "is are was should shall does did has why how what which where when who am isn't do have")
)
NOISE: Final = frozenset(
    re.findall(
        r"[a-z']+",
        """a an the it this that these those its my our your me us i i'd i'll i'm we you them him one ones
    image images picture pictures shot shots photo photos photograph photographs pic pics please pls plz kindly
    can could would will mind thanks thank thx ty hey hi hello ok okay now just simply so some well
    let let's think be be quite about roughly approximately
    """,
    )
)
"""The words without meaning: they may stand anywhere. Every other word is used, or stops the command."""


def kinds() -> Mapping[Kind, Mapping[str, str]]:
    """Return every table of this module under its kind."""
    return {
        "verb": VERBS,
        "change": CHANGES,
        "copula": COPULAS,
        "too": TOO,
        "not": NOT,
        "order": ORDER,
        "label": LABELS,
        "separator": SEPARATORS,
        "relation": RELATIONS,
    }
