"""Define the environment variables of each Lambda function: its slice of the settings.

A slice is the part of the settings that one function's code reads, with values that only the deployment knows:
addresses of other resources, the stack's name. Capacity is left out, so that another number of concurrent invocations
publishes no new version. Infrastructure writes ``to_env(slice)``; a handler reads ``from_env(Slice, os.environ)``, and
no other code reads the environment.

One variable per field, ``DARKROOM_<FIELD>``: text as it is, everything else as JSON, no variable without a value.
Five variables of the edit functions keep the names of the editor guide (``GUIDE_NAMES``), because other functions of
that system set and read them:

    S3_BUCKET        results_bucket     edit worker, edit API
    DYNAMODB_TABLE   sessions_table     edit worker, edit API
    MAX_IMAGE_SIZE   max_image_bytes    edit worker, edit API
    MAX_DIMENSIONS   max_dimension_px   edit worker
    DEFAULT_QUALITY  default_quality    edit worker
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import UnionType
from typing import Annotated, Final, Literal, Self, TypeVar, Union, get_args, get_origin

from pydantic import Field, model_validator
from pydantic_core import to_jsonable_python

from processor.errors import SettingsError
from processor.recipe import SizeName
from processor.settings.services import (
    EditAcceptance,
    EditSettings,
    EditWork,
    GalleryStore,
    RenditionSettings,
    RenditionWork,
    part_of,
)
from processor.settings.tree import CdnSettings
from processor.settings.values import CdnHost, DistributionId, HttpsUrl, TableName, TimeoutS, WebOrigin
from processor.validation import Section, from_tree

EnvT = TypeVar("EnvT", bound="Slice")

GUIDE_NAMES: Final[Mapping[str, str]] = {
    "results_bucket": "S3_BUCKET",
    "sessions_table": "DYNAMODB_TABLE",
    "max_image_bytes": "MAX_IMAGE_SIZE",
    "max_dimension_px": "MAX_DIMENSIONS",
    "default_quality": "DEFAULT_QUALITY",
}
# Lambda accepts 4 KB, measured as JSON; 512 bytes are reserved for other variables (allocator, powertools).
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MAX_ENV_BYTES: Final = 4096 - 512

StackName = Annotated[
    str,
    Field(
        pattern="^[A-Za-z0-9_.-]{1,100}$",
        json_schema_extra={"allowed": "a stack's name (1-100 letters, digits, dots, hyphens and underscores)"},
    ),
]
ParameterName = Annotated[
    str,
    Field(
        pattern="^/[A-Za-z0-9_./-]{1,1000}$",
        json_schema_extra={"allowed": "the name of an SSM parameter (/…)"},
    ),
]


class Slice(Section):
    """The environment that all functions share."""

    stack: StackName = Field(description="Stack that the function belongs to; a dimension of its metrics.")


class RenditionEnv(RenditionWork, Slice):
    """The environment of the rendition function."""

    service: Literal["rendition"] = Field(default="rendition", description="Service in logs and metrics.")
    cdn_host: CdnHost = Field(description="Host in the URLs of photo records.")
    distribution_id: DistributionId | None = Field(
        default=None, description="Distribution to invalidate when a photo is replaced or deleted; absent: none."
    )
    signed_renditions: bool | None = Field(
        default=None, description="Whether renditions need a signed cookie or URL; absent: they are public."
    )
    lane_queue_urls: tuple[HttpsUrl, ...] = Field(
        min_length=1, description="Queues of both lanes, in which messages wait for a photo that is worked on."
    )
    purge_queue_url: HttpsUrl = Field(description="Queue of photos whose cached files must go from the CDN.")
    events: bool | None = Field(
        default=None, description="Whether records announce outcomes to the table's stream; absent: events are off."
    )
    key_secret_parameter: ParameterName | None = Field(
        default=None, description="SSM parameter of the secret of opaque keys; absent: keys are readable."
    )

    @model_validator(mode="after")
    def _opaque_keys_have_a_secret(self) -> Self:
        if self.key_style == "opaque" and self.key_secret_parameter is None:
            raise ValueError("found key_style opaque without key_secret_parameter, expected both")
        return self

    @classmethod
    def of(cls, settings: RenditionSettings, *, stack: str, **wiring: object) -> Self:
        """Cut the slice from *settings*; *wiring*: CDN, distribution, queues, events."""
        return part_of(cls, settings, stack=stack, **wiring)


class OnDemandEnv(RenditionWork, Slice):
    """The environment of the function that makes renditions when they are first asked for.

    The CDN's host is not in it: the CDN has the address of this function.
    """

    service: Literal["on-demand"] = Field(default="on-demand", description="Service in logs and metrics.")
    signed_renditions: bool | None = Field(
        default=None, description="Whether renditions need a signed cookie or URL; absent: they are public."
    )

    @classmethod
    def of(cls, settings: RenditionSettings, *, stack: str, **wiring: object) -> Self:
        """Cut the slice from *settings*; *wiring*: what is signed."""
        return part_of(cls, settings, stack=stack, **wiring)


class EditEnv(EditWork, GalleryStore, Slice):
    """The environment of the edit worker, which reads ``photo://`` and CDN sources from the gallery's buckets."""

    service: Literal["edit"] = Field(default="edit", description="Service in logs and metrics.")
    cdn_host: CdnHost = Field(description="Host in the URLs of results.")
    signed_renditions: bool | None = Field(
        default=None, description="Whether renditions need a signed cookie or URL; absent: they are public."
    )
    signed_edits: bool | None = Field(
        default=None, description="Whether results need a signed cookie or URL; absent: they are public."
    )
    jobs_queue_url: HttpsUrl = Field(
        description="Queue of jobs; the worker shortens the visibility timeout of a job that failed for now."
    )

    @classmethod
    def of(cls, settings: EditSettings, gallery: GalleryStore, *, stack: str, **wiring: object) -> Self:
        """Cut the slice from *settings* and the *gallery* whose photos may be edited; *wiring*: CDN and queue."""
        return part_of(cls, settings, stack=stack, **wiring, **dict(part_of(GalleryStore, gallery)))


