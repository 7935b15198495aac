"""Evaluate every alarm again and again; set new states, so that the emulator notifies the subscribers."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from local.alarms.evaluate import evaluate
from local.alarms.reading import alarms, history

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

EVERY_S: Final = 5.0
log = logging.getLogger("local.alarms")


def evaluate_all(cloudwatch: CloudWatchClient, *, now: float) -> list[str]:
    """Evaluate every alarm at *now* (s since 1970); return the names of those whose state changed."""
    found = list(alarms(cloudwatch))
    measured = history(cloudwatch, [rule for rule, _ in found], now=now)
    changed: list[str] = []
    for rule, state in found:
        verdict = evaluate(rule, measured[rule.name], state=state, now=now)
        if verdict.state != state:
            cloudwatch.set_alarm_state(
                AlarmName=rule.name,
                StateValue=verdict.state,
                StateReason=verdict.reason,
                StateReasonData=json.dumps({"version": "1.0", "threshold": rule.threshold}),
            )
            changed.append(rule.name)
    return changed


async def watch(cloudwatch: Callable[[], CloudWatchClient | None]) -> None:
    """Evaluate every five seconds, for as long as the task lives; *cloudwatch* is None before there are alarms."""
    while True:
        client = cloudwatch()
        try:
            if client is not None:
                for name in await asyncio.to_thread(evaluate_all, client, now=time.time()):
                    log.info("alarm %s changed its state", name)
        except (BotoCoreError, ClientError) as error:
            # The emulator may be stopping or busy: try again. Any other error is a defect and ends the task.
            log.warning("alarms were not evaluated: %s", error)
        await asyncio.sleep(EVERY_S)
