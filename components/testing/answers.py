"""Compute AWS's outputs of the program's resources: ids, ARNs and addresses of AWS's form.

For all that runs the program without AWS: the recorder of plans (``tools/plan``), the embedded stack
(``local/deployer``) and the provider of the engine tests (``tests/engine``). In a template ``{name}`` is the physical
name, ``{logical}`` the name in the program, any other word an input. A type that is not listed is refused, so that no
new type goes unnoticed; an output that is not listed would be None, and the program would fail on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

ACCOUNT: Final = "123456789012"
REGION: Final = "us-east-1"
IDENTITY: Final = "aws:index/getCallerIdentity:getCallerIdentity"
SECRET_VERSION: Final = "aws:secretsmanager/getSecretVersion:getSecretVersion"  # noqa: S105 - name of a call
HERE: Final = f"{REGION}:{ACCOUNT}"
SECRET: Final = "secret"  # noqa: S105 - start of the text of every secret
SECRETS: Final[Mapping[str, str]] = {"random:index/randomPassword:RandomPassword": "result"}

COMPUTED: Final[Mapping[str, Mapping[str, str]]] = {
    "aws:budgets/budget:Budget": {},
    "aws:cloudfront/cachePolicy:CachePolicy": {"id": "id-of-{logical}"},
    "aws:cloudfront/distribution:Distribution": {
        "id": "E2EXAMPLE1",
        "arn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/E2EXAMPLE1",
        "domainName": "d111111abcdef8.cloudfront.net",
        "hostedZoneId": "Z2FDTNDATAQYW2",
    },
    "aws:cloudfront/function:Function": {"arn": f"arn:aws:cloudfront::{ACCOUNT}:function/{{name}}"},
    "aws:cloudfront/keyGroup:KeyGroup": {"id": "id-of-{logical}"},
    "aws:cloudfront/monitoringSubscription:MonitoringSubscription": {},
    "aws:cloudfront/originAccessControl:OriginAccessControl": {"id": "id-of-{logical}"},
    "aws:cloudfront/publicKey:PublicKey": {"id": "id-of-{logical}"},
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": {"id": "id-of-{logical}"},
    "aws:cloudwatch/dashboard:Dashboard": {},
    "aws:cloudwatch/eventApiDestination:EventApiDestination": {
        "arn": f"arn:aws:events:{HERE}:api-destination/{{name}}/0f6a"
    },
    "aws:cloudwatch/eventBus:EventBus": {"arn": f"arn:aws:events:{HERE}:event-bus/{{name}}"},
    "aws:cloudwatch/eventConnection:EventConnection": {"arn": f"arn:aws:events:{HERE}:connection/{{name}}/1e7b"},
    "aws:cloudwatch/eventRule:EventRule": {"arn": f"arn:aws:events:{HERE}:rule/{{name}}"},
    "aws:cloudwatch/eventTarget:EventTarget": {"id": "{rule}-{logical}"},
    "aws:cloudwatch/logDelivery:LogDelivery": {"id": "id-of-{logical}"},
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": {
        "arn": f"arn:aws:logs:{HERE}:delivery-destination:{{name}}"
    },
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": {"arn": f"arn:aws:logs:{HERE}:delivery-source:{{name}}"},
    "aws:cloudwatch/logGroup:LogGroup": {"arn": f"arn:aws:logs:{HERE}:log-group:{{name}}"},
    "aws:cloudwatch/metricAlarm:MetricAlarm": {"arn": f"arn:aws:cloudwatch:{HERE}:alarm:{{name}}"},
    "aws:cloudwatch/queryDefinition:QueryDefinition": {"id": "id-of-{logical}"},
    "aws:dynamodb/table:Table": {
        "arn": f"arn:aws:dynamodb:{HERE}:table/{{name}}",
        "streamArn": f"arn:aws:dynamodb:{HERE}:table/{{name}}/stream/2026-01-01T00:00:00.000",
    },
    "aws:iam/role:Role": {"arn": f"arn:aws:iam::{ACCOUNT}:role/{{name}}"},
    "aws:iam/rolePolicy:RolePolicy": {"id": "{role}:{name}"},
    "aws:kms/key:Key": {"id": "{logical}", "arn": f"arn:aws:kms:{HERE}:key/{{logical}}"},
    "aws:lambda/alias:Alias": {
        "id": f"arn:aws:lambda:{HERE}:alias-of-{{logical}}",
        "arn": f"arn:aws:lambda:{HERE}:alias-of-{{logical}}",
    },
    "aws:lambda/eventSourceMapping:EventSourceMapping": {"id": "id-of-{logical}"},
    "aws:lambda/function:Function": {"arn": f"arn:aws:lambda:{HERE}:function:{{name}}", "version": "7"},
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": {},
    "aws:lambda/functionUrl:FunctionUrl": {"functionUrl": f"https://abcdefghij.lambda-url.{REGION}.on.aws/"},
    "aws:lambda/layerVersion:LayerVersion": {
        "id": f"arn:aws:lambda:{HERE}:layer:{{logical}}:{{version}}",
        "arn": f"arn:aws:lambda:{HERE}:layer:{{logical}}:{{version}}",
        "version": "3",
    },
    "aws:lambda/permission:Permission": {"id": "id-of-{logical}"},
    "aws:pipes/pipe:Pipe": {"arn": f"arn:aws:pipes:{HERE}:pipe/{{name}}"},
    "aws:route53/record:Record": {},
    "aws:s3/bucket:Bucket": {
        "arn": "arn:aws:s3:::{name}",
        "bucketRegionalDomainName": f"{{name}}.s3.{REGION}.amazonaws.com",
    },
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": {},
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {},
    "aws:s3/bucketMetric:BucketMetric": {"id": "{bucket}:{name}"},
    "aws:s3/bucketNotification:BucketNotification": {},
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {},
    "aws:s3/bucketPolicy:BucketPolicy": {},
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {},
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {},
    "aws:s3/bucketVersioning:BucketVersioning": {},
    "aws:scheduler/schedule:Schedule": {"arn": f"arn:aws:scheduler:{HERE}:schedule/default/{{name}}"},
    "aws:sns/topic:Topic": {"arn": f"arn:aws:sns:{HERE}:{{name}}"},
    "aws:sns/topicPolicy:TopicPolicy": {},
    "aws:sns/topicSubscription:TopicSubscription": {"id": "id-of-{logical}"},
    "aws:sqs/queue:Queue": {
        "id": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{{name}}",
        "url": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{{name}}",
        "arn": f"arn:aws:sqs:{HERE}:{{name}}",
    },
    "aws:sqs/queuePolicy:QueuePolicy": {},
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": {},
    "aws:ssm/parameter:Parameter": {"arn": f"arn:aws:ssm:{HERE}:parameter{{name}}"},
    "random:index/randomPassword:RandomPassword": {"id": "id-of-{logical}", "result": f"{SECRET} of {{logical}}"},
}


def identity(*, account: str = ACCOUNT, arn: str = "", user: str = "recorder") -> dict[str, str]:
    """Return the result of getCallerIdentity."""
    return {"accountId": account, "arn": arn or f"arn:aws:iam::{account}:user/{user}", "userId": user}


def secret_version(arn: str, text: str = "") -> dict[str, str]:
    """Return the result of getSecretVersion, which a webhook's secret is read by."""
    return {"arn": arn, "secretId": arn, "secretString": text or f"{SECRET} of {arn}"}


def answer(kind: str, logical: str, inputs: Mapping[str, Any], *, version: str = "") -> tuple[str, dict[str, str]]:
    """Return the id and the computed outputs of a resource; *version*: of a function or a layer, "" for the listed one.

    Raise LookupError for a type that is not listed.
    """
    if kind not in COMPUTED:
        raise LookupError(f"expected no {kind}: say in components/testing/answers.py what AWS answers")
    listed = COMPUTED[kind]
    templates = {**listed, "version": version} if version and "version" in listed else listed
    physical: str = inputs.get("name") or inputs.get("bucket") or logical
    words = {"version": templates.get("version"), **inputs, "name": physical, "logical": logical}
    known = {key: template.format_map(words) for key, template in templates.items()}
    return known.pop("id", physical), known
