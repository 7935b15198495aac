"""Resources as the systems of the guides left them in an account."""

from __future__ import annotations

from typing import Any

from local.emulator.environment import ACCOUNT
from tests.factories.emulators import Aws, Json, policy

ORIGINALS, RENDITIONS, RESULTS = "galerly-images-storage", "galerly-renditions", "generated-images-bucket"
FUNCTIONS = ("galerly-image-processing", "lambdallmproxy-image-processor")
DOMAIN = "cdn.galerly.com"
ROUTER = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:galerly-cloudfront-router:3"


def make_functions(aws: Aws) -> None:
    """Leave two functions' log groups, and a function and a role that still exist."""
    for name in FUNCTIONS:
        aws.client("logs").create_log_group(logGroupName=f"/aws/lambda/{name}")
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = aws.client("iam").create_role(RoleName=FUNCTIONS[0], AssumeRolePolicyDocument=policy(trust))["Role"]
    code: Any = {"ZipFile": b"PK\x05\x06" + bytes(18)}
    aws.client("lambda").create_function(
        FunctionName=FUNCTIONS[0], Runtime="python3.11", Role=role["Arn"], Handler="a.b", Code=code
    )


def make_buckets(aws: Aws) -> None:
    """Make the bucket of originals, public by policy and ACL, which notifies a queue, and the one of results."""
    s3, sqs = aws.client("s3"), aws.client("sqs")
    for name in (ORIGINALS, RESULTS):
        s3.create_bucket(Bucket=name, ObjectOwnership="ObjectWriter")
        s3.delete_public_access_block(Bucket=name)
    s3.put_bucket_policy(Bucket=ORIGINALS, Policy=public(ORIGINALS))
    s3.put_bucket_acl(Bucket=ORIGINALS, ACL="public-read")
    url = sqs.create_queue(QueueName="thumbnails")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sending = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:SendMessage"}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy({**sending, "Resource": queue})})
    notifications: Any = {"QueueConfigurations": [{"QueueArn": queue, "Events": ["s3:ObjectCreated:*"]}]}
    s3.put_bucket_notification_configuration(Bucket=ORIGINALS, NotificationConfiguration=notifications)


def public(bucket: str) -> str:
    """Write the policy that lets everyone read the objects of *bucket*."""
    objects = f"arn:aws:s3:::{bucket}/*"
    return policy({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": objects})


def make_tables(aws: Aws) -> None:
    """Make the photos' table with an index of another shape, and the sessions' table as the guide does."""
    dynamodb = aws.client("dynamodb")
    text = ("id", "gallery_id", "sessionId", "userId", "created_at")
    kinds = {**dict.fromkeys(text, "S"), "createdAt": "N"}

    def index(name: str, *keys: str) -> Any:
        return {"IndexName": name, "KeySchema": schema(*keys), "Projection": {"ProjectionType": "ALL"}}

    def schema(*keys: str) -> Any:
        return [{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)]

    def create(name: str, key: str, *indexes: Any) -> None:
        used = {key, *(part["AttributeName"] for one in indexes for part in one["KeySchema"])}
        dynamodb.create_table(
            TableName=name,
            KeySchema=schema(key),
            AttributeDefinitions=[{"AttributeName": one, "AttributeType": kinds[one]} for one in sorted(used)],
            GlobalSecondaryIndexes=list(indexes),
            BillingMode="PAY_PER_REQUEST",
        )

    create(
        "galerly-photos",
        "id",
        index("GalleryIdIndex", "gallery_id", "created_at"),
        index("ByDay", "created_at"),
    )
    create("image-edit-sessions", "sessionId", index("userId-createdAt-index", "userId", "createdAt"))


def distribution(aws: Aws, alias: str) -> str:
    """Make the gallery's distribution: a router at the edge, and a path of its own; return its id."""
    behaviour = {
        "TargetOriginId": "o",
        "ViewerProtocolPolicy": "redirect-to-https",
        "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
    }
    router = {"LambdaFunctionARN": ROUTER, "EventType": "origin-request", "IncludeBody": False}
    config: Any = {
        "CallerReference": alias,
        "Comment": "gallery",
        "Enabled": True,
        "Aliases": {"Quantity": 1, "Items": [alias]},
        "Origins": {
            "Quantity": 1,
            "Items": [
                {
                    "Id": "o",
                    "DomainName": f"{ORIGINALS}.s3.amazonaws.com",
                    "S3OriginConfig": {"OriginAccessIdentity": ""},
                }
            ],
        },
        "DefaultCacheBehavior": {**behaviour, "LambdaFunctionAssociations": {"Quantity": 1, "Items": [router]}},
        "CacheBehaviors": {"Quantity": 1, "Items": [{**behaviour, "PathPattern": "thumbs/*"}]},
    }
    return aws.client("cloudfront").create_distribution(DistributionConfig=config)["Distribution"]["Id"]


def gallery_distribution(aws: Aws, alias: str) -> str:
    """Make the distribution of the gallery's guide: originals, and renditions from their own bucket; return its id."""

    def behaviour(bucket: str) -> Json:
        # AWS' policy CachingOptimized.
        policy_id = "658327ea-f89d-4fab-a63d-7e88639e58f6"
        return {"TargetOriginId": bucket, "ViewerProtocolPolicy": "redirect-to-https", "CachePolicyId": policy_id}

    origins = [
        {"Id": one, "DomainName": f"{one}.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
        for one in (ORIGINALS, RENDITIONS)
    ]
    config: Any = {
        "CallerReference": alias,
        "Comment": "gallery",
        "Enabled": True,
        "Aliases": {"Quantity": 1, "Items": [alias]},
        "Origins": {"Quantity": len(origins), "Items": origins},
        "DefaultCacheBehavior": behaviour(ORIGINALS),
        "CacheBehaviors": {"Quantity": 1, "Items": [{**behaviour(RENDITIONS), "PathPattern": "renditions/*"}]},
    }
    return aws.client("cloudfront").create_distribution(DistributionConfig=config)["Distribution"]["Id"]


def sign_requests(aws: Aws, distribution_id: str) -> None:
    """Attach an origin access control to the origins of a distribution."""
    cloudfront = aws.client("cloudfront")
    access: Any = {"Name": "gallery", "SigningProtocol": "sigv4", "SigningBehavior": "always"}
    made = cloudfront.create_origin_access_control(
        OriginAccessControlConfig={**access, "OriginAccessControlOriginType": "s3"}
    )["OriginAccessControl"]["Id"]
    found = cloudfront.get_distribution_config(Id=distribution_id)
    config = found["DistributionConfig"]
    for origin in config["Origins"]["Items"]:
        origin["OriginAccessControlId"] = made
    cloudfront.update_distribution(Id=distribution_id, IfMatch=found["ETag"], DistributionConfig=config)


def hosts(aws: Aws) -> dict[str, str]:
    """Return the own name of each distribution, by its id."""
    listed = aws.client("cloudfront").list_distributions()["DistributionList"]["Items"]
    return {one["Id"]: one["DomainName"] for one in listed}
