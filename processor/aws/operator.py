"""AWS clients of a person at the command line: a stack's region, and perhaps another address than AWS' own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.session import Session

from processor.aws.clients import CONFIG
from processor.aws.faults import MISSING, aws_call, unless

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True, kw_only=True, slots=True)
class OperatorClients:
    """Makes clients with the credentials of the environment. *endpoint_url*: of the embedded stack."""

    region: str
    endpoint_url: str | None = None
    session: Session = field(default_factory=Session)

    def s3(self) -> S3Client:
        """Make an S3 client."""
        return self.client("s3")

    def dynamodb(self) -> DynamoDBClient:
        """Make a DynamoDB client."""
        return self.client("dynamodb")

    def sqs(self) -> SQSClient:
        """Make an SQS client."""
        return self.client("sqs")

    def etag(self, bucket: str, key: str) -> str | None:
        """Look up the ETag of an object, None when there is none."""
        with aws_call(f"s3:HeadObject {bucket}/{key}"):
            return unless(MISSING, lambda: self.s3().head_object(Bucket=bucket, Key=key)["ETag"].strip('"'))

    def account_id(self) -> str:
        """Ask whose credentials these are."""
        with aws_call("sts:GetCallerIdentity"):
            return self.client("sts").get_caller_identity()["Account"]

    def client(self, service: str) -> Any:
        """Make a client of *service*; credentials that cannot be found are told by the first call."""
        return self.session.create_client(
            service, region_name=self.region, endpoint_url=self.endpoint_url, config=CONFIG
        )
