"""Define the settings of the two services: renditions of photos, and edits.

A function's settings are assembled from parts, so that ``functions.py`` can cut out what one function reads:

    RenditionSettings = RenditionWork (GalleryStore + Recipe) + FunctionSettings
    EditSettings      = EditWork + EditAcceptance (both EditStore) + FunctionSettings
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self, TypeVar

from pydantic import Field, model_validator

from processor.recipe import DEFAULT_PROFILE, Recipe, Size, SizeName
from processor.settings.values import (
    EMPTY_IS_NONE,
    BucketName,
    Concurrency,
    FunctionName,
    Generations,
    HostName,
    HttpsUrl,
    KmsKeyArn,
    MemoryMib,
    TableName,
    TimeoutS,
)
from processor.validation import Section, resource_name

# Invocations that invalidate the CDN, the fewest that an event source mapping takes.
PURGE_CONCURRENCY: Final = 2
VISIBILITY_FACTOR: Final = 6  # AWS: visibility of a queue that feeds a function >= 6 x the function's timeout
DURATION_ALARM_MARGIN_S: Final = 5
MEMORY_ALARM_PERCENT: Final = 90
ARCHIVE_TIMEOUT_S: Final = 60
# How a command names the profile of the plain `sizes`.
DEFAULT_NAME: Final = "default"
PartT = TypeVar("PartT", bound=Section)


def part_of(kind: type[PartT], whole: Section, **more: object) -> PartT:
    """Cut from *whole* the fields that *kind* also has, and add *more*."""
    shared = kind.model_fields.keys() & type(whole).model_fields.keys()
    return kind.model_validate({name: getattr(whole, name) for name in shared} | more)


class FunctionSettings(Section):
    """One Lambda function and what follows from its capacity."""

    function_name: FunctionName = Field(description="Name of the Lambda function.")
    memory_mib: MemoryMib = Field(description="Memory; 1,769 MiB is one vCPU.")
    timeout_s: TimeoutS = Field(description="Longest time one invocation may take.")
    reserved_concurrency: int | None = Field(
        default=None,
        ge=1,
        le=10_000,
        description="Invocations that are set aside for it, and the most it can have; absent: none.",
    )

    @property
    def visibility_timeout_s(self) -> int:
        """Visibility timeout of the queue that feeds the function, s."""
        return VISIBILITY_FACTOR * self.timeout_s

    @property
    def duration_alarm_s(self) -> int:
        """Longest invocation that raises no alarm, s."""
        return self.timeout_s - DURATION_ALARM_MARGIN_S

    @property
    def memory_alarm_mib(self) -> int:
        """Largest use of memory that raises no alarm, MiB."""
        return self.memory_mib * MEMORY_ALARM_PERCENT // 100


class GalleryStore(Section):
    """Buckets and table of a gallery's photos."""

    originals_bucket: BucketName = resource_name("originals", "Bucket that clients upload to.", worldwide=True)
    renditions_bucket: BucketName = resource_name("renditions", "Bucket of renditions.", worldwide=True)
    photos_table: TableName = resource_name("photos", "DynamoDB table of photo records, key `id`.")

    @model_validator(mode="after")
    def _output_is_never_input(self) -> Self:
        if self.originals_bucket == self.renditions_bucket:
            raise ValueError(
                f'found "{self.originals_bucket}" as originals_bucket and as renditions_bucket, '
                "expected two buckets: renditions must never trigger renditions"
            )
        return self


class RenditionWork(GalleryStore, Recipe):
    """Settings that the code of the rendition function reads; its capacity is not among them."""

    originals_table: TableName = resource_name(
        "originals", "DynamoDB table of originals: what was made of each, leases and stems."
    )
    missing_record: Literal["create", "require"] = Field(
        default="create",
        description="A photo without a record: `create` a minimal one, or `require` that the backend writes it.",
    )
    # None and not empty: a variable of the function's environment only where there are profiles.
    profiles: Mapping[SizeName, Annotated[Mapping[SizeName, Size], Field(min_length=1)]] | None = Field(
        default=None,
        max_length=10,
        description="Other looks of `sizes` by name, e.g. `delivered`, of which a gallery chooses one "
        "(docs/proofs.md): sizes of the same names, or fewer, with the same formats.",
    )

    @property
    def recipe(self) -> Recipe:
        """The settings that decide pixels: a bucket's name must never change a recipe's hash."""
        return part_of(Recipe, self)

    @property
    def recipes(self) -> Mapping[str, Recipe]:
        """The recipe of each profile, that of the plain `sizes` included."""
        recipe = self.recipe
        named = {name: recipe.model_copy(update={"sizes": sizes}) for name, sizes in (self.profiles or {}).items()}
        return {DEFAULT_PROFILE: recipe, **named}

    @model_validator(mode="after")
    def _profiles_have_the_sizes_that_clients_know(self) -> Self:
        for name, recipe in self.recipes.items():
            if name == DEFAULT_NAME:
                raise ValueError(f'found a profile "{DEFAULT_NAME}", expected another name: this one means `sizes`')
            for size in recipe.sizes:
                if size not in self.sizes:
                    raise ValueError(f"found profiles.{name}.{size}, expected one of {', '.join(self.sizes)}")
                if recipe.formats_of(size) != self.formats_of(size):
                    found, wanted = (", ".join(one.formats_of(size)) for one in (recipe, self))
                    raise ValueError(f"found profiles.{name}.{size} with [{found}], expected [{wanted}] as in `sizes`")
        return self


