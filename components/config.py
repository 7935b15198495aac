"""The stack's configuration, checked: one line for whatever is wrong, before anything is declared."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

from components.build import ROOT
from components.naming import StackContext
from components.packages import Packages
from processor.errors import SettingsError
from processor.settings.tree import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class StackConfig:
    """Everything that the program starts from."""

    settings: Settings
    place: StackContext
    packages: Packages


def load() -> StackConfig:
    """Read the configuration of the stack being deployed; raise RunError with one line."""
    stack_file = f"Pulumi.{pulumi.get_stack()}.yaml"
    region = pulumi.Config("aws").require("region")
    config = pulumi.Config()
    tree = config.get_object("settings")
    if tree is None:
        raise pulumi.RunError(f"{stack_file}: found no {config.name}:settings, expected the settings of the stack")
    try:
        settings = Settings.from_mapping(
            tree,
            prefix=f"{pulumi.get_project()}-{pulumi.get_stack()}",
            warn=lambda line: pulumi.log.warn(f"{stack_file}: {line}"),
        )
    except SettingsError as error:
        raise pulumi.RunError(f"{stack_file}: {error}") from None
    refuse_foreign_layers(settings, region, stack_file)
    return StackConfig(
        settings=settings,
        place=place(settings, region),
        packages=Packages.make(
            Path(config.get("sources", str(ROOT))),
            Path(config.get("packages", "dist")),
            settings.deployment.architecture,
        ),
    )


def refuse_foreign_layers(settings: Settings, region: str, stack_file: str) -> None:
    """Raise RunError when a layer is published in another region: Lambda would refuse it without saying why."""
    for key in ("insights_layer_arn", "web_adapter_layer_arn", "traces_layer_arn"):
        arn: str | None = getattr(settings.deployment, key)
        if arn and arn.split(":")[3] != region:
            raise pulumi.RunError(f'{stack_file}: deployment.{key}: found "{arn}", expected a layer in {region}')


def place(settings: Settings, region: str) -> StackContext:
    """Say where the stack stands."""
    return StackContext(
        project=pulumi.get_project(),
        stack=pulumi.get_stack(),
        region=region,
        account_id=aws.get_caller_identity_output().account_id,
        cost_centre=settings.deployment.cost_centre,
        protect=settings.deployment.protect,
    )
