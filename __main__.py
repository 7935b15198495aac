"""Entry point of the Pulumi program: configuration, four components and events by setting, outputs. No logic."""

from __future__ import annotations

import pulumi

from components import config
from components.cdn import Cdn, CdnArgs
from components.cdn_address import promised_address
from components.edit_service import EditService, EditServiceArgs, Gallery
from components.events import Events, EventsArgs
from components.monitoring import Monitoring, MonitoringArgs
from components.outputs import outputs, watched
from components.rendition_pipeline import RenditionPipeline, RenditionPipelineArgs

stack = config.load()
settings = stack.settings

with promised_address() as promise:
    pipeline = RenditionPipeline("renditions", RenditionPipelineArgs(config=stack, cdn=promise.address))
    edits = EditService(
        "edits",
        EditServiceArgs(
            config=stack,
            imaging_layer_arn=pipeline.imaging_layer.arn,
            runtime_layer_arn=pipeline.runtime_layer.arn,
            gallery=Gallery(
                originals_arn=pipeline.originals.arn,
                renditions_arn=pipeline.renditions.arn,
                photos_arn=pipeline.photos.arn,
            ),
            cdn=promise.address,
        ),
    )
    cdn = Cdn(
        "cdn",
        CdnArgs(
            context=stack.context,
            settings=settings.cdn,
            recipe=settings.renditions,
            log_retention_days=settings.monitoring.log_retention_days,
            adopt=settings.adopt.distribution_id,
            originals=pipeline.originals,
            renditions=pipeline.renditions,
            results=edits.results,
            api_url=edits.api.url,
            origin_secret=edits.api.origin_secret,
            on_demand_url=pipeline.on_demand.url if pipeline.on_demand else None,
        ),
    )
    promise.resolve(cdn.address)

events = (
    Events("events", EventsArgs(config=stack, photos=pipeline.photos, sessions=edits.sessions))
    if settings.events.enabled
    else None
)
monitoring = Monitoring(
    "monitoring",
    MonitoringArgs(
        context=stack.context, settings=settings.monitoring, watched=watched(stack, pipeline, edits, cdn, events)
    ),
)

for name, value in outputs(stack, pipeline, edits, cdn, monitoring, events).items():
    pulumi.export(name, value)
