"""Tests of refusals of the deployer: one line that names the resource, the property and the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws_types
import pulumi_random
import pytest

from local.deployer.adapters.table import ADAPTERS
from local.deployer.deploy import DeployResult, deploy_program
from local.deployer.model import DeployError
from local.deployer.not_emulated import EVERYTHING, NOT_EMULATED, STORED_ONLY
from local.deployer.target import Target
from tests.factories.emulators import Aws, refused
from tests.local.deployer.conftest import Stack

Deploy = Callable[[Callable[[], object]], DeployResult]


@pytest.fixture
def deploying(stack: Stack) -> Deploy:
    """Deploy small programs beside the whole one."""
    target = Target(stack.addresses, stack.folder)
    return lambda program: deploy_program(program, target, {"aws:region": "us-east-1"})


def test_a_property_that_no_adapter_takes_is_an_error(deploying: Deploy) -> None:
    """A property that no adapter sends is never dropped silently."""
    with pytest.raises(DeployError) as caught:
        deploying(lambda: aws_types.s3.Bucket("odd", bucket="odd", object_lock_enabled=True))
    said = "objectLockEnabled: expected an adapter that takes it, none does: extend local/deployer/adapters"
    assert f"odd (aws:s3/bucket:Bucket): {said}" == str(caught.value)


def test_a_property_that_aws_does_not_know_is_an_error(deploying: Deploy) -> None:
    """Whole structures are translated; botocore refuses unknown properties."""
    rule: Any = {"id": "x", "status": "Enabled", "filtre": {"prefix": ""}}
    with pytest.raises(DeployError, match=r'^misspelt .*Unknown parameter in .*: "Filtre"'):
        deploying(lambda: aws_types.s3.BucketLifecycleConfiguration("misspelt", bucket="any-bucket", rules=[rule]))


def test_an_unknown_type_is_an_error(deploying: Deploy) -> None:
    """A new type in the program needs an adapter before it can be tried here."""
    with pytest.raises(
        DeployError, match=r"^zone .*expected a type that .*table.py lists, received aws:route53/zone:Zone"
    ):
        deploying(lambda: aws_types.route53.Zone("zone", name="example.com"))


def test_an_output_that_no_adapter_gives_is_an_error_where_it_is_used(deploying: Deploy) -> None:
    """It would be None in the other resource, and the deployment would look like a success."""

    def program() -> None:
        bucket = aws_types.s3.Bucket("source", bucket="unknown-source")
        aws_types.ssm.Parameter("sink", name="/sink", type="String", value=bucket.hosted_zone_id)

    with pytest.raises(DeployError, match=r"^sink .*value: uses an output that no adapter in local/deployer sets"):
        deploying(program)


def test_an_output_that_no_adapter_gives_is_an_error_in_the_stack_s_outputs(deploying: Deploy) -> None:
    """The same for what the program exports, however deep."""

    def program() -> None:
        bucket = aws_types.s3.Bucket("exported", bucket="unknown-exported")
        pulumi.export("zones", {"first": [bucket.hosted_zone_id]})

    with pytest.raises(DeployError, match=r"outputs: zones.first\[0\]: uses an output that no adapter"):
        deploying(program)


def test_two_resources_of_one_name_are_an_error(deploying: Deploy) -> None:
    """The second would quietly take the first one's place."""

    def program() -> None:
        for number in (1, 2):
            aws_types.sqs.Queue("twin", name=f"twin-{number}")

    with pytest.raises(DeployError, match=r"^twin .*expected every resource once, received urn:.*::twin twice"):
        deploying(program)


def test_an_error_of_the_emulator_is_passed_on(deploying: Deploy) -> None:
    """One line: the resource, its type, the call, AWS' own words."""
    with pytest.raises(DeployError) as caught:
        deploying(lambda: aws_types.s3.BucketPolicy("lost", bucket="no-such-bucket", policy="{}"))
    said = str(caught.value)
    assert said.startswith("lost (aws:s3/bucketPolicy:BucketPolicy): An error occurred (NoSuchBucket)")
    assert "\n" not in said


