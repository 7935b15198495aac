"""Make clients of the emulator with its root credentials, which exist nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, overload

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

REGION: Final = "us-east-1"
ROOT: Final = "test"


class Aws:
    """Clients of the emulator at *endpoint*; they share one session, and are safe across threads.

    The constructor imports botocore, which takes half a second: `up` prints its first lines before, `status` and
    `down` need no client.
    """

    def __init__(self, endpoint: str) -> None:
        from botocore.config import Config  # noqa: PLC0415
        from botocore.session import Session  # noqa: PLC0415

        self.endpoint = endpoint
        self.config = Config(
            connect_timeout=3,
            read_timeout=20,
            retries={"mode": "standard", "total_max_attempts": 2},
            max_pool_connections=32,
            signature_version="v4",
            s3={"addressing_style": "path"},
        )
        self.session = Session()
        self.session.set_credentials(ROOT, ROOT)
        self.clients: dict[str, Any] = {}

    @overload
    def client(self, service: Literal["s3"]) -> S3Client: ...
    @overload
    def client(self, service: Literal["sqs"]) -> SQSClient: ...
    @overload
    def client(self, service: Literal["dynamodb"]) -> DynamoDBClient: ...
    @overload
    def client(self, service: Literal["lambda"]) -> LambdaClient: ...
    @overload
    def client(self, service: Literal["logs"]) -> CloudWatchLogsClient: ...
    @overload
    def client(self, service: Literal["cloudfront"]) -> CloudFrontClient: ...
    @overload
    def client(self, service: Literal["cloudwatch"]) -> CloudWatchClient: ...
    @overload
    def client(self, service: Literal["sns"]) -> SNSClient: ...
    @overload
    def client(self, service: Literal["iam"]) -> IAMClient: ...
    @overload
    def client(self, service: Literal["events"]) -> EventBridgeClient: ...
    @overload
    def client(self, service: Literal["pipes", "secretsmanager"]) -> Any: ...
    def client(self, service: str) -> Any:
        """Return the client of *service*."""
        if service not in self.clients:
            self.clients[service] = self.session.create_client(
                service, region_name=REGION, endpoint_url=self.endpoint, config=self.config
            )
        return self.clients[service]
