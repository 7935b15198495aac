"""The stack `local`: development's settings with the run's addresses and this machine's size."""

from __future__ import annotations

from pathlib import Path
from typing import Final, cast

import yaml

from components.testing.program import PROJECT, ROOT, Json
from local.model import AUDIENCE, Addresses

ORIGIN: Final = "dev"
SETTINGS: Final = f"{PROJECT}:settings"
# The local issuer of tokens, below the page's origin.
ISSUER_PATH: Final = "/oidc"
JWKS_PATH: Final = "/oidc/jwks.json"
# SQS allows a function no fewer; two processors have no use for more.
CONCURRENCY: Final = 2
# Nobody waits ten minutes here to see a photo helped.
STUCK_AFTER_S: Final = 5


def configuration(addresses: Addresses, packages: Path) -> Json:
    """Give the configuration that ``Pulumi.local.yaml`` would hold; *packages*: folder of the zips.

    The layers there are empty: functions import libraries from this project's environment.
    """
    config: Json = yaml.safe_load((ROOT / f"Pulumi.{ORIGIN}.yaml").read_text(encoding="utf-8"))["config"]
    return {
        **config,
        SETTINGS: merged(config[SETTINGS], differences(addresses)),
        f"{PROJECT}:packages": str(packages),
    }


def differences(addresses: Addresses) -> Json:
    """Say what differs from development, apart from names."""
    return {
        "renditions": {
            "max_concurrency": CONCURRENCY,
            "backfill_concurrency": CONCURRENCY,
            "reconciler": {"stuck_after_s": STUCK_AFTER_S},
        },
        "edits": {
            "max_concurrency": CONCURRENCY,
            "auth": {
                "issuer": f"{addresses.page}{ISSUER_PATH}",
                "audience": AUDIENCE,
                "jwks_url": f"{addresses.page}{JWKS_PATH}",
            },
        },
        "cdn": {"cors_origins": [addresses.page]},
        # AWS' own layers: the edit-API front stands for the web adapter, and nothing reads Lambda Insights.
        "deployment": {"web_adapter_layer_arn": "", "insights_layer_arn": ""},
    }


def merged(tree: Json, changes: Json) -> Json:
    """Merge *changes* into *tree*, branch by branch."""
    known = {
        key: merged(tree.get(key, {}), cast("Json", value)) if isinstance(value, dict) else value
        for key, value in changes.items()
    }
    return {**tree, **known}
