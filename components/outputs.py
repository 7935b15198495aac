"""Assemble the stack's outputs for the front end and operators: the contract of ``docs/outputs.schema.json``."""

from __future__ import annotations

from typing import Any

import pulumi

from components.cdn import Cdn
from components.config import StackConfig
from components.edit_service import EditService
from components.events import Events
from components.function import LambdaFunction
from components.metrics import Watched
from components.monitoring import Monitoring
from components.queues import DeadLetters
from components.rendition_pipeline import RenditionPipeline
from processor.settings.values import origin_of


def outputs(  # noqa: PLR0913, PLR0917 - one for each component
    config: StackConfig,
    pipeline: RenditionPipeline,
    edits: EditService,
    cdn: Cdn,
    monitoring: Monitoring,
    events: Events | None,
) -> dict[str, Any]:
    """Return all outputs by name. Names never change their meaning; *events* adds its own."""
    url = cdn.address.host.apply(origin_of)
    return {
        "cdnDomain": cdn.address.host,
        "cdnUrl": url,
        "renditionUrlTemplate": pulumi.Output.concat(url, "/renditions/{gallery}/{stem}_{size}.jpg"),
        "sizes": sizes(config),
        "editApiUrl": pulumi.Output.concat(url, "/image-edit"),
        "signingKeyIds": [key.id for key in cdn.signing_keys],
        "signedPaths": [f"{kind}/*" for kind in config.settings.cdn.signed],
        "originalsBucket": pipeline.originals.name,
        "renditionsBucket": pipeline.renditions.name,
        "resultsBucket": edits.results.name,
        "photosTable": pipeline.photos.name,
        "originalsTable": pipeline.items.name,
        "sessionsTable": edits.sessions.name,
        "uploadsQueueUrl": pipeline.uploads.url,
        "backfillQueueUrl": pipeline.backfill.url,
        "jobsQueueUrl": edits.jobs.url,
        "deadLetterQueueUrls": {role: queue.url for role, queue in dead_letters(pipeline, edits, events).items()},
        "functions": {role: one.alias.function_version for role, one in functions(pipeline, edits).items()},
        "alarmTopicArn": monitoring.topic.arn,
        "dashboardUrl": dashboard_url(config.context.region, monitoring),
        "mainFunctionEnv": main_function_env(edits),
        **({"eventBusName": events.bus.name} if events else {}),
    }


def functions(pipeline: RenditionPipeline, edits: EditService) -> dict[str, LambdaFunction]:
    """Return every function by role."""
    made_on_demand = {"on-demand": pipeline.on_demand.function} if pipeline.on_demand else {}
    return {
        "rendition": pipeline.function,
        "reconcile": pipeline.reconciler.function,
        "edit": edits.worker,
        "edit-api": edits.api.function,
        **made_on_demand,
    }


def dead_letters(pipeline: RenditionPipeline, edits: EditService, events: Events | None) -> dict[str, DeadLetters]:
    """Return every dead-letter queue by role."""
    kept = {role: one.failures for role, one in functions(pipeline, edits).items()}
    return {
        "uploads": pipeline.uploads.dead,
        "backfill": pipeline.backfill.dead,
        "purges": pipeline.purges.dead,
        "jobs": edits.jobs.dead,
        "reconciler-missed": pipeline.reconciler.missed,
        **{f"{role}-failures": queue for role, queue in kept.items() if queue},
        **(events.dead_letters if events else {}),
    }


def watched(
    config: StackConfig, pipeline: RenditionPipeline, edits: EditService, cdn: Cdn, events: Events | None
) -> Watched:
    """Return the resources that alarms and the dashboard watch."""
    return Watched(
        stack=config.context.stack,
        functions=functions(pipeline, edits),
        lanes={
            "uploads": pipeline.uploads,
            "backfill": pipeline.backfill,
            "purges": pipeline.purges,
            "jobs": edits.jobs,
        },
        dead_letters=dead_letters(pipeline, edits, events),
        renditions=config.settings.renditions,
        edits=config.settings.edits,
        cdn=config.settings.cdn,
        distribution_id=cdn.address.distribution_id,
        insights=config.settings.deployment.insights_layer_arn is not None,
        pipes=events.pipes if events else {},
    )


def sizes(config: StackConfig) -> dict[str, dict[str, int]]:
    """Return the box of each size, px."""
    return {
        name: {"width": size.width, "height": size.height} for name, size in config.settings.renditions.sizes.items()
    }


def dashboard_url(region: str, monitoring: Monitoring) -> pulumi.Output[str]:
    """Return the URL of the dashboard in AWS's console."""
    console = f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#dashboards/dashboard/"
    return pulumi.Output.concat(console, monitoring.dashboard.dashboard_name)


def main_function_env(edits: EditService) -> dict[str, pulumi.Output[str]]:
    """Return the three variables of the editor guide's main function."""
    return {
        "IMAGE_PROCESSOR_FUNCTION_ARN": edits.worker.alias.arn,
        "IMAGE_EDIT_SESSIONS_TABLE": edits.sessions.name,
        "GENERATED_IMAGES_BUCKET": edits.results.name,
    }