class ReconcilerSettings(FunctionSettings):
    """The function that finds stuck photos and repairs records."""

    function_name: FunctionName = resource_name("reconciler", "Name of the reconciler.")
    memory_mib: MemoryMib = Field(default=512, description="Memory of the reconciler.")
    timeout_s: TimeoutS = Field(default=300, description="Longest time one run may take.")
    every_min: int = Field(default=15, ge=5, le=1440, description="Time between two runs.")
    stuck_after_s: int = Field(
        default=600, ge=0, le=86_400, description="Photos whose processing made no progress for this long are stuck."
    )


class OnDemandSettings(FunctionSettings):
    """The function that makes a rendition when it is first asked for; only with `renditions.on_demand`."""

    function_name: FunctionName = resource_name("on-demand", "Name of the function.")
    memory_mib: MemoryMib = Field(default=1769, description="Memory of the function; 1,769 MiB is one vCPU.")
    timeout_s: Annotated[int, Field(ge=20, le=60)] = Field(
        default=55, description="Longest time one invocation may take; the CDN waits for 60 s."
    )
    reserved_concurrency: int | None = Field(
        default=10,
        ge=1,
        le=10_000,
        description="Invocations that are set aside for it, and the most it can have, which bounds what made-up names "
        "can cost (docs/cost.md); absent: none.",
    )


class RenditionSettings(RenditionWork, FunctionSettings):
    """Rendition of originals: sizes, names, capacity."""

    function_name: FunctionName = resource_name("rendition", "Name of the rendition function.")
    memory_mib: MemoryMib = Field(default=1769, description="Memory of the rendition function; 1,769 MiB is one vCPU.")
    timeout_s: TimeoutS = Field(default=300, description="Longest time one invocation may take.")
    max_concurrency: Concurrency = Field(default=100, description="Uploads lane: invocations at the same time.")
    backfill_concurrency: Concurrency = Field(default=10, description="Backfill lane: invocations at the same time.")
    batch_size: int = Field(default=1, ge=1, le=10, description="Most messages in one invocation.")
    trigger: Literal["notification", "eventbridge"] = Field(
        default="notification",
        description="How uploads are noticed: by the bucket's notification, which replaces all that the bucket has, or "
        "by a rule on the event bus, for a bucket that notifies others too (docs/migration.md).",
    )
    originals_kms_key_arn: Annotated[KmsKeyArn | None, EMPTY_IS_NONE] = Field(
        default=None, description="Key that encrypts originals; empty: S3's own."
    )
    max_read_units: int = Field(
        default=4000,
        ge=1,
        le=1_000_000,
        description="Cap of the photos table, and of the originals table: read request units per second.",
    )
    max_write_units: int = Field(
        default=2000,
        ge=1,
        le=1_000_000,
        description="Cap of the photos table, and of the originals table: write request units per second.",
    )
    reconciler: ReconcilerSettings = ReconcilerSettings()
    on_demand: bool = Field(
        default=False,
        description="Make a listed size that is not stored yet when it is first asked for, from a larger rendition "
        "(docs/sizes-on-demand.md).",
    )
    on_demand_function: OnDemandSettings = OnDemandSettings()

    @model_validator(mode="after")
    def _decoder_fits_in_memory(self) -> Self:
        if self.limits.decoder_memory_mib > self.memory_mib:
            raise ValueError(
                f"found limits.decoder_memory_mib {self.limits.decoder_memory_mib} above memory_mib {self.memory_mib}, "
                "expected a decoder that fits into the function"
            )
        return self

    @model_validator(mode="after")
    def _decoder_fits_in_memory_on_demand(self) -> Self:
        if self.on_demand and self.limits.decoder_memory_mib > self.on_demand_function.memory_mib:
            raise ValueError(
                f"found limits.decoder_memory_mib {self.limits.decoder_memory_mib} above on_demand_function.memory_mib "
                f"{self.on_demand_function.memory_mib}, expected a decoder that fits into the function"
            )
        return self

    @model_validator(mode="after")
    def _lanes_fit_into_the_reserved_concurrency(self) -> Self:
        lanes = self.max_concurrency + self.backfill_concurrency + PURGE_CONCURRENCY
        if self.reserved_concurrency is not None and self.reserved_concurrency < lanes:
            # Lambda would throttle the lanes, and each throttled message uses up a receive.
            raise ValueError(
                f"found reserved_concurrency {self.reserved_concurrency}, expected at least {lanes}: "
                f"max_concurrency {self.max_concurrency}, backfill_concurrency {self.backfill_concurrency} "
                f"and {PURGE_CONCURRENCY} for invalidations"
            )
        return self


