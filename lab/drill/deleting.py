"""Rehearse a deletion: check that no object shows the photo, and that orphans are removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lab.drill.operator import RENDITIONS, Operator, wait_until_settled
from processor.aws.originals_table import STEM
from testkit.photos import jpeg, scene

GALLERY: Final = "regret"
KEY: Final = f"{GALLERY}/secret.jpg"
ORPHAN: Final = f"renditions/{GALLERY}/orphan_small.jpg"


@dataclass(frozen=True, kw_only=True, slots=True)
class DeletionRehearsal:
    """*shown*, *gone*: what the CDN answered for the sizes before and after. *left*: keys below the gallery.

    *orphans*: as counted before the deletion, after it; and how many were removed after a file was put by hand.
    """

    shown: frozenset[int]
    gone: frozenset[int]
    record: Mapping[str, Any]
    left: tuple[str, ...]
    invalidated: tuple[str, ...]
    orphans: tuple[int, int, int]


def rehearse(operator: Operator) -> DeletionRehearsal:
    """Run the rehearsal."""
    operator.put(KEY, jpeg.jpeg(scene.scene(1600, 1200)))
    operator.wait_for(f"{KEY} to be active", lambda: operator.status(KEY) == "active")
    urls = [value for name, value in operator.record(KEY).items() if name.endswith("_url")]
    shown, before = answers(operator, urls), orphans(operator)
    operator.stack.aws.client("s3").delete_object(Bucket=operator.stack.originals, Key=KEY)
    operator.wait_for(f"{KEY} to be deleted", lambda: operator.status(KEY) == "deleted")
    gone = answers(operator, urls)
    left = (*operator.keys(RENDITIONS, f"renditions/{GALLERY}/"), *stems(operator))
    removed = remove_an_orphan(operator)
    return DeletionRehearsal(
        shown=shown,
        gone=gone,
        record=operator.record(KEY),
        left=left,
        invalidated=invalidated(operator),
        orphans=(before, orphans(operator), removed),
    )


def answers(operator: Operator, urls: list[str]) -> frozenset[int]:
    """Ask the CDN for pictures."""
    return frozenset(operator.stack.http.get(url).status_code for url in urls)


def stems(operator: Operator) -> list[str]:
    """List the stems that are claimed in the gallery."""
    return [item["id"]["S"] for item in operator.items(f"{GALLERY}/") if item["key"] == {"S": STEM}]


def orphans(operator: Operator) -> int:
    """Run the reconciler, which counts orphans."""
    return int(operator.reconcile()["orphans"])


def remove_an_orphan(operator: Operator) -> int:
    """Put an orphan rendition, and run the reconciler once all has settled; return how many it removed."""
    operator.stack.aws.client("s3").put_object(Bucket=RENDITIONS, Key=ORPHAN, Body=b"whose?")
    wait_until_settled()
    removed = int(operator.reconcile()["removed"])
    return 0 if operator.keys(RENDITIONS, ORPHAN) else removed


def invalidated(operator: Operator) -> tuple[str, ...]:
    """List what CloudFront was told to forget of the gallery."""
    cloudfront: Any = operator.stack.aws.client("cloudfront")
    [distribution] = cloudfront.list_distributions()["DistributionList"]["Items"]
    listed = cloudfront.list_invalidations(DistributionId=distribution["Id"])["InvalidationList"].get("Items", [])
    found = (
        cloudfront.get_invalidation(DistributionId=distribution["Id"], Id=one["Id"])["Invalidation"] for one in listed
    )
    return tuple(item for one in found for item in one["InvalidationBatch"]["Paths"]["Items"])