def test_the_first_failure_is_reported_not_those_that_follow(deploying: Deploy) -> None:
    """Resources that depend on the failed one fail too; the user needs the cause."""

    def program() -> None:
        bucket = aws_types.s3.Bucket("cause", bucket="cause", object_lock_enabled=True)
        aws_types.s3.BucketVersioning("effect", bucket=bucket.id, versioning_configuration={"status": "Enabled"})

    with pytest.raises(DeployError, match=r"^cause "):
        deploying(program)


def test_another_region_is_an_error(deploying: Deploy) -> None:
    """The run has one region."""
    with pytest.raises(
        DeployError, match=r"^far .*region: expected us-east-1, where everything is, received eu-west-1"
    ):
        deploying(lambda: aws_types.sqs.Queue("far", name="far", region="eu-west-1"))


def test_a_resource_is_declared_not_read(deploying: Deploy) -> None:
    """``.get()`` would read a resource that does not exist here."""
    with pytest.raises(DeployError, match=r"expected a declared resource, received one to be read"):
        deploying(lambda: aws_types.s3.Bucket.get("read", "some-bucket"))


def test_the_program_asks_who_deploys_and_nothing_else(deploying: Deploy) -> None:
    """Another invoke needs an answer here first."""
    with pytest.raises(DeployError, match=r"getRegion.*the only invokes that the deployer answers"):
        deploying(aws_types.get_region)


def test_an_error_of_the_program_is_its_own(deploying: Deploy) -> None:
    """A wrong setting is reported as on AWS."""

    def program() -> None:
        raise pulumi.RunError("Pulumi.local.yaml: cdn.domain: found 1")

    with pytest.raises(pulumi.RunError, match=r"cdn.domain: found 1"):
        deploying(program)


def test_special_signs_in_a_secret_are_an_error(deploying: Deploy) -> None:
    """The special characters would have to be the provider's; none of our secrets has any."""
    with pytest.raises(DeployError, match=r"^odd-secret .*special: expected false, received true"):
        deploying(lambda: pulumi_random.RandomPassword("odd-secret", length=8, special=True))


def test_an_existing_bucket_is_adopted(deploying: Deploy, aws: Aws) -> None:
    """``adopt`` in the settings imports: the bucket keeps what it holds and gets the stack's tags."""
    aws.client("s3").create_bucket(Bucket="adopted")
    aws.client("s3").put_object(Bucket="adopted", Key="kept", Body=b"")
    adopt = pulumi.ResourceOptions(import_="adopted", protect=True)
    done = deploying(lambda: aws_types.s3.Bucket("adopted", bucket="adopted", tags={"stack": "local"}, opts=adopt))
    tags = aws.client("s3").get_bucket_tagging(Bucket="adopted")["TagSet"]
    assert ("", [{"Key": "stack", "Value": "local"}]) == (
        refused(aws.client("s3").head_object, Bucket="adopted", Key="kept"),
        tags,
    )
    assert [True] == [one.protect for one in done.resources]


def test_a_bucket_to_adopt_must_exist(deploying: Deploy) -> None:
    """Adopting nothing would create an empty bucket under the gallery's name."""
    adopt = pulumi.ResourceOptions(import_="nowhere")
    with pytest.raises(DeployError, match=r"^nowhere .*404.*HeadBucket"):
        deploying(lambda: aws_types.s3.Bucket("nowhere", bucket="nowhere", opts=adopt))


def table(name: str, key: str) -> Callable[[], object]:
    """Declare a table with one key."""
    keys = [aws_types.dynamodb.TableAttributeArgs(name=key, type="S")]
    return lambda: aws_types.dynamodb.Table(
        name, name=name, billing_mode="PAY_PER_REQUEST", hash_key=key, attributes=keys
    )


def test_a_table_keeps_its_keys(deploying: Deploy) -> None:
    """A persistent state with other keys would have to be replaced."""
    deploying(table("keyed", "id"))
    deploying(table("keyed", "id"))
    with pytest.raises(DeployError, match=r"expected keys \{'table': 'other'\} of keyed, found \{'table': 'id'\}"):
        deploying(table("keyed", "other"))


