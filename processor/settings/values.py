"""Define the types of single settings: names as AWS allows them, addresses, capacities.

The ``allowed`` of a schema is the sentence that errors and docs/settings.md print instead of a pattern.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeVar, cast

from pydantic import AfterValidator, BeforeValidator, Field

T = TypeVar("T")


def origin_of(host: str) -> str:
    """Return the origin of the web server *host*: https, except on loopback, where there is no certificate."""
    return f"http://{host}" if host.startswith("127.0.0.1:") else f"https://{host}"


def empty_is_none(value: object) -> object:
    """Return None for an empty string, as stack files write an absent value."""
    return None if value == "" else value


def one_is_a_list(value: object) -> object:
    """Return a text, unless it is empty, as the one member of a tuple, and a list as a tuple."""
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(cast("list[object]", value)) if isinstance(value, list) else value


def each_once(values: tuple[T, ...]) -> tuple[T, ...]:
    """Raise ValueError when a value stands twice in *values*."""
    if len(set(values)) != len(values):
        raise ValueError(f"found {', '.join(map(str, values))}, expected each value once")
    return values


BucketName = Annotated[
    str,
    Field(
        min_length=3,
        max_length=63,
        # S3's certificate does not cover a name with dots, and CloudFront reads buckets by TLS.
        pattern=r"^[a-z0-9][a-z0-9-]*[a-z0-9]$",
        json_schema_extra={
            "allowed": "an S3 bucket name (3-63 lower-case letters, digits, hyphens; both ends letter or digit)"
        },
    ),
]
TableName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_.-]{3,255}$",
        json_schema_extra={"allowed": "a DynamoDB table name (3-255 letters, digits, dots, hyphens and underscores)"},
    ),
]
FunctionName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_-]{1,64}$",
        json_schema_extra={"allowed": "a Lambda function name (1-64 letters, digits, hyphens and underscores)"},
    ),
]
HostName = Annotated[
    str,
    Field(
        max_length=253,
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
        json_schema_extra={"allowed": "a host name in lower case, without scheme or path"},
    ),
]
# The embedded stack's CDN listens on a port of loopback.
CdnHost = Annotated[
    str,
    Field(
        max_length=253,
        pattern=r"^(([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?|127\.0\.0\.1:[0-9]{1,5})$",
        json_schema_extra={"allowed": "a host name in lower case, without scheme or path"},
    ),
]
# The embedded stack has its own issuer on loopback; every other address needs TLS.
HttpsUrl = Annotated[
    str,
    Field(
        max_length=512,
        pattern=r"^(https://|http://(127\.0\.0\.1|localhost)[:/])[!-~]+$",
        json_schema_extra={"allowed": "an https:// address"},
    ),
]
EmailAddress = Annotated[
    str,
    Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", json_schema_extra={"allowed": "an e-mail address"}),
]
CertificateArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws:acm:us-east-1:[0-9]{12}:certificate/[A-Za-z0-9-]+$",
        json_schema_extra={"allowed": "the ARN of an ACM certificate in us-east-1 (CloudFront takes no other region)"},
    ),
]
ZoneId = Annotated[
    str,
    Field(pattern="^Z[A-Z0-9]{1,31}$", json_schema_extra={"allowed": "the id of a Route 53 hosted zone (Z…)"}),
]
DistributionId = Annotated[
    str,
    Field(pattern="^E[A-Z0-9]{5,31}$", json_schema_extra={"allowed": "the id of a CloudFront distribution (E…)"}),
]
LayerArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:layer:[A-Za-z0-9-_]+:[0-9]+$",
        json_schema_extra={"allowed": "the ARN of one version of a Lambda layer"},
    ),
]
KmsKeyArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$",
        json_schema_extra={"allowed": "the ARN of a KMS key"},
    ),
]
WebAclArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:wafv2:us-east-1:[0-9]{12}:global/webacl/[A-Za-z0-9-_]+/[A-Za-z0-9-]+$",
        json_schema_extra={"allowed": "the ARN of a WAF web ACL of scope CLOUDFRONT (us-east-1, global)"},
    ),
]
# The embedded stack's page is on loopback; every other origin needs TLS.
WebOrigin = Annotated[
    str,
    Field(
        max_length=261,
        pattern=r"^(https://([a-z0-9-]+\.)+[a-z0-9-]+(:[0-9]{1,5})?|http://(127\.0\.0\.1|localhost)(:[0-9]{1,5})?)$",
        json_schema_extra={"allowed": "the origin of a web page (https://host, without a path)"},
    ),
]
PublicKeyPem = Annotated[
    str,
    Field(
        max_length=2048,
        pattern=r"^-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+-----END PUBLIC KEY-----\n?$",
        json_schema_extra={"allowed": "a public key in PEM (-----BEGIN PUBLIC KEY-----)"},
    ),
]
EMPTY_IS_NONE: Final = BeforeValidator(empty_is_none)
# For a setting that was a single value before it became a list; an empty string is no value.
ONE_IS_A_LIST: Final = BeforeValidator(one_is_a_list)
# Numbers of the generations of a generated secret: another number is another secret.
Generations = Annotated[
    tuple[Annotated[int, Field(ge=1, le=999)], ...],
    Field(min_length=1, max_length=2),
    AfterValidator(each_once),
]

MemoryMib = Annotated[int, Field(ge=128, le=10240)]
# A function stops early with 15 s left, so a shorter timeout would never start.
TimeoutS = Annotated[int, Field(ge=20, le=900)]
# Bounds of SQS event source mappings' MaximumConcurrency.
Concurrency = Annotated[int, Field(ge=2, le=1000)]
LogRetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]
