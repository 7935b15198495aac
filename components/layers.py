"""The two layers: `imaging` (pixels) and `runtime` (everything else that a handler imports)."""

from __future__ import annotations

from pathlib import Path

import pulumi
import pulumi_aws as aws

from components.function import RUNTIME
from components.naming import Place


def layer(
    name: str, package: Path, *, place: Place, architecture: str, parent: pulumi.Resource
) -> aws.lambda_.LayerVersion:
    """Publish *package* as the layer that *name* ends in."""
    return aws.lambda_.LayerVersion(
        name,
        layer_name=place.physical(name.rpartition("-")[2]),
        code=pulumi.FileArchive(str(package)),
        compatible_architectures=[architecture],
        compatible_runtimes=[RUNTIME],
        opts=pulumi.ResourceOptions(parent=parent),
    )
