"""Tests of the whole program, deployed once and a second time."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from components.testing.program import main_program
from components.testing.recorder import record
from local.deployer.deploy import deploy_program
from local.deployer.target import Target
from local.lambdas.function import HOST_VARIABLE
from local.stack import configuration
from tests.factories.emulators import Aws, allow, refused
from tests.factories.grants import grants, without
from tests.local.deployer.conftest import Stack


def test_everything_that_the_program_declares_is_there(stack: Stack) -> None:
    """Nothing is skipped: the deployer's record lists the same resources as the recorded plan."""
    packages = str(stack.folder / "packages")
    plan = record("local", {**configuration(stack.addresses, stack.folder), "darkroom:packages": packages})
    declared = sorted((one.type, one.name) for one in plan.resources if one.custom)
    assert declared == sorted((one.type, one.name) for one in stack.deployment.resources)


def test_outputs_are_the_contract_s(stack: Stack) -> None:
    """The page and scripts read the same outputs as on AWS, with this run's addresses."""
    outputs = stack.deployment.outputs
    schema = json.loads(Path("docs/outputs.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(outputs, schema, cls=jsonschema.Draft202012Validator)
    assert ("127.0.0.1:4520", "http://127.0.0.1:4520/image-edit", "darkroom-local-originals") == (
        outputs["cdnDomain"],
        outputs["editApiUrl"],
        outputs["originalsBucket"],
    )


def test_a_second_deployment_changes_nothing(stack: Stack) -> None:
    """``up --persist`` twice: what exists is adopted, no version, key, mapping or secret is new."""
    config = configuration(stack.addresses, stack.folder / "packages")
    target = Target(stack.addresses, stack.folder)
    once, there = deploy_program(main_program, target, config), inventory(stack.aws)
    twice = deploy_program(main_program, target, config)
    assert (once.outputs, there) == (twice.outputs, inventory(stack.aws))


def inventory(aws: Aws) -> dict[str, Any]:
    """Count and name what a careless second deployment would create again."""
    lambda_, cloudfront = aws.client("lambda"), aws.client("cloudfront")
    functions = sorted(one["FunctionName"] for one in lambda_.list_functions()["Functions"])
    return {
        "versions": {
            name: [one["Version"] for one in lambda_.list_versions_by_function(FunctionName=name)["Versions"]]
            for name in functions
        },
        "layers": [one["LatestMatchingVersion"]["LayerVersionArn"] for one in lambda_.list_layers()["Layers"]],
        "mappings": sorted(one["UUID"] for one in lambda_.list_event_source_mappings()["EventSourceMappings"]),
        "keys": [one["KeyId"] for one in aws.client("kms").list_keys()["Keys"]],
        "distributions": [one["Id"] for one in cloudfront.list_distributions()["DistributionList"]["Items"]],
        "deliveries": [one["id"] for one in aws.client("logs").describe_deliveries()["deliveries"]],
        "secret": secret(aws),
    }


def test_pipes_keep_what_they_declare(aws: Aws) -> None:
    """Filters, templates and the beginning of the stream are in force, and the stream is the table's own."""
    pipe = aws.client("pipes").describe_pipe(Name="darkroom-local-photos-events")
    table = aws.client("dynamodb").describe_table(TableName="darkroom-local-photos")["Table"]
    stream = pipe["SourceParameters"]["DynamoDBStreamParameters"]
    assert table["LatestStreamArn"] == pipe["Source"]
    assert ("TRIM_HORIZON", 3) == (
        stream["StartingPosition"],
        len(pipe["SourceParameters"]["FilterCriteria"]["Filters"]),
    )
    assert "darkroom" == pipe["TargetParameters"]["EventBridgeEventBusParameters"]["Source"]


def secret(aws: Aws) -> str:
    """Read one of the two secrets."""
    name = "/darkroom/local/origin-secret"
    return aws.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]


def test_secrets_are_in_no_record(stack: Stack) -> None:
    """A secret is in its parameter, in the CDN's header and in a file that only its owner reads; in no record."""
    known = secret(stack.aws)
    kept = stack.folder / "secrets.json"
    records = (stack.folder / "resources.json").read_text(encoding="utf-8") + json.dumps(stack.deployment.outputs)
    assert (48, 0o600) == (len(known), stat.S_IMODE(kept.stat().st_mode))
    assert known not in records


def test_the_cdn_proves_itself_to_the_edit_api(aws: Aws, stack: Stack) -> None:
    """The API's origin is this run's server, and the header carries the secret that the API reads."""
    [listed] = aws.client("cloudfront").list_distributions()["DistributionList"]["Items"]
    origins = {one["Id"]: one for one in listed["Origins"]["Items"]}
    api = origins["edit-api"]
    [header] = api["CustomHeaders"]["Items"]
    assert ("127.0.0.1", 4580, "http-only") == (
        api["DomainName"],
        api["CustomOriginConfig"]["HTTPPort"],
        api["CustomOriginConfig"]["OriginProtocolPolicy"],
    )
    assert {"HeaderName": "x-origin-verify", "HeaderValue": secret(aws)} == header
    assert stack.deployment.distribution_host == listed["DomainName"]


def test_functions_are_sent_to_the_lambda_host(aws: Aws) -> None:
    """Every version carries the host's address for the emulator, beside the settings for the function."""
    found = aws.client("lambda").get_function(FunctionName="darkroom-local-rendition", Qualifier="live")
    variables = found["Configuration"]["Environment"]["Variables"]
    assert ("http://127.0.0.1:4570/", "local", "127.0.0.1:4520") == (
        variables[HOST_VARIABLE],
        variables["DARKROOM_STACK"],
        variables["DARKROOM_CDN_HOST"],
    )


def test_alarms_are_kept_as_declared(aws: Aws) -> None:
    """An alarm over an expression and one over a percentile keep their parts: ``local/alarms`` evaluates them."""
    listed = aws.client("cloudwatch").describe_alarms(AlarmNamePrefix="darkroom-local-")["MetricAlarms"]
    alarms = {one["AlarmName"].removeprefix("darkroom-local-"): one for one in listed}
    rate = {one["Id"]: one for one in alarms["rendition-errors"]["Metrics"]}
    assert "100 * errors / invocations" == rate["value"]["Expression"]
    assert [{"Name": "FunctionName", "Value": "darkroom-local-rendition"}] == rate["errors"]["MetricStat"]["Metric"][
        "Dimensions"
    ]
    assert ("p99", 3000.0) == (alarms["api-first-byte"]["ExtendedStatistic"], alarms["api-first-byte"]["Threshold"])


def test_uploads_are_announced_to_the_uploads_lane(aws: Aws) -> None:
    """The wiring that everything hangs on: a new original is a message in the right queue."""
    aws.client("s3").put_object(Bucket="darkroom-local-originals", Key="gallery/a.jpg", Body=b"photo")
    [found] = aws.client("lambda").list_event_source_mappings(
        EventSourceArn="arn:aws:sqs:us-east-1:000000000000:darkroom-local-rendition-uploads"
    )["EventSourceMappings"]
    result = aws.client("s3").get_bucket_notification_configuration(Bucket="darkroom-local-originals")
    [queue] = result["QueueConfigurations"]
    assert found["EventSourceArn"] == queue["QueueArn"]
    assert found["FunctionArn"].endswith(":function:darkroom-local-rendition:live")


def test_tables_expire_and_are_indexed(aws: Aws) -> None:
    """Sessions expire by ``ttl`` and are found by user, newest first."""
    dynamodb = aws.client("dynamodb")
    result = dynamodb.describe_time_to_live(TableName="darkroom-local-sessions")["TimeToLiveDescription"]
    originals = dynamodb.describe_table(TableName="darkroom-local-originals")["Table"]
    assert [("id", "HASH"), ("key", "RANGE")] == [
        (one["AttributeName"], one["KeyType"]) for one in originals["KeySchema"]
    ]
    [index] = dynamodb.describe_table(TableName="darkroom-local-sessions")["Table"]["GlobalSecondaryIndexes"]
    assert ("ENABLED", "ttl") == (result["TimeToLiveStatus"], result["AttributeName"])
    assert [("userId", "HASH"), ("createdAt", "RANGE")] == [
        (key["AttributeName"], key["KeyType"]) for key in index["KeySchema"]
    ]


def test_what_is_kept_only_can_be_read_back(aws: Aws) -> None:
    """Resources without effect exist as declared: no call reported success and stored nothing."""
    table = aws.client("dynamodb").describe_table(TableName="darkroom-local-photos")["Table"]
    backups = aws.client("dynamodb").describe_continuous_backups(TableName="darkroom-local-photos")
    rules = aws.client("s3").get_bucket_lifecycle_configuration(Bucket="darkroom-local-originals")["Rules"]
    budget = aws.client("budgets").describe_budget(AccountId="000000000000", BudgetName="darkroom-local-monthly")
    function = aws.client("lambda").get_function_configuration(FunctionName="darkroom-local-rendition")
    assert {"MaxReadRequestUnits": 200, "MaxWriteRequestUnits": 100} == table["OnDemandThroughput"]
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert "ENABLED" == recovery["PointInTimeRecoveryStatus"]
    assert ["abandoned-uploads", "old-originals", "delete-markers"] == [rule["ID"] for rule in rules]
    assert "20.00" == budget["Budget"]["BudgetLimit"]["Amount"]
    assert (["arm64"], "Active", 2) == (
        function["Architectures"],
        function["TracingConfig"]["Mode"],
        len(function["Layers"]),
    )


def test_a_grant_can_be_taken_away_and_put_back(aws: Aws) -> None:
    """The end-to-end tests use this to show that every grant is needed."""
    iam = aws.client("iam")
    before = list(grants(iam, "darkroom-local-rendition"))
    [writing] = [one for one in before if one.action == "s3:PutObject"]
    with without(iam, writing):
        during = list(grants(iam, "darkroom-local-rendition"))
    assert [one.action for one in before if one != writing] == [one.action for one in during]
    assert before == list(grants(iam, "darkroom-local-rendition"))


def test_a_statement_of_one_action_goes_with_it(aws: Aws) -> None:
    """A policy may hold no empty statement; the last action takes its statement along, and it comes back."""
    iam = aws.client("iam")
    [invalidating] = [one for one in grants(iam, "darkroom-local-rendition") if "cloudfront" in one.action]
    with without(iam, invalidating):
        actions = [one.action for one in grants(iam, "darkroom-local-rendition")]
    assert "cloudfront:CreateInvalidation" not in actions
    assert invalidating in list(grants(iam, "darkroom-local-rendition"))


def test_the_secret_of_another_form_is_made_anew(stack: Stack, tmp_path: Path) -> None:
    """A longer secret is declared: the short one of an earlier deployment is replaced."""
    secrets = Target(stack.addresses, tmp_path).secrets
    short, long = (secrets.of("one", length=length, alphabet="ab") for length in (4, 8))
    assert (4, 8, long) == (len(short), len(long), secrets.of("one", length=8, alphabet="ab"))


def test_the_run_writes_down_what_it_does_not_enforce(stack: Stack) -> None:
    """``resources.json`` lists per resource the properties that the emulator does not get or only stores, and why."""
    record_of = {one["name"]: one for one in json.loads((stack.folder / "resources.json").read_text(encoding="utf-8"))}
    reasons = record_of["monitoring-query-failures-by-code"]["declared_only"]
    assert {"*": "the emulator saves no Logs Insights queries"} == reasons
    assert "the emulator never throttles" == record_of["renditions-photos"]["kept_only"]["onDemandThroughput"]


@pytest.mark.parametrize("bucket", ["originals", "renditions", "results"])
def test_a_bucket_cannot_be_read_without_tls_or_a_grant(aws: Aws, bucket: str) -> None:
    """The buckets' policies are enforced, not only stored."""
    stranger = aws.as_role(f"stranger-{bucket}", allow("sqs:ListQueues", "*")).client("s3")
    assert "AccessDenied" == refused(stranger.list_objects_v2, Bucket=f"darkroom-local-{bucket}")
