"""Define stacks with one switch on, over the settings of `dev`; their plans are reviewed by what each switch adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from components.testing.plan import StackPlan
from components.testing.program import SETTINGS_KEY, Json
from components.testing.recorder import record, stack_config
from components.testing.trees import merged

ORIGIN: Final = "dev"
VARIANTS: Final[Mapping[str, Json]] = {
    "events": {
        "events": {
            "enabled": True,
            "webhooks": [
                {
                    "name": "gallery",
                    "url": "https://gallery.example.com/events",
                    "secret_arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:gallery-webhook-Ab12Cd",
                    "types": ["photo.active", "photo.deleted"],
                }
            ],
        }
    },
    "on-demand": {"renditions": {"on_demand": True}},
    "archives": {"edits": {"archive_days": 7}},
}


def record_variant(name: str) -> StackPlan:
    """Run the program as `dev` with the switch *name* on."""
    config = stack_config(ORIGIN)
    return record(ORIGIN, {**config, SETTINGS_KEY: merged(config[SETTINGS_KEY], VARIANTS[name])})


def difference(plan: StackPlan, base: StackPlan, name: str) -> StackPlan:
    """Return what *plan* declares otherwise than *base*: resources that are new or changed, outputs too."""
    # The function's archive is left out of texts too: it is the same checkout.
    known = {one.name: replace(one, code="", depends_on=()) for one in base.resources}
    return StackPlan(
        stack=f"{base.stack} with {name}, beyond {base.stack}",
        resources=tuple(one for one in plan.resources if replace(one, code="", depends_on=()) != known.get(one.name)),
        outputs={key: value for key, value in plan.outputs.items() if value != base.outputs.get(key)},
    )
