"""Create the AWS clients of a process. A handler creates each once and passes it on; clients are thread-safe.

botocore alone: boto3 would add 30 ms of imports to a cold start, for resources and transfers that are not used here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from botocore.config import Config
from botocore.session import Session

from processor.aws.faults import MISSING, aws_call, unless
from processor.errors import UsageError

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

# Fail within seconds and let the queue retry, rather than use up the invocation waiting.
CONFIG: Final = Config(
    connect_timeout=3,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 4},
    max_pool_connections=16,
    tcp_keepalive=True,
)
# Waits of up to 1, 2, 4, 8 and 16 s; with jitter about half of that, 15 s in all.
PATIENT_ATTEMPTS: Final = 6
LIVE: Final = "live"  # the alias of components/function.py
NO_FUNCTION: Final = frozenset({"ResourceNotFoundException"})


def s3_client(session: Session) -> S3Client:
    """Make an S3 client."""
    # Newer regions and KMS-encrypted buckets refuse signature version 2, which botocore presigns by default.
    return client(session, "s3", Config(signature_version="s3v4"))


def dynamodb_client(session: Session) -> DynamoDBClient:
    """Make a DynamoDB client."""
    return client(session, "dynamodb")


def patient_dynamodb_client(session: Session) -> DynamoDBClient:
    """Make a DynamoDB client with more retries, for items that many workers change at the same time."""
    patience = Config(retries={"mode": "standard", "total_max_attempts": PATIENT_ATTEMPTS})
    return client(session, "dynamodb", CONFIG.merge(patience))


def cloudfront_client(session: Session) -> CloudFrontClient:
    """Make a CloudFront client; it takes 40 ms, so make it only when something is invalidated."""
    return client(session, "cloudfront")


def sqs_client(session: Session) -> SQSClient:
    """Make an SQS client."""
    return client(session, "sqs")


def ssm_client(session: Session) -> SSMClient:
    """Make an SSM client."""
    return client(session, "ssm")


def client(
    session: Session, service: Literal["s3", "dynamodb", "cloudfront", "sqs", "ssm"], more: Config | None = None
) -> Any:
    """Make a client of *service*; clients of one *session* share their service models."""
    return session.create_client(service, config=CONFIG.merge(more) if more else CONFIG)


@dataclass(frozen=True, kw_only=True, slots=True)
class OperatorClients:
    """Makes clients for the command line, with the environment's credentials, each once.

    *endpoint_url*: of the embedded stack. *made*: the clients so far, by service.
    """

    region: str
    endpoint_url: str | None = None
    session: Session = field(default_factory=Session)
    made: dict[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False)

    def s3(self) -> S3Client:
        """Make an S3 client."""
        return self.client("s3")

    def dynamodb(self) -> DynamoDBClient:
        """Make a DynamoDB client."""
        return self.client("dynamodb")

    def sqs(self) -> SQSClient:
        """Make an SQS client."""
        return self.client("sqs")

    def cloudfront(self) -> CloudFrontClient:
        """Make a CloudFront client."""
        return self.client("cloudfront")

    def environment(self, function: str) -> Mapping[str, str]:
        """Read the environment of a deployed function, of the version that callers reach; UsageError without one."""
        with aws_call(f"lambda:GetFunctionConfiguration {function}"):
            found = unless(
                NO_FUNCTION,
                lambda: self.client("lambda").get_function_configuration(FunctionName=function, Qualifier=LIVE),
            )
        if found is None:
            raise UsageError(f"{function}: no such function in this account and region, expected a deployed stack")
        return found["Environment"]["Variables"]

    def etag(self, bucket: str, key: str) -> str | None:
        """Look up the ETag of an object, None when there is none."""
        with aws_call(f"s3:HeadObject {bucket}/{key}"):
            return unless(MISSING, lambda: self.s3().head_object(Bucket=bucket, Key=key)["ETag"].strip('"'))

    def account_id(self) -> str:
        """Return the account of the credentials."""
        with aws_call("sts:GetCallerIdentity"):
            return self.client("sts").get_caller_identity()["Account"]

    def client(self, service: str) -> Any:
        """Make a client of *service*, once: it takes 40 ms. Missing credentials raise at the first call."""
        if service not in self.made:
            self.made[service] = self.session.create_client(
                service, region_name=self.region, endpoint_url=self.endpoint_url, config=CONFIG
            )
        return self.made[service]
