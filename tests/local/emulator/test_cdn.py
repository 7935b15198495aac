"""Tests of the emulator's CloudFront as the embedded stack uses it: its data plane serves private buckets."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.factories.emulators import Aws

MANAGED_CACHE = "658327ea-f89d-4fab-a63d-7e88639e58f6"  # CachingOptimized, the same id in every account
READING = {"Quantity": 2, "Items": ["GET", "HEAD"], "CachedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]}}


@pytest.fixture(scope="module")
def distribution(aws: Aws) -> dict[str, str]:
    """Return a distribution over two private buckets, of which it may read the first below ``renditions/``."""
    cloudfront, s3 = aws.client("cloudfront"), aws.client("s3")
    for name in ("open-bucket", "shut-bucket"):
        s3.create_bucket(Bucket=name)
        s3.put_object(
            Bucket=name, Key="renditions/a.jpg", Body=b"a", CacheControl="max-age=60", ContentType="image/jpeg"
        )
    headers = {"Name": "cdn-test", "CustomHeadersConfig": {"Quantity": 1, "Items": [tagged("X-Tagged", "yes")]}}
    policy_id = cloudfront.create_response_headers_policy(ResponseHeadersPolicyConfig=headers)
    made = cloudfront.create_distribution(
        DistributionConfig={
            "CallerReference": "cdn-test",
            "Comment": "cdn-test",
            "Enabled": True,
            "Origins": {"Quantity": 2, "Items": [origin(aws, "open-bucket"), origin(aws, "shut-bucket")]},
            "DefaultCacheBehavior": behavior("shut-bucket"),
            "CacheBehaviors": {
                "Quantity": 1,
                "Items": [
                    {
                        "PathPattern": "renditions/*",
                        "ResponseHeadersPolicyId": policy_id["ResponseHeadersPolicy"]["Id"],
                        **behavior("open-bucket"),
                    }
                ],
            },
        }
    )["Distribution"]
    s3.put_bucket_policy(Bucket="open-bucket", Policy=reader(made["ARN"]))
    return {"host": made["DomainName"], "id": made["Id"], "address": aws.address}


def tagged(name: str, value: str) -> dict[str, Any]:
    """Write a header to add."""
    return {"Header": name, "Value": value, "Override": True}


def origin(aws: Aws, bucket: str) -> dict[str, Any]:
    """Write the origin of a bucket, with an access control of its own."""
    wanted = {
        "Name": bucket,
        "SigningProtocol": "sigv4",
        "SigningBehavior": "always",
        "OriginAccessControlOriginType": "s3",
    }
    access = aws.client("cloudfront").create_origin_access_control(OriginAccessControlConfig=wanted)
    return {
        "Id": bucket,
        "DomainName": f"{bucket}.s3.us-east-1.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
        "OriginAccessControlId": access["OriginAccessControl"]["Id"],
    }


def behavior(bucket: str) -> dict[str, Any]:
    """Write a behaviour that reads a bucket."""
    return {
        "TargetOriginId": bucket,
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": READING,
        "CachePolicyId": MANAGED_CACHE,
    }


def reader(distribution_arn: str) -> str:
    """Let one distribution read below ``renditions/``."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::open-bucket/renditions/*",
        "Condition": {"StringEquals": {"aws:SourceArn": distribution_arn}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def view(distribution: dict[str, str], path: str, **more: str) -> httpx.Response:
    """Ask the data plane, which knows a distribution by the Host header."""
    headers = {"Host": distribution["host"], **{key.replace("_", "-"): value for key, value in more.items()}}
    return httpx.get(f"{distribution['address']}{path}", headers=headers)


def test_a_private_object_is_served_to_all_viewers(distribution: dict[str, str]) -> None:
    """The bucket's policy names the distribution, the object's headers come through, the CDN adds its own."""
    answer = view(distribution, "/renditions/a.jpg?v=1")
    kept = {name: answer.headers.get(name) for name in ("Content-Type", "Cache-Control", "X-Tagged")}
    assert (200, b"a") == (answer.status_code, answer.content)
    assert {"Content-Type": "image/jpeg", "Cache-Control": "max-age=60", "X-Tagged": "yes"} == kept


def test_a_bucket_that_does_not_name_the_distribution_stays_private(distribution: dict[str, str]) -> None:
    """Origin access control is enforced: without the policy, no behaviour gives access."""
    assert 403 == view(distribution, "/elsewhere/a.jpg").status_code


def test_viewers_without_tls_are_redirected(distribution: dict[str, str]) -> None:
    """The server marks requests as sent over TLS, or the CDN would redirect them."""
    answer = view(distribution, "/renditions/a.jpg", x_forwarded_proto="http")
    there = f"https://{distribution['host']}/renditions/a.jpg"
    assert (301, there) == (answer.status_code, answer.headers["Location"])


def test_an_invalidation_by_tag_is_taken(aws: Aws, distribution: dict[str, str]) -> None:
    """Deletion invalidates by cache tag: the request is accepted and listed."""
    cloudfront = aws.client("cloudfront")
    batch = {"CallerReference": "1", "Paths": {"Quantity": 1, "Items": ["/renditions/*"]}}
    made = cloudfront.create_invalidation(DistributionId=distribution["id"], InvalidationBatch=batch)["Invalidation"]
    listed = cloudfront.list_invalidations(DistributionId=distribution["id"])["InvalidationList"]["Items"]
    assert [made["Id"]] == [one["Id"] for one in listed]
