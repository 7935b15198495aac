"""How a stack stands in its account: protection, processors, what it takes over, what it holds back."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from processor.settings_base import Section
from processor.settings_values import EMPTY_IS_NONE, DistributionId, LayerArn

# Published by AWS per region and architecture; `docs/deploying.md` says where to find others.
ADAPTER_LAYER = "arn:aws:lambda:us-east-1:753240598075:layer:LambdaAdapterLayerArm64:27"
INSIGHTS_LAYER = "arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension-Arm64:20"


class Deployment(Section):
    """What holds for the whole stack."""

    protect: bool = Field(
        default=True,
        description="Keep buckets, tables and the distribution from being deleted; false: `destroy` takes all.",
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
