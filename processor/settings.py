"""The one settings tree: every size, limit, memory, name and switch, written once.

``Settings.from_mapping`` reads the tree of a stack file; a wrong value raises SettingsError with one
line: the key, what was found, what is allowed. ``docs/settings.md`` is generated from these models.
Values that follow from others (queue visibility, alarm thresholds) are properties and cannot be set.

    Settings
    ├── renditions  RenditionSettings = Recipe (what decides pixels) + names + capacity
    ├── edits       EditSettings
    ├── cdn         CdnSettings
    ├── monitoring  MonitoringSettings
    ├── adopt       Adopt             existing resources to import
    └── rollback    Rollback          functions pinned to a published version
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self, TypeVar

from pydantic import Field, model_validator

from processor.recipe import Limits, OutputFormat, Quality, Raw, Recipe, Size
from processor.settings_base import Section, from_tree
from processor.settings_values import (
    EMPTY_IS_NONE,
    BucketName,
    CertificateArn,
    Concurrency,
    DistributionId,
    EmailAddress,
    FunctionName,
    HostName,
    HttpsUrl,
    LogRetentionDays,
    MemoryMib,
    TableName,
    TimeoutS,
    ZoneId,
)

__all__ = [
    "Adopt",
    "Auth",
    "CdnSettings",
    "EditAcceptance",
    "EditSettings",
    "EditStore",
    "EditWork",
    "FunctionSettings",
    "GalleryStore",
    "Limits",
    "MonitoringSettings",
    "OutputFormat",
    "Quality",
    "Raw",
    "Recipe",
    "RenditionSettings",
    "RenditionWork",
    "Rollback",
    "Settings",
    "Size",
]

VISIBILITY_FACTOR: Final = 6  # AWS: visibility of a queue that feeds a function >= 6 x the function's timeout
DURATION_ALARM_MARGIN_S: Final = 5
MEMORY_ALARM_PERCENT: Final = 90

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

    @property
    def visibility_timeout_s(self) -> int:
        """How long a received message stays hidden from other receivers."""
        return VISIBILITY_FACTOR * self.timeout_s

    @property
    def duration_alarm_s(self) -> int:
        """The longest invocation that raises no alarm."""
        return self.timeout_s - DURATION_ALARM_MARGIN_S

    @property
    def memory_alarm_mib(self) -> int:
        """The largest use of memory that raises no alarm."""
        return self.memory_mib * MEMORY_ALARM_PERCENT // 100


class GalleryStore(Section):
    """Where a gallery's photos are."""

    originals_bucket: BucketName = Field(default="galerly-images-storage", description="Bucket that clients upload to.")
    renditions_bucket: BucketName = Field(
        default="galerly-renditions", description="Bucket of renditions and manifests."
    )
    photos_table: TableName = Field(default="galerly-photos", description="DynamoDB table of photo records, key `id`.")

    @model_validator(mode="after")
    def _output_is_never_input(self) -> Self:
        if self.originals_bucket == self.renditions_bucket:
            raise ValueError(
                f'found "{self.originals_bucket}" as originals_bucket and as renditions_bucket, '
                "expected two buckets: renditions must never trigger renditions"
            )
        return self


class RenditionWork(GalleryStore, Recipe):
    """What the rendition function itself must know; its capacity is none of its business."""

    missing_record: Literal["create", "require"] = Field(
        default="create",
        description="A photo without a record: `create` a minimal one, or `require` that the backend writes it.",
    )

    @property
    def recipe(self) -> Recipe:
        """Only what decides pixels: bucket names must never change a recipe's hash."""
        return part_of(Recipe, self)


class RenditionSettings(RenditionWork, FunctionSettings):
    """Originals in, renditions out."""

    function_name: FunctionName = Field(
        default="galerly-image-processing", description="Name of the rendition function."
    )
    memory_mib: MemoryMib = Field(default=3008, description="Memory of the rendition function; 1,769 MiB is one vCPU.")
    timeout_s: TimeoutS = Field(default=300, description="Longest time one invocation may take.")
    max_concurrency: Concurrency = Field(default=100, description="Uploads lane: invocations at the same time.")
    backfill_concurrency: Concurrency = Field(default=10, description="Backfill lane: invocations at the same time.")

    @model_validator(mode="after")
    def _decoder_fits_in_memory(self) -> Self:
        if self.limits.decoder_memory_mib > self.memory_mib:
            raise ValueError(
                f"found limits.decoder_memory_mib {self.limits.decoder_memory_mib} above memory_mib {self.memory_mib}, "
                "expected a decoder that fits into the function"
            )
        return self


class Auth(Section):
    """Who may use the edit API: bearer tokens (JWT) of one OpenID Connect issuer."""

    issuer: HttpsUrl = Field(description="Expected `iss` of a token.")
    audience: str = Field(min_length=1, max_length=256, description="Expected `aud` of a token.")
    jwks_url: HttpsUrl = Field(description="Where the issuer publishes its signing keys.")


class EditStore(Section):
    """What both edit functions share."""

    results_bucket: BucketName = Field(default="generated-images-bucket", description="Bucket of edited pictures.")
    sessions_table: TableName = Field(default="image-edit-sessions", description="DynamoDB table of edit sessions.")
    max_image_bytes: int = Field(default=25 * 2**20, ge=1, le=512 * 2**20, description="Largest source file.")


