"""Read and check the stack's configuration before anything is declared: settings, context and packages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import pulumi
import pulumi_aws as aws

from components.build import PYTHON, ROOT, build_function, is_current, layer_identity, layer_path
from components.naming import StackContext
from processor.errors import SettingsError
from processor.settings.tree import Settings

# A bucket's name is the shortest that AWS allows: darkroom-<stack>-renditions-<account>, 63 characters.
MAX_STACK_CHARS: Final = 30
STACK_NAME: Final = re.compile(rf"(?=.{{1,{MAX_STACK_CHARS}}}$)[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True, slots=True)
class StackConfig:
    """The program's input."""

    settings: Settings
    context: StackContext
    packages: Packages


def load() -> StackConfig:
    """Read the configuration of the stack being deployed; raise RunError with one line."""
    stack_file = f"Pulumi.{pulumi.get_stack()}.yaml"
    refuse_long_name(pulumi.get_stack())
    account_id = aws.get_caller_identity().account_id
    region = pulumi.Config("aws").require("region")
    config = pulumi.Config()
    tree = config.get_object("settings")
    if tree is None:
        raise pulumi.RunError(f"{stack_file}: found no {config.name}:settings, expected the settings of the stack")
    try:
        settings = Settings.from_mapping(
            tree,
            prefix=f"{pulumi.get_project()}-{pulumi.get_stack()}",
            account=lambda: account_id,
            warn=lambda line: pulumi.log.warn(f"{stack_file}: {line}"),
        )
    except SettingsError as error:
        raise pulumi.RunError(f"{stack_file}: {error}") from None
    refuse_foreign_layers(settings, region, stack_file)
    return StackConfig(
        settings=settings,
        context=context(settings, region, account_id),
        packages=Packages.make(
            Path(config.get("sources", str(ROOT))),
            Path(config.get("packages", "dist")),
            settings.deployment.architecture,
        ),
    )


def refuse_long_name(stack: str) -> None:
    """Raise RunError for a stack's name that makes a name which AWS refuses in the middle of an `up`."""
    if not STACK_NAME.fullmatch(stack):
        raise pulumi.RunError(
            f'stack "{stack}": expected a name of 1-{MAX_STACK_CHARS} lower-case letters, digits and single hyphens, '
            "which becomes a part of names on AWS: rename it with `pulumi stack rename`"
        )


def refuse_foreign_layers(settings: Settings, region: str, stack_file: str) -> None:
    """Raise RunError when a layer is published in another region: Lambda would refuse it without a reason."""
    for key in ("insights_layer_arn", "web_adapter_layer_arn", "traces_layer_arn"):
        arn: str | None = getattr(settings.deployment, key)
        if arn and arn.split(":")[3] != region:
            raise pulumi.RunError(f'{stack_file}: deployment.{key}: found "{arn}", expected a layer in {region}')


def context(settings: Settings, region: str, account_id: str) -> StackContext:
    """Return the context of the stack: its project, name, account and region."""
    return StackContext(
        project=pulumi.get_project(),
        stack=pulumi.get_stack(),
        region=region,
        account_id=account_id,
        cost_centre=settings.deployment.cost_centre,
        protect=settings.deployment.protect,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Packages:
    """The three zips of one architecture."""

    function: Path
    imaging: Path
    runtime: Path

    @classmethod
    def make(cls, sources: Path, folder: Path, architecture: str) -> Self:
        """Zip the function of the checkout *sources* into *folder*, and find the layers there.

        Raises RunError with one line that names the command to run.
        """
        return cls(
            imaging=find_layer(sources, folder, "imaging", architecture),
            runtime=find_layer(sources, folder, "runtime", architecture),
            function=build_function(sources, folder),
        )


def find_layer(sources: Path, folder: Path, layer: str, architecture: str) -> Path:
    """Return the path of the zip of *layer*; raise RunError when it is missing or built from another lock.

    It is not built here: that would download 70 MB in the middle of a preview (ADR 23).
    """
    path = layer_path(folder, layer, architecture)
    command = "make package" if architecture == "arm64" else f'make package ARGS="--arch {architecture}"'
    expected = f"expected the layer that requirements/{layer}.lock describes, for python{PYTHON} on {architecture}"
    if not path.is_file():
        raise pulumi.RunError(f"{path}: not found, {expected}: run `{command}`")
    if not is_current(path, layer_identity(sources, layer, architecture)):
        raise pulumi.RunError(f"{path}: stale, {expected}: run `{command}`")
    return path
