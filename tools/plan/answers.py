"""What AWS answers to a registration, by type: ids, ARNs, addresses that look as AWS' do.

``{name}`` is the physical name, ``{logical}`` the name in the program. A type that is not listed is refused, so that
none goes unseen; an output that is not listed would be None, and the program would stumble over it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from pulumi import Output
from pulumi.runtime import mocks

ACCOUNT: Final = "123456789012"
REGION: Final = "us-east-1"
IDENTITY: Final = "aws:index/getCallerIdentity:getCallerIdentity"
HERE: Final = f"{REGION}:{ACCOUNT}"
SECRET: Final = "secret"  # noqa: S105 - how the text of one begins in a plan
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
    "aws:cloudwatch/logDelivery:LogDelivery": {},
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": {
        "arn": f"arn:aws:logs:{HERE}:delivery-destination:{{name}}"
    },
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": {"arn": f"arn:aws:logs:{HERE}:delivery-source:{{name}}"},
    "aws:cloudwatch/logGroup:LogGroup": {"arn": f"arn:aws:logs:{HERE}:log-group:{{name}}"},
    "aws:cloudwatch/metricAlarm:MetricAlarm": {"arn": f"arn:aws:cloudwatch:{HERE}:alarm:{{name}}"},
    "aws:cloudwatch/queryDefinition:QueryDefinition": {},
    "aws:dynamodb/table:Table": {"arn": f"arn:aws:dynamodb:{HERE}:table/{{name}}"},
    "aws:iam/role:Role": {"arn": f"arn:aws:iam::{ACCOUNT}:role/{{name}}"},
    "aws:iam/rolePolicy:RolePolicy": {},
    "aws:kms/key:Key": {"arn": f"arn:aws:kms:{HERE}:key/{{logical}}"},
    "aws:lambda/alias:Alias": {"arn": f"arn:aws:lambda:{HERE}:alias-of-{{logical}}"},
    "aws:lambda/eventSourceMapping:EventSourceMapping": {},
    "aws:lambda/function:Function": {"arn": f"arn:aws:lambda:{HERE}:function:{{name}}", "version": "7"},
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": {},
    "aws:lambda/functionUrl:FunctionUrl": {"functionUrl": f"https://abcdefghij.lambda-url.{REGION}.on.aws/"},
    "aws:lambda/layerVersion:LayerVersion": {"arn": f"arn:aws:lambda:{HERE}:layer:{{logical}}:3"},
    "aws:lambda/permission:Permission": {},
    "aws:route53/record:Record": {},
    "aws:s3/bucket:Bucket": {
        "arn": "arn:aws:s3:::{name}",
        "bucketRegionalDomainName": f"{{name}}.s3.{REGION}.amazonaws.com",
    },
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": {},
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {},
    "aws:s3/bucketMetric:BucketMetric": {},
    "aws:s3/bucketNotification:BucketNotification": {},
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {},
    "aws:s3/bucketPolicy:BucketPolicy": {},
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {},
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {},
    "aws:s3/bucketVersioning:BucketVersioning": {},
    "aws:scheduler/schedule:Schedule": {"arn": f"arn:aws:scheduler:{HERE}:schedule/default/{{name}}"},
    "aws:sns/topic:Topic": {"arn": f"arn:aws:sns:{HERE}:{{name}}"},
    "aws:sns/topicPolicy:TopicPolicy": {},
    "aws:sns/topicSubscription:TopicSubscription": {},
    "aws:sqs/queue:Queue": {
        "id": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{{name}}",
        "url": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{{name}}",
        "arn": f"arn:aws:sqs:{HERE}:{{name}}",
    },
    "aws:sqs/queuePolicy:QueuePolicy": {},
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": {},
    "aws:ssm/parameter:Parameter": {"arn": f"arn:aws:ssm:{HERE}:parameter{{name}}"},
    "random:index/randomPassword:RandomPassword": {"result": f"{SECRET} of {{logical}}"},
}


class Answers(mocks.Mocks):
    """Answers as AWS would: the inputs, and what only AWS knows."""

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """Answer the one question that the program asks."""
        if args.token != IDENTITY:
            raise LookupError(f"expected no call of {args.token}: say in tools/plan/answers.py what it answers")
        return {"accountId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:user/recorder", "userId": "recorder"}, []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Answer a registration."""
        inputs = cast("dict[str, Any]", args.inputs)
        if not args.custom:
            return "", dict(inputs)
        if args.typ not in COMPUTED:
            raise LookupError(f"expected no {args.typ}: say in tools/plan/answers.py what AWS answers")
        physical: str = inputs.get("name") or inputs.get("bucket") or args.name
        computed: dict[str, Any] = {
            key: value.format(name=physical, logical=args.name) for key, value in COMPUTED[args.typ].items()
        }
        if secret := SECRETS.get(args.typ):
            computed[secret] = Output.secret(computed[secret])
        return str(computed.pop("id", physical)), {**inputs, **computed}
