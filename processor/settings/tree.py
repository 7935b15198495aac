"""Define the settings tree: every size, limit, memory, name and switch, written once.

``Settings.from_mapping`` reads the tree of a stack file; a wrong value raises SettingsError with one line: the key,
what was found, what is allowed. ``docs/settings.md`` is generated from these models. Derived values (queue visibility,
alarm thresholds) are properties and cannot be set.

    Settings
    ├── renditions  RenditionSettings = Recipe (what decides pixels) + names + capacity
    ├── edits       EditSettings
    ├── cdn         CdnSettings
    ├── events      EventSettings       events on a bus, webhooks
    ├── monitoring  MonitoringSettings
    ├── deployment  DeploymentSettings  protection, processor, layers of AWS
    ├── adopt       Adopt               existing resources to import
    └── rollback    Rollback            functions pinned to a published version
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from processor.settings.events import EventSettings
from processor.settings.services import EditSettings, RenditionSettings
from processor.settings.values import (
    EMPTY_IS_NONE,
    ONE_IS_A_LIST,
    BucketName,
    CertificateArn,
    DistributionId,
    EmailAddress,
    FunctionName,
    HostName,
    LayerArn,
    LogRetentionDays,
    PublicKeyPem,
    WebAclArn,
    WebOrigin,
    ZoneId,
)
from processor.validation import PROJECT, Section, from_tree, no_account, renamed, resource_name, with_names

_LOG = logging.getLogger(__name__)
# Former dotted key -> new dotted key, of settings that this release renamed; the next release empties the table.
RENAMED: Final[Mapping[str, str]] = {"cdn.signing_public_key": "cdn.signing_public_keys"}


def refuse_shared(names: Mapping[str, str]) -> None:
    """Raise ValueError when two keys of *names* hold the same name."""
    keys: dict[str, str] = {}
    for key, name in names.items():
        if name in keys:
            raise ValueError(f'found "{name}" as {keys[name]} and as {key}, expected two names')
        keys[name] = key


class CdnSettings(Section):
    """Public access to renditions, results and the edit API."""

    domain: Annotated[HostName | None, EMPTY_IS_NONE] = Field(
        default=None, description="Domain of the CDN; empty: the distribution's own name."
    )
    certificate_arn: Annotated[CertificateArn | None, EMPTY_IS_NONE] = Field(
        default=None,
        description="Certificate for the domain; required with one, allowed before one (docs/migration.md).",
    )
    hosted_zone_id: Annotated[ZoneId | None, EMPTY_IS_NONE] = Field(
        default=None, description="Route 53 zone of the domain; when given, the alias record is made too."
    )
    originals: Literal["signed", "public", "off"] = Field(
        default="signed", description="Originals through the CDN: by signed URLs, to anyone, or not at all."
    )
    renditions: Literal["public", "signed"] = Field(
        default="public",
        description="Renditions through the CDN: to anyone who knows the address, or by signed cookies or URLs, per "
        "gallery (docs/private-galleries.md).",
    )
    edits: Literal["public", "signed"] = Field(
        default="public", description="Results of edits through the CDN: likewise, per session."
    )
    price_class: Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"] = Field(
        default="PriceClass_100", description="CloudFront's edge locations: the cheapest regions, more, or all."
    )
    # A key group takes five.
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
    signing_public_keys: Annotated[tuple[PublicKeyPem, ...], ONE_IS_A_LIST] = Field(
        default=(),
        max_length=5,
        description="RSA 2048 or ECDSA P-256 keys that check signed cookies and URLs, two during a change; none: with "
        "`originals: signed` no original is served. `renditions` or `edits: signed` need one.",
    )
    cors_origins: tuple[WebOrigin, ...] = Field(
        default=(),
        max_length=20,
        description="Web pages that may upload photos, read pictures by script and use the edit API.",
    )
    former_distribution_id: Annotated[DistributionId | None, EMPTY_IS_NONE] = Field(
        default=None,
        description="Distribution of the system before that may read originals and renditions too, by an origin access "
        "control, until its readers have moved; empty: none.",
    )
    negotiate_formats: bool = Field(
        default=True,
        description="Answer `.jpg` with WebP or AVIF where the browser takes it and `renditions.formats` lists it; "
        "turn off until older photos have been rendered in a new format too.",
    )
    web_acl_arn: Annotated[WebAclArn | None, EMPTY_IS_NONE] = Field(
        default=None, description="Firewall in front of the CDN; empty: none."
    )
    logs_bucket: BucketName = resource_name("cdn-logs", "Bucket of the CDN's access logs.", worldwide=True)

    @model_validator(mode="after")
    def _domain_and_certificate_go_together(self) -> Self:
        if self.domain and not self.certificate_arn:
            raise ValueError(
                f'found domain "{self.domain}" without certificate_arn, expected both domain and certificate_arn'
            )
        if not self.domain and self.hosted_zone_id:
            raise ValueError("found hosted_zone_id without domain, expected both domain and hosted_zone_id")
        return self

    @property
    def signed(self) -> tuple[str, ...]:
        """Which pictures need a signed cookie or URL, of `renditions` and `edits`."""
        return tuple(name for name in ("renditions", "edits") if getattr(self, name) == "signed")

    @model_validator(mode="after")
    def _signed_pictures_need_a_key(self) -> Self:
        if self.signed and not self.signing_public_keys:
            # Without a key no picture could be seen, so it can only be a mistake.
            raise ValueError(
                f"found {self.signed[0]} signed without signing_public_keys, expected the public key of the backend "
                "that signs (docs/private-galleries.md)"
            )
        return self


class MonitoringSettings(Section):
    """Alarms, logs and the budget."""

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


# Published by AWS per region and architecture; docs/deploying.md explains how to find others.
ADAPTER_LAYER = "arn:aws:lambda:us-east-1:753240598075:layer:LambdaAdapterLayerArm64:27"
INSIGHTS_LAYER = "arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension-Arm64:20"


class DeploymentSettings(Section):
    """Protection, tags, processor and AWS layers of the whole stack."""

    protect: bool = Field(
        default=True,
        description="Protect buckets, tables and the distribution from deletion; false: `destroy` deletes all.",
    )
    cost_centre: str = Field(
        default="darkroom", min_length=1, max_length=256, description="Tag `cost-centre` of every resource."
    )
    architecture: Literal["arm64", "x86_64"] = Field(
        default="arm64", description="Processor of the functions; `make package` builds for the same."
    )
    insights_layer_arn: Annotated[LayerArn | None, EMPTY_IS_NONE] = Field(
        default=INSIGHTS_LAYER,
        description="Lambda Insights layer of the stack's region and architecture; empty: no memory alarms.",
    )
    web_adapter_layer_arn: Annotated[LayerArn | None, EMPTY_IS_NONE] = Field(
        default=ADAPTER_LAYER,
        description="Lambda Web Adapter layer of the stack's region and architecture; empty: only where the host "
        "of the edit API starts it itself, as the embedded stack does.",
    )
    traces_layer_arn: Annotated[LayerArn | None, EMPTY_IS_NONE] = Field(
        default=None,
        description="OpenTelemetry layer of the stack's region that exports the workers' spans, started by its "
        "`/opt/otel-instrument`; absent: spans cost nothing, and X-Ray shows whole invocations only.",
    )

    @model_validator(mode="after")
    def _layers_are_of_the_architecture(self) -> Self:
        for name in ("insights_layer_arn", "web_adapter_layer_arn"):
            arn: str | None = getattr(self, name)
            if arn and ("arm64" in arn.lower()) is not (self.architecture == "arm64"):
                raise ValueError(
                    f'found {name} "{arn}" with architecture {self.architecture}, expected the same of both'
                )
        return self


class Adopt(Section):
    """Existing resources that the stack imports; their names are the ones set elsewhere in the tree."""

    originals_bucket: bool = Field(default=False, description="Import `renditions.originals_bucket`.")
    renditions_bucket: bool = Field(default=False, description="Import `renditions.renditions_bucket`.")
    photos_table: bool = Field(default=False, description="Import `renditions.photos_table`.")
    results_bucket: bool = Field(default=False, description="Import `edits.results_bucket`.")
    sessions_table: bool = Field(default=False, description="Import `edits.sessions_table`.")
    distribution_id: DistributionId | None = Field(default=None, description="CloudFront distribution to import.")
    log_groups: tuple[FunctionName, ...] = Field(
        default=(),
        max_length=4,
        description="Functions whose log group exists: Lambda made it for the former function of that name.",
    )


class Rollback(Section):
    """Functions pinned to a published version; absent: the newest."""

    rendition: int | None = Field(default=None, ge=1, description="Published version of the rendition function.")
    edit: int | None = Field(default=None, ge=1, description="Published version of the edit worker.")
    api: int | None = Field(default=None, ge=1, description="Published version of the edit API.")
    canary_percent: int = Field(
        default=0, ge=0, le=99, description="Share of invocations that the newest version of a pinned function gets."
    )

    @model_validator(mode="after")
    def _a_canary_needs_a_pin(self) -> Self:
        if self.canary_percent and not (self.rendition or self.edit or self.api):
            raise ValueError(
                f"found canary_percent {self.canary_percent} without a pinned version, "
                "expected rendition, edit or api beside it"
            )
        return self


class Settings(Section):
    """All settings of a stack."""

    renditions: RenditionSettings = RenditionSettings()
    edits: EditSettings = EditSettings()
    cdn: CdnSettings = CdnSettings()
    events: EventSettings = EventSettings()
    monitoring: MonitoringSettings = MonitoringSettings()
    deployment: DeploymentSettings = DeploymentSettings()
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
                "renditions.on_demand_function.function_name": renditions.on_demand_function.function_name,
            }
        )
        refuse_shared(
            {
                "renditions.photos_table": renditions.photos_table,
                "renditions.originals_table": renditions.originals_table,
                "edits.sessions_table": edits.sessions_table,
            }
        )
        return self

    @classmethod
    def from_mapping(
        cls,
        tree: Mapping[str, Any],
        *,
        prefix: str = PROJECT,
        account: Callable[[], str] = no_account,
        warn: Callable[[str], object] = _LOG.warning,
    ) -> Self:
        """Check *tree* (a stack file's ``darkroom:settings``); raise SettingsError with one line.

        *prefix*: ``{project}-{stack}``, the start of each resource name that *tree* leaves out. *account* returns the
        account's number, the end of names of buckets. *warn* receives one line for each setting that stands under its
        former name.
        """
        return from_tree(cls, with_names(cls, renamed(tree, RENAMED, warn), prefix, account))
