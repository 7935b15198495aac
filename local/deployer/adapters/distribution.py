"""The distribution. Its name leads to this run's CDN front; the emulator's own name for it is noted for the front."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast
from urllib.parse import urlsplit

from local.deployer.adapters.cloudfront import cloudfront
from local.deployer.adapters.cloudfront_shapes import distribution_config
from local.deployer.model import DeployError, Given, Made
from local.deployer.shapes import pairs
from local.deployer.target import Target

# Every distribution's alias record points into this one zone of CloudFront's.
ZONE: Final = "Z2FDTNDATAQYW2"
EMULATED_HOST: Final = "distribution_host"


def distribution(target: Target, given: Given) -> Made:
    """Create the distribution, or change the one of an earlier deployment or the one to adopt."""
    tags: Any = {"Items": pairs(given.inputs.take("tags"))}
    config: Any = distribution_config(given.inputs.rest(), caller=given.name)
    known = given.adopt or find(target, config["Comment"])
    if known:
        made = change(target, known, config)
    else:
        wanted: Any = {"DistributionConfig": config, "Tags": tags}
        made = cloudfront(target).create_distribution_with_tags(DistributionConfigWithTags=wanted)["Distribution"]
    cloudfront(target).tag_resource(Resource=made["ARN"], Tags=tags)
    return Made(
        id=made["Id"],
        outputs={
            "arn": made["ARN"],
            "domainName": urlsplit(target.addresses.cdn).netloc,
            "hostedZoneId": ZONE,
        },
        notes={EMULATED_HOST: made["DomainName"]},
    )


def find(target: Target, comment: str) -> str | None:
    """Find the distribution of an earlier deployment by its comment, the only name that it has."""
    known = [
        one["Id"]
        for one in cloudfront(target).list_distributions()["DistributionList"].get("Items", [])
        if one["Comment"] == comment
    ]
    if len(known) > 1:
        raise DeployError(f"comment: expected one distribution called {comment}, found {', '.join(known)}")
    return known[0] if known else None


def change(target: Target, known: str, config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Change a distribution; who created it stays as it was."""
    found = cloudfront(target).get_distribution_config(Id=known)
    wanted: Any = {**config, "CallerReference": found["DistributionConfig"]["CallerReference"]}
    changed = cloudfront(target).update_distribution(Id=known, IfMatch=found["ETag"], DistributionConfig=wanted)
    return cast("Mapping[str, Any]", changed["Distribution"])
