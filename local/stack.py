"""Derive the settings of the stack `local` from those of `dev`: the run's addresses, this machine's size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import yaml

from components.testing.program import PROJECT, ROOT, Json
from components.testing.program import SETTINGS_KEY as SETTINGS
from components.testing.trees import branch, merged
from local.emulator.environment import ACCOUNT, REGION
from local.model import AUDIENCE, RECEIVER, RECEIVER_PATH, RECEIVER_SECRET, STACK, Addresses

ORIGIN: Final = "dev"
# The local issuer of tokens, below the page's origin.
ISSUER_PATH: Final = "/oidc"
JWKS_PATH: Final = "/oidc/jwks.json"
# The minimum that SQS allows for a function; two processors need no more.
CONCURRENCY: Final = 2
ARCHIVE_DAYS: Final = 1
# Short, so that a stuck photo is repaired while the user watches.
STUCK_AFTER_S: Final = 5


def configuration(
    addresses: Addresses, packages: Path, *, changes: Json | None = None, signing_key: Callable[[], str] | None = None
) -> Json:
    """Return the configuration that ``Pulumi.local.yaml`` of a run holds; *packages*: folder of the zips.

    The layers there are empty: functions import libraries from this project's environment. *changes*: settings of this
    run alone. *signing_key* makes the run's public key, where something is signed.
    """
    config: Json = yaml.safe_load((ROOT / f"Pulumi.{ORIGIN}.yaml").read_text(encoding="utf-8"))["config"]
    settings = merged(merged(config[SETTINGS], differences(addresses)), changes or {})
    if signing_key and "signed" in [branch(settings, "cdn").get(what) for what in ("originals", "renditions", "edits")]:
        settings = merged({"cdn": {"signing_public_keys": [signing_key()]}}, settings)
    return {**config, SETTINGS: settings, f"{PROJECT}:packages": str(packages)}


def differences(addresses: Addresses) -> Json:
    """Return the settings that differ from those of `dev`, apart from names of tables and functions."""
    return {
        "renditions": {
            **{f"{role}_bucket": bucket(role) for role in ("originals", "renditions")},
            "max_concurrency": CONCURRENCY,
            "backfill_concurrency": CONCURRENCY,
            "reconciler": {"stuck_after_s": STUCK_AFTER_S},
        },
        "edits": {
            "results_bucket": bucket("results"),
            "max_concurrency": CONCURRENCY,
            "archive_days": ARCHIVE_DAYS,
            "auth": {
                "issuer": f"{addresses.page}{ISSUER_PATH}",
                "audience": AUDIENCE,
                "jwks_url": f"{addresses.page}{JWKS_PATH}",
            },
        },
        "cdn": {"cors_origins": [addresses.page], "logs_bucket": bucket("cdn-logs")},
        "events": {"enabled": True, "webhooks": [receiver(addresses)]},
        # AWS' own layers: local/api replaces the web adapter, and nothing reads Lambda Insights.
        "deployment": {"web_adapter_layer_arn": "", "insights_layer_arn": ""},
    }


def receiver(addresses: Addresses) -> Json:
    """Return the webhook whose events the page shows."""
    return {
        "name": RECEIVER,
        "url": f"{addresses.page}{RECEIVER_PATH}",
        "secret_arn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{RECEIVER_SECRET}",
    }


def bucket(role: str) -> str:
    """Return the name of a bucket. An emulator has one account, so its number is left out."""
    return f"{PROJECT}-{STACK}-{role}"