class EditApiEnv(EditAcceptance, Slice):
    """The environment of the edit API."""

    service: Literal["edit-api"] = Field(default="edit-api", description="Service in logs and metrics.")
    jobs_queue_url: HttpsUrl = Field(description="Queue that takes one job per picture.")
    ticket_key_parameter: ParameterName = Field(description="SSM parameter of the key that signs progress tickets.")
    origin_secret_parameter: ParameterName | None = Field(
        default=None, description="SSM parameter of the secret that the CDN sends along; absent: no secret is required."
    )
    timeout_s: TimeoutS = Field(description="Longest time of one invocation; progress streams end before it.")
    cors_origins: tuple[WebOrigin, ...] = Field(default=(), description="Web pages that may use the API.")
    archive_sizes: tuple[SizeName, ...] | None = Field(
        default=None, description="Sizes that an archive may have, besides `originals`; absent: archives are off."
    )

    @classmethod
    def of(cls, settings: EditSettings, cdn: CdnSettings, *, stack: str, **wiring: object) -> Self:
        """Cut the slice from *settings* and *cdn*; *wiring*: the queue, the parameters and the sizes of archives."""
        known = {"stack": stack, "timeout_s": settings.api.timeout_s, "cors_origins": cdn.cors_origins}
        return part_of(cls, settings, **known, **wiring)


class ReconcileEnv(GalleryStore, Slice):
    """The environment of the reconciler."""

    service: Literal["reconcile"] = Field(default="reconcile", description="Service in logs and metrics.")
    uploads_queue_url: HttpsUrl = Field(description="Queue that stuck photos are sent to again.")
    cdn_host: CdnHost = Field(description="Host in the URLs of photo records.")
    distribution_id: DistributionId | None = Field(
        default=None, description="Distribution to invalidate when an orphan is removed; absent: none."
    )
    signed_renditions: bool | None = Field(
        default=None, description="Whether renditions need a signed cookie or URL; absent: they are public."
    )
    originals_table: TableName = Field(description="DynamoDB table of originals.")
    missing_record: Literal["create", "require"] = Field(
        default="create", description="`create` or `require` missing photo records."
    )
    stuck_after_s: int = Field(default=600, ge=0, description="Photos without progress for this long may be stuck.")

    @classmethod
    def of(cls, settings: RenditionSettings, *, stack: str, **wiring: object) -> Self:
        """Cut the slice from *settings*; *wiring*: CDN, distribution and queue."""
        return part_of(cls, settings, stack=stack, stuck_after_s=settings.reconciler.stuck_after_s, **wiring)


def signed_pictures(cdn: CdnSettings, *kinds: str) -> dict[str, bool]:
    """Return which of *kinds* need a signature, as fields of slices; none for what is public."""
    return {f"signed_{kind}": True for kind in kinds if kind in cdn.signed}


def to_env(part: Slice) -> dict[str, str]:
    """Write *part* as environment variables; raise SettingsError above Lambda's limit of bytes."""
    names = variables(type(part))
    fields = {name: getattr(part, name) for name in names}
    env = {names[name]: encoded(value) for name, value in fields.items() if value is not None}
    size = len(json.dumps(env))
    if size > MAX_ENV_BYTES:
        longest = max(env, key=lambda variable: len(env[variable]))
        raise SettingsError(
            f"environment of {type(part).__name__}: found {size:,} bytes, expected at most {MAX_ENV_BYTES:,} "
            f"(Lambda's limit); the longest variable is {longest}"
        )
    return env


def from_env(kind: type[EnvT], environ: Mapping[str, str]) -> EnvT:
    """Read the slice *kind* from *environ*; raise SettingsError with one line naming the variable."""
    names = variables(kind)
    tree = {
        name: environ[variable] if holds_text(kind.model_fields[name].annotation) else decoded(environ[variable])
        for name, variable in names.items()
        if variable in environ
    }
    return from_tree(kind, tree, names)


def variables(kind: type[Slice]) -> dict[str, str]:
    """Return the name of the variable of each field of *kind*."""
    return {name: GUIDE_NAMES.get(name, f"DARKROOM_{name.upper()}") for name in kind.model_fields}


def encoded(value: object) -> str:
    """Write one value: text as it is, everything else as compact ASCII JSON."""
    return (
        value
        if isinstance(value, str)
        else json.dumps(to_jsonable_python(value, exclude_none=True), separators=(",", ":"))
    )


def decoded(text: str) -> object:
    """Read JSON; return *text* itself if it is none, for the check to refuse by name."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def holds_text(annotation: object) -> bool:
    """Return whether the values of a field with this annotation are strings, apart from None."""
    inner = get_args(annotation)
    if get_origin(annotation) is Annotated:
        return holds_text(inner[0])
    if get_origin(annotation) in {Union, UnionType}:
        return any(holds_text(one) for one in inner)
    return annotation is str or (get_origin(annotation) is Literal and all(isinstance(one, str) for one in inner))