class EditWork(EditStore):
    """What the edit worker must know."""

    max_dimension_px: int = Field(
        default=10_000, ge=1, le=65_535, description="Longest side of a source, and of a result."
    )
    max_megapixels: int = Field(default=100, ge=1, le=1000, description="Largest area of a source, and of a result.")
    default_quality: int = Field(
        default=90, ge=1, le=100, description="Quality of lossy results unless a request says one."
    )
    allowed_source_hosts: tuple[HostName, ...] = Field(
        default=(), max_length=50, description="Hosts that pictures may be fetched from; empty: any public host."
    )


class EditAcceptance(EditStore):
    """What the edit API must know to accept or refuse a request."""

    max_images: int = Field(default=50, ge=1, le=1000, description="Pictures in one request.")
    session_ttl_h: int = Field(default=24, ge=1, le=8760, description="A session's record is deleted after this time.")
    auth: Auth | None = Field(default=None, description="Who may use the edit API; absent: nobody.")


class EditSettings(EditWork, EditAcceptance, FunctionSettings):
    """Pictures edited by commands."""

    function_name: FunctionName = Field(
        default="lambdallmproxy-image-processor", description="Name of the edit worker."
    )
    memory_mib: MemoryMib = Field(default=2048, description="Memory of the edit worker; 1,769 MiB is one vCPU.")
    timeout_s: TimeoutS = Field(default=300, description="Longest time that one picture's edit may take.")
    ephemeral_storage_mib: int = Field(default=2048, ge=512, le=10240, description="Size of the edit worker's /tmp.")
    result_ttl_days: int = Field(
        default=30, ge=1, le=3650, description="Results are deleted after this time, old versions too."
    )


class CdnSettings(Section):
    """How the public reaches renditions, results and the edit API."""

    domain: Annotated[HostName | None, EMPTY_IS_NONE] = Field(
        default=None, description="Domain of the CDN; empty: the distribution's own name."
    )
    certificate_arn: Annotated[CertificateArn | None, EMPTY_IS_NONE] = Field(
        default=None, description="Certificate for the domain; required with one."
    )
    hosted_zone_id: Annotated[ZoneId | None, EMPTY_IS_NONE] = Field(
        default=None, description="Route 53 zone of the domain; when given, the alias record is made too."
    )
    originals: Literal["signed", "public", "off"] = Field(
        default="signed", description="Originals through the CDN: by signed URLs, to anyone, or not at all."
    )
    price_class: Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"] = Field(
        default="PriceClass_100", description="CloudFront's edge locations: the cheapest regions, more, or all."
    )

    @model_validator(mode="after")
    def _domain_and_certificate_go_together(self) -> Self:
        if self.domain and not self.certificate_arn:
            raise ValueError(
                f'found domain "{self.domain}" without certificate_arn, expected both domain and certificate_arn'
            )
        if not self.domain and (self.certificate_arn or self.hosted_zone_id):
            orphan = "certificate_arn" if self.certificate_arn else "hosted_zone_id"
            raise ValueError(f"found {orphan} without domain, expected both domain and {orphan}")
        return self


class MonitoringSettings(Section):
    """Who is told what, and how much is kept."""

    emails: tuple[EmailAddress, ...] = Field(
        default=(), max_length=20, description="Addresses that alarms are mailed to."
    )
    error_rate_percent: float = Field(
        default=5.0, gt=0, le=100, description="Errors per invocation that raise an alarm."
    )
    log_retention_days: LogRetentionDays = Field(default=30, description="How long CloudWatch keeps logs.")
    monthly_budget_usd: float = Field(
        default=200.0, gt=0, le=10_000_000, description="Budget; alarms at 80 % and forecast 100 %."
    )


class Adopt(Section):
    """Existing resources that the stack imports; their names are the ones set elsewhere in the tree."""

    originals_bucket: bool = Field(default=False, description="Import `renditions.originals_bucket`.")
    renditions_bucket: bool = Field(default=False, description="Import `renditions.renditions_bucket`.")
    photos_table: bool = Field(default=False, description="Import `renditions.photos_table`.")
    results_bucket: bool = Field(default=False, description="Import `edits.results_bucket`.")
    sessions_table: bool = Field(default=False, description="Import `edits.sessions_table`.")
    distribution_id: DistributionId | None = Field(default=None, description="CloudFront distribution to import.")


class Rollback(Section):
    """Functions pinned to a published version; absent: the newest."""

    rendition: int | None = Field(default=None, ge=1, description="Published version of the rendition function.")
    edit: int | None = Field(default=None, ge=1, description="Published version of the edit worker.")
    api: int | None = Field(default=None, ge=1, description="Published version of the edit API.")


class Settings(Section):
    """Everything that can be set."""

    renditions: RenditionSettings = RenditionSettings()
    edits: EditSettings = EditSettings()
    cdn: CdnSettings = CdnSettings()
    monitoring: MonitoringSettings = MonitoringSettings()
    adopt: Adopt = Adopt()
    rollback: Rollback = Rollback()

    @model_validator(mode="after")
    def _names_are_not_shared(self) -> Self:
        renditions, edits = self.renditions, self.edits
        if edits.results_bucket == renditions.originals_bucket:
            raise ValueError(
                f'found "{edits.results_bucket}" as edits.results_bucket and as renditions.originals_bucket, '
                "expected two buckets: results of edits must never trigger renditions"
            )
        if edits.function_name == renditions.function_name:
            raise ValueError(
                f'found "{edits.function_name}" as edits.function_name and as renditions.function_name, '
                "expected two names"
            )
        return self

    @classmethod
    def from_mapping(cls, tree: Mapping[str, Any]) -> Self:
        """Check *tree* (a stack file's ``darkroom:settings``); raise SettingsError with one line."""
        return from_tree(cls, tree)