class Auth(Section):
    """Accepted bearer tokens (JWT) of the edit API: those of one OpenID Connect issuer."""

    issuer: HttpsUrl = Field(description="Expected `iss` of a token.")
    audience: str = Field(min_length=1, max_length=256, description="Expected `aud` of a token.")
    jwks_url: HttpsUrl = Field(description="Address of the issuer's signing keys.")


class EditStore(Section):
    """Settings that both edit functions read."""

    results_bucket: BucketName = resource_name("results", "Bucket of edited pictures.", worldwide=True)
    sessions_table: TableName = resource_name("sessions", "DynamoDB table of edit sessions.")
    max_image_bytes: int = Field(default=25 * 2**20, ge=1, le=512 * 2**20, description="Largest source file.")
    archive_days: int | None = Field(
        default=None,
        ge=1,
        le=90,
        description="Users may download their photos as ZIP archives, kept for so many days; absent: archives are off.",
    )


class EditWork(EditStore):
    """Settings that the code of the edit worker reads."""

    max_dimension_px: int = Field(
        default=10_000, ge=1, le=65_535, description="Longest side of a source, and of a result."
    )
    max_megapixels: int = Field(default=100, ge=1, le=1000, description="Largest area of a source, and of a result.")
    default_quality: int = Field(
        default=90, ge=1, le=100, description="Quality of lossy results without a quality in the request."
    )
    allowed_source_hosts: tuple[HostName, ...] = Field(
        default=(), max_length=50, description="Hosts that pictures may be fetched from; empty: any public host."
    )


class EditAcceptance(EditStore):
    """Settings by which the edit API accepts or refuses a request."""

    # A session is one item of at most 400 KB; each picture takes room for its result from the beginning.
    max_images: int = Field(default=50, ge=1, le=100, description="Pictures in one request.")
    max_streams_per_user: int = Field(
        default=12, ge=1, le=1000, description="Progress streams of one user that are open at the same time."
    )
    max_streams_per_session: int = Field(default=4, ge=1, le=1000, description="The same, of one session.")
    stream_lifetime_s: int = Field(
        default=300, ge=30, le=885, description="Longest time that a progress stream is open; its reader then resumes."
    )
    session_ttl_h: int = Field(default=24, ge=1, le=8760, description="A session's record is deleted after this time.")
    auth: Auth | None = Field(
        default=None, description="Accepted bearer tokens; absent: the edit API refuses all requests."
    )


class EditApiSettings(FunctionSettings):
    """The function that answers the edit API and streams progress."""

    function_name: FunctionName = resource_name("edit-api", "Name of the edit API.")
    memory_mib: MemoryMib = Field(default=512, description="Memory of the edit API.")
    timeout_s: TimeoutS = Field(
        default=900,
        description="Longest time that one invocation may take; edits.stream_lifetime_s ends streams before.",
    )
    origin_secrets: Generations = Field(
        default=(1,),
        description="Generations of the secret by which the API knows the CDN: the CDN sends the first, all are "
        "accepted. docs/deploying.md has the steps of a rotation.",
    )
    ticket_keys: Generations = Field(
        default=(1,), description="Generations of the key of tickets: the first signs, all are accepted."
    )


class EditSettings(EditWork, EditAcceptance, FunctionSettings):
    """Edits of pictures by commands: limits, names, capacity."""

    function_name: FunctionName = resource_name("edit", "Name of the edit worker.")
    memory_mib: MemoryMib = Field(default=2048, description="Memory of the edit worker; 1,769 MiB is one vCPU.")
    timeout_s: TimeoutS = Field(default=300, description="Longest time that one picture's edit may take.")
    max_concurrency: Concurrency = Field(default=20, description="Edits at the same time.")
    ephemeral_storage_mib: int = Field(default=2048, ge=512, le=10240, description="Size of the edit worker's /tmp.")
    result_ttl_days: int = Field(
        default=30, ge=1, le=3650, description="Results are deleted after this time, old versions too."
    )
    api: EditApiSettings = EditApiSettings()

    @model_validator(mode="after")
    def _an_archive_gets_on(self) -> Self:
        if self.archive_days and self.timeout_s < ARCHIVE_TIMEOUT_S:
            raise ValueError(
                f"found archive_days with timeout_s {self.timeout_s}, expected at least {ARCHIVE_TIMEOUT_S}: each "
                "invocation that works on an archive must store a part"
            )
        return self