def test_a_table_to_adopt_must_exist(deploying: Deploy) -> None:
    """As for buckets."""
    adopt = pulumi.ResourceOptions(import_="no-table")

    def program() -> None:
        keys = [aws_types.dynamodb.TableAttributeArgs(name="id", type="S")]
        aws_types.dynamodb.Table(
            "no-table", name="no-table", billing_mode="PAY_PER_REQUEST", hash_key="id", attributes=keys, opts=adopt
        )

    with pytest.raises(DeployError, match="expected the table no-table, which is to be adopted, found none"):
        deploying(program)


def test_only_what_an_adapter_can_adopt_is_imported(deploying: Deploy) -> None:
    """An import that would only create is an error."""
    adopt = pulumi.ResourceOptions(import_="q")
    with pytest.raises(
        DeployError, match=r"import: expected none, received q: no adapter for aws:sqs/queue:Queue adopts"
    ):
        deploying(lambda: aws_types.sqs.Queue("imported", name="imported", opts=adopt))


def test_a_secret_output_is_hidden(deploying: Deploy) -> None:
    """An exported secret looks as in Pulumi's command line."""

    def program() -> None:
        password = pulumi_random.RandomPassword("shown", length=8, special=False)
        pulumi.export("password", password.result)

    assert {"password": "[secret]"} == dict(deploying(program).outputs)


def test_prod_s_further_types_deploy_too(deploying: Deploy, aws: Aws) -> None:
    """Signed originals, negotiated formats, mailed alarms: what dev leaves out can be switched on here."""

    def program() -> None:
        key = aws_types.cloudfront.PublicKey("key", name="key", encoded_key=PUBLIC_KEY)
        aws_types.cloudfront.KeyGroup("group", name="group", items=[key.id])
        aws_types.cloudfront.Function(
            "negotiation", name="negotiation", runtime="cloudfront-js-2.0", code="function handler(e) {}", publish=True
        )
        topic = aws_types.sns.Topic("mailed", name="mailed")
        aws_types.sns.TopicSubscription("mail", topic=topic.arn, protocol="email", endpoint="ops@example.com")

    first, second = deploying(program), deploying(program)
    assert {(one.name, one.id) for one in first.resources} == {(one.name, one.id) for one in second.resources}
    assert 1 == aws.client("cloudfront").list_key_groups()["KeyGroupList"]["Quantity"]


PUBLIC_KEY = """-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEFsPC6Oyg8x8gPcfUfHnGMYhgYvRC
T0wSy1UKgNOPkXU8HMyhpoPPbKLmYqYtqXvLqgXfXRyTBJ6uOpBxz0pyVw==
-----END PUBLIC KEY-----
"""


def test_what_is_declared_only_is_one_visible_list() -> None:
    """All properties that are not emulated are listed here; no other is left out."""
    assert {
        "aws:cloudwatch/queryDefinition:QueryDefinition": [EVERYTHING],
        "aws:s3/bucket:Bucket": ["forceDestroy"],
        "aws:s3/bucketMetric:BucketMetric": [EVERYTHING],
    } == {kind: sorted(reasons) for kind, reasons in NOT_EMULATED.items()}
    assert {
        "aws:budgets/budget:Budget": [EVERYTHING],
        "aws:cloudfront/distribution:Distribution": ["cacheTagConfig", "compress", "priceClass"],
        "aws:cloudfront/monitoringSubscription:MonitoringSubscription": [EVERYTHING],
        "aws:cloudwatch/eventApiDestination:EventApiDestination": ["invocationRateLimitPerSecond"],
        "aws:cloudwatch/logDelivery:LogDelivery": [EVERYTHING],
        "aws:dynamodb/table:Table": ["onDemandThroughput", "pointInTimeRecovery"],
        "aws:lambda/function:Function": ["architectures", "layers", "runtime", "tracingConfig"],
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": [EVERYTHING],
    } == {kind: sorted(reasons) for kind, reasons in STORED_ONLY.items()}


def test_a_type_is_either_made_or_declared_only() -> None:
    """An adapter beside an entry for the whole type would never be called."""
    whole = {kind for kind, reasons in NOT_EMULATED.items() if EVERYTHING in reasons}
    assert set() == whole & set(ADAPTERS)
