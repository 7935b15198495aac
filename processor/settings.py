"""The one settings tree: every size, limit, memory, name and switch, written once.

``Settings.from_mapping`` reads the tree of a stack file; a wrong value raises SettingsError with one
line: the key, what was found, what is allowed. ``docs/settings.md`` is generated from these models.
Values that follow from others (queue visibility, alarm thresholds) are properties and cannot be set.

    Settings
    ├── renditions  RenditionSettings = Recipe (what decides pixels) + names + capacity
    ├── edits       EditSettings
    ├── cdn         CdnSettings
    ├── monitoring  MonitoringSettings
    ├── deployment  Deployment        protection, processor, layers of AWS
    ├── adopt       Adopt             existing resources to import
    └── rollback    Rollback          functions pinned to a published version
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self, TypeVar

from pydantic import Field, model_validator

from processor.recipe import Limits, OutputFormat, Quality, Raw, Recipe, Size
from processor.settings_base import Section, from_tree
from processor.settings_deployment import Adopt, Deployment, Rollback
from processor.settings_values import (
    EMPTY_IS_NONE,
    BucketName,
    CertificateArn,
    Concurrency,
    EmailAddress,
    FunctionName,
    HostName,
    HttpsUrl,
    KmsKeyArn,
    LogRetentionDays,
    MemoryMib,
    PublicKeyPem,
    TableName,
    TimeoutS,
    WebAclArn,
    WebOrigin,
    ZoneId,
)

__all__ = [
    "Adopt",
    "Auth",
    "CdnSettings",
    "Deployment",
    "EditAcceptance",
    "EditApiSettings",
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
    "ReconcilerSettings",
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


def refuse_shared(names: Mapping[str, str]) -> None:
    """Raise ValueError when two keys of *names* hold the same name."""
    keys: dict[str, str] = {}
    for key, name in names.items():
        if name in keys:
            raise ValueError(f'found "{name}" as {keys[name]} and as {key}, expected two names')
        keys[name] = key


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


class ReconcilerSettings(FunctionSettings):
    """The function that finds what got stuck."""

    function_name: FunctionName = Field(default="galerly-reconciler", description="Name of the reconciler.")
    memory_mib: MemoryMib = Field(default=512, description="Memory of the reconciler.")
    timeout_s: TimeoutS = Field(default=300, description="Longest time one run may take.")
    every_min: int = Field(default=15, ge=5, le=1440, description="Time between two runs.")
    stuck_after_s: int = Field(
        default=600, ge=0, le=86_400, description="What has not changed for this long while it should have is stuck."
    )


class RenditionSettings(RenditionWork, FunctionSettings):
    """Originals in, renditions out."""

    function_name: FunctionName = Field(
        default="galerly-image-processing", description="Name of the rendition function."
    )
    memory_mib: MemoryMib = Field(default=1769, description="Memory of the rendition function; 1,769 MiB is one vCPU.")
    timeout_s: TimeoutS = Field(default=300, description="Longest time one invocation may take.")
    max_concurrency: Concurrency = Field(default=100, description="Uploads lane: invocations at the same time.")
    backfill_concurrency: Concurrency = Field(default=10, description="Backfill lane: invocations at the same time.")
    batch_size: int = Field(default=1, ge=1, le=10, description="Messages that one invocation gets at most.")
    originals_kms_key_arn: Annotated[KmsKeyArn | None, EMPTY_IS_NONE] = Field(
        default=None, description="Key that encrypts originals; empty: S3's own."
    )
    max_read_units: int = Field(
        default=4000, ge=1, le=1_000_000, description="Cap of the photos table: read request units per second."
    )
    max_write_units: int = Field(
        default=2000, ge=1, le=1_000_000, description="Cap of the photos table: write request units per second."
    )
    reconciler: ReconcilerSettings = ReconcilerSettings()

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

    # A session is one item of at most 400 KB, of which each picture may take 3 KB before its end.
    max_images: int = Field(default=50, ge=1, le=100, description="Pictures in one request.")
    session_ttl_h: int = Field(default=24, ge=1, le=8760, description="A session's record is deleted after this time.")
    auth: Auth | None = Field(default=None, description="Who may use the edit API; absent: nobody.")


class EditApiSettings(FunctionSettings):
    """The function that answers the edit API and streams progress."""

    function_name: FunctionName = Field(default="lambdallmproxy-image-edit-api", description="Name of the edit API.")
    memory_mib: MemoryMib = Field(default=512, description="Memory of the edit API.")
    timeout_s: TimeoutS = Field(default=900, description="Longest time that a progress stream may last.")


class EditSettings(EditWork, EditAcceptance, FunctionSettings):
    """Pictures edited by commands."""

    function_name: FunctionName = Field(
        default="lambdallmproxy-image-processor", description="Name of the edit worker."
    )
    memory_mib: MemoryMib = Field(default=2048, description="Memory of the edit worker; 1,769 MiB is one vCPU.")
    timeout_s: TimeoutS = Field(default=300, description="Longest time that one picture's edit may take.")
    max_concurrency: Concurrency = Field(default=20, description="Edits at the same time.")
    ephemeral_storage_mib: int = Field(default=2048, ge=512, le=10240, description="Size of the edit worker's /tmp.")
    result_ttl_days: int = Field(
        default=30, ge=1, le=3650, description="Results are deleted after this time, old versions too."
    )
    api: EditApiSettings = EditApiSettings()


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
    signing_public_key: Annotated[PublicKeyPem | None, EMPTY_IS_NONE] = Field(
        default=None,
        description="RSA 2048 or ECDSA P-256 key that checks signed URLs of originals; empty: with `originals: signed` "
        "nobody gets one.",
    )
    cors_origins: tuple[WebOrigin, ...] = Field(
        default=(),
        max_length=20,
        description="Web pages that may upload photos, read pictures by script and use the edit API.",
    )
    negotiate_formats: bool = Field(
        default=True,
        description="Answer `.jpg` with WebP or AVIF where the browser takes it and `renditions.formats` lists it; "
        "turn off until older photos have been rendered in a new format too.",
    )
    web_acl_arn: Annotated[WebAclArn | None, EMPTY_IS_NONE] = Field(
        default=None, description="Firewall in front of the CDN; empty: none."
    )
    logs_bucket: BucketName = Field(default="galerly-cdn-logs", description="Bucket of the CDN's access logs.")

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


class Settings(Section):
    """Everything that can be set."""

    renditions: RenditionSettings = RenditionSettings()
    edits: EditSettings = EditSettings()
    cdn: CdnSettings = CdnSettings()
    monitoring: MonitoringSettings = MonitoringSettings()
    deployment: Deployment = Deployment()
    adopt: Adopt = Adopt()
    rollback: Rollback = Rollback()

    @model_validator(mode="after")
    def _results_are_never_originals(self) -> Self:
        renditions, edits = self.renditions, self.edits
        if edits.results_bucket == renditions.originals_bucket:
            raise ValueError(
                f'found "{edits.results_bucket}" as edits.results_bucket and as renditions.originals_bucket, '
                "expected two buckets: results of edits must never trigger renditions"
            )
        return self

    @model_validator(mode="after")
    def _each_name_is_used_once(self) -> Self:
        renditions, edits = self.renditions, self.edits
        refuse_shared(
            {
                "renditions.originals_bucket": renditions.originals_bucket,
                "renditions.renditions_bucket": renditions.renditions_bucket,
                "edits.results_bucket": edits.results_bucket,
                "cdn.logs_bucket": self.cdn.logs_bucket,
            }
        )
        refuse_shared(
            {
                "edits.function_name": edits.function_name,
                "edits.api.function_name": edits.api.function_name,
                "renditions.function_name": renditions.function_name,
                "renditions.reconciler.function_name": renditions.reconciler.function_name,
            }
        )
        refuse_shared(
            {"renditions.photos_table": renditions.photos_table, "edits.sessions_table": edits.sessions_table}
        )
        return self

    @classmethod
    def from_mapping(cls, tree: Mapping[str, Any]) -> Self:
        """Check *tree* (a stack file's ``darkroom:settings``); raise SettingsError with one line."""
        return from_tree(cls, tree)
