"""The two layers: `imaging` (pixels) and `runtime` (everything else that a handler imports)."""

from __future__ import annotations

from pathlib import Path

import pulumi
import pulumi_aws as aws

from components.config import StackConfig
from components.function import RUNTIME


def layer(name: str, package: Path, *, config: StackConfig, parent: pulumi.Resource) -> aws.lambda_.LayerVersion:
    """Publish *package* as the layer that *name* ends in."""
    return aws.lambda_.LayerVersion(
        name,
        layer_name=config.place.physical(name.rpartition("-")[2]),
        code=pulumi.FileArchive(str(package)),
        compatible_architectures=[config.settings.deployment.architecture],
        compatible_runtimes=[RUNTIME],
        opts=pulumi.ResourceOptions(parent=parent),
    )
