"""The AWS clients of one process. Made once by a handler and handed to whoever needs one; safe across threads.

By botocore alone: boto3 adds 30 ms of imports to a cold start, for its resources and transfers, which nobody uses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from botocore.config import Config
from botocore.session import Session

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
# Waits of up to 1, 2, 4, 8 and 16 s, of which the half is usual: 15 s in all.
PATIENT_ATTEMPTS: Final = 6


def s3_client(session: Session) -> S3Client:
    """Make an S3 client."""
    # What botocore presigns by default (version 2) is refused in newer regions and where KMS encrypts.
    return client(session, "s3", Config(signature_version="s3v4"))


def dynamodb_client(session: Session) -> DynamoDBClient:
    """Make a DynamoDB client."""
    return client(session, "dynamodb")


def patient_dynamodb_client(session: Session) -> DynamoDBClient:
    """Make a DynamoDB client for items that many workers change at the same time: throttling passes in seconds."""
    patience = Config(retries={"mode": "standard", "total_max_attempts": PATIENT_ATTEMPTS})
    return client(session, "dynamodb", CONFIG.merge(patience))


def cloudfront_client(session: Session) -> CloudFrontClient:
    """Make a CloudFront client: only when something was deleted, it costs 40 ms."""
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
    """Make a client of *service*; one *session* reads the service models that clients share only once."""
    return session.create_client(service, config=CONFIG.merge(more) if more else CONFIG)
