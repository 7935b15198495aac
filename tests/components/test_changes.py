"""Changes of the settings: the inputs that they change in the plan, and no others."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from components.build import ROOT
from components.testing.plan import Resource, StackPlan
from components.testing.recorder import record, stack_config
from components.testing.trees import merged
from tests.factories.stacks import ADOPTED, changed, plan_with
from tools.policies import findings, statements

ALIAS = "aws:lambda/alias:Alias"
KEY = "arn:aws:kms:us-east-1:123456789012:key/0aa0"


def differences(before: StackPlan, after: StackPlan) -> dict[str, set[str]]:
    """Name what changed: inputs by resource; "" for a resource that came or went."""
    old, new = ({one.name: one.inputs for one in plan.resources} for plan in (before, after))
    found = {name: changed_keys(old.get(name), new.get(name)) for name in old.keys() | new.keys()}
    return {name: keys for name, keys in found.items() if keys}


def changed_keys(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> set[str]:
    """Name the inputs that differ."""
    if old is None or new is None:
        return {""}
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


def environment(plan: StackPlan, function: str) -> dict[str, str]:
    """Return a function's environment."""
    return plan.named(function).inputs["environment"]["variables"]


# Changes that touch different inputs, and one input of each: what they change together is what each changes alone.
HUGE = {"width": 6000, "height": 6000}
PROOF = {"large": {"width": 2000, "height": 2000, "watermark": {"object": "watermarks/studio.png", "tiled": True}}}
TUNED: dict[str, Any] = {
    "renditions": {
        "profiles": {"proof": PROOF},
        "memory_mib": 4096,
        "timeout_s": 100,
        "trigger": "eventbridge",
        "originals_kms_key_arn": KEY,
        "key_style": "opaque",
    },
    "edits": {"reserved_concurrency": 10, "api": {"reserved_concurrency": 50}},
    "cdn": {"hosted_zone_id": "Z0EXAMPLE", "former_distribution_id": "E2FORMEREXAMPLE"},
    # Version 7 is the newest.
    "rollback": {"rendition": 5, "edit": 4, "api": 7, "canary_percent": 10},
    "adopt": {**ADOPTED, "distribution_id": "E3P0EU1X4VGR58"},
}


@pytest.fixture(scope="module")
def tuned(plans: dict[str, StackPlan]) -> StackPlan:
    """Return production's plan with a fifth size and all changes of TUNED."""
    sizes = {"renditions": {"sizes": {**plans["prod"].outputs["sizes"], "huge": HUGE}}}
    return plan_with("prod", merged(TUNED, sizes))


def test_each_change_reaches_its_inputs_and_no_others(plans: dict[str, StackPlan], tuned: StackPlan) -> None:
    """Adopting changes how a resource comes into the state, and nothing about it: no input of it is here."""
    assert {
        # Sizes and profiles, memory, timeout: no resource and no grant. A gallery's choice of a profile is an item of
        # a table that the function reads anyway. Thresholds are derived from capacity, so they are written once;
        # visibility is six timeouts, the alarm five seconds less than one.
        "renditions-rendition-function": {"environment", "memorySize", "timeout"},
        "monitoring-rendition-memory": {"alarmDescription"},
        "monitoring-rendition-duration": {"threshold", "alarmDescription"},
        "renditions-uploads-queue": {"visibilityTimeoutSeconds"},
        "renditions-backfill-queue": {"visibilityTimeoutSeconds"},
        "renditions-purges-queue": {"visibilityTimeoutSeconds"},
        # A rule on the bus in place of the bucket's notification.
        "renditions-notification": {""},
        "renditions-rule": {""},
        "renditions-target": {""},
        "renditions-uploads-policy": {"policy"},
        # A KMS key, and both readers of originals; opaque keys and their secret.
        "renditions-originals-encryption": {"rules"},
        "edits-worker-grants": {"policy"},
        "renditions-rendition-grants": {"policy"},
        "renditions-key-secret": {""},
        "renditions-key-secret-parameter": {""},
        # Concurrency.
        "edits-worker-function": {"reservedConcurrentExecutions"},
        "edits-api-function-function": {"reservedConcurrentExecutions"},
        # A zone of ours, and the distribution before.
        "cdn-record-a": {""},
        "cdn-record-aaaa": {""},
        "cdn-originals-policy": {"policy"},
        "cdn-renditions-policy": {"policy"},
        # Every caller calls the alias, so one number rolls all of them back.
        "renditions-rendition-live": {"functionVersion", "routingConfig"},
        "edits-worker-live": {"functionVersion", "routingConfig"},
        "edits-api-function-live": {"routingConfig"},
    } == differences(plans["prod"], tuned)
    assert {"functions", "sizes"} == changed_keys(plans["prod"].outputs, tuned.outputs)
    assert {"DARKROOM_SIZES", "DARKROOM_PROFILES", "DARKROOM_KEY_STYLE", "DARKROOM_KEY_SECRET_PARAMETER"} == (
        changed_keys(*(environment(plan, "renditions-rendition-function") for plan in (plans["prod"], tuned)))
    )
    assert [] == findings(tuned)


def test_a_fifth_size_reaches_the_outputs(plans: dict[str, StackPlan], tuned: StackPlan) -> None:
    """Another rendition is a change of the stack file alone."""
    assert {**plans["prod"].outputs["sizes"], "huge": HUGE} == tuned.outputs["sizes"]


def test_a_profile_reaches_the_function(tuned: StackPlan) -> None:
    """Its watermark is read by that key."""
    deployed = json.loads(environment(tuned, "renditions-rendition-function")["DARKROOM_PROFILES"])["proof"]["large"]
    assert ("watermarks/studio.png", True) == (deployed["watermark"]["object"], deployed["watermark"]["tiled"])


def test_a_changed_module_changes_the_code_of_the_functions_alone(plans: dict[str, StackPlan], tmp_path: Path) -> None:
    """A module is edited, and the next preview deploys it: no command in between, and nothing else changes."""
    for part in ("processor", "requirements"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "processor" / "keys.py").open("a") as module:
        module.write("CHANGED = 1\n")
    after = record("dev", {**stack_config("dev"), "darkroom:sources": str(tmp_path)})

    assert {} == differences(plans["dev"], after)
    assert {one.name for one in after.of_type("aws:lambda/function:Function")} == {
        old.name for old, new in zip(plans["dev"].resources, after.resources, strict=True) if old.code != new.code
    }


def test_visibility_is_six_timeouts(tuned: StackPlan) -> None:
    """A message is not delivered again while its function may still run."""
    assert 600 == tuned.named("renditions-uploads-queue").inputs["visibilityTimeoutSeconds"]


def test_a_roll_back_pins_each_alias_and_a_canary_shares_it(tuned: StackPlan) -> None:
    """The pinned version keeps the rest; Lambda refuses an alias that names one version twice."""
    share = {"additionalVersionWeights": {"7": 0.1}}
    aliases = {
        "renditions-rendition-live": ("5", share),
        "edits-worker-live": ("4", share),
        "edits-api-function-live": ("7", {"additionalVersionWeights": {}}),
    }
    found = {alias: tuned.named(alias).inputs for alias in aliases}

    assert aliases == {alias: (one["functionVersion"], one["routingConfig"]) for alias, one in found.items()}


def test_what_exists_is_imported_under_its_name(plans: dict[str, StackPlan], tuned: StackPlan) -> None:
    """Nothing is imported unasked."""
    assert {} == imports(plans["prod"])
    assert {
        "cdn-distribution": "E3P0EU1X4VGR58",
        "edits-results-bucket": "generated-images-bucket",
        "edits-sessions": "image-edit-sessions",
        "edits-worker-logs": "/aws/lambda/lambdallmproxy-image-processor",
        "renditions-rendition-logs": "/aws/lambda/galerly-image-processing",
        "renditions-originals-bucket": "galerly-images-storage",
        "renditions-photos": "galerly-photos",
        "renditions-renditions-bucket": "galerly-renditions",
    } == imports(tuned)


def test_a_rule_on_the_bus_leaves_the_buckets_notifications_alone(tuned: StackPlan) -> None:
    """A notification resource would replace what the bucket has; only the rule may send to the queue then."""
    pattern = json.loads(tuned.named("renditions-rule").inputs["eventPattern"])

    assert {"bucket": {"name": ["galerly-images-storage"]}} == pattern["detail"]
    assert "renditions-uploads-policy" in tuned.named("renditions-target").depends_on
    [sending] = [said for said in statements(tuned.named("renditions-uploads-policy")) if said["Effect"] == "Allow"]
    assert {"Service": "events.amazonaws.com"} == sending["Principal"]
    rule_arn = "arn:aws:events:us-east-1:123456789012:rule/darkroom-prod-uploads"
    assert {"aws:SourceArn": rule_arn} == sending["Condition"]["ArnEquals"]


def imports(plan: StackPlan) -> dict[str, str]:
    """Return the id of each imported resource."""
    return {one.name: one.import_id for one in plan.resources if one.import_id}


def test_a_kms_key_encrypts_originals_and_lets_both_readers_decrypt(tuned: StackPlan) -> None:
    """A function that may read an object but not its key would fail on every photo."""
    [rule] = tuned.named("renditions-originals-encryption").inputs["rules"]

    assert {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY} == rule["applyServerSideEncryptionByDefault"]
    assert rule["bucketKeyEnabled"] is True
    assert {"renditions-rendition-grants", "edits-worker-grants"} == {
        grants.name
        for grants in tuned.of_type("aws:iam/rolePolicy:RolePolicy")
        for said in statements(grants)
        if said["Action"] == ["kms:Decrypt"] and said["Resource"] == [KEY]
    }


def test_opaque_keys_take_a_secret_that_the_rendition_function_alone_may_read(tuned: StackPlan) -> None:
    """Generated once, held encrypted, named in the environment."""
    readers = {
        one.name
        for one in tuned.of_type("aws:iam/rolePolicy:RolePolicy")
        for said in statements(one)
        if any("key-secret" in place for place in said["Resource"])
    }
    named = environment(tuned, "renditions-rendition-function")["DARKROOM_KEY_SECRET_PARAMETER"]

    assert "/darkroom/prod/key-secret" == named
    assert {"renditions-rendition-grants"} == readers


def originals_readers(plan: StackPlan) -> list[tuple[str, list[str]]]:
    """Return the CDN's allowed and denied resources of the originals bucket."""
    return [
        (said["Effect"], said["Resource"])
        for said in statements(plan.named("cdn-originals-policy"))
        if said["Action"] == ["s3:GetObject"]
    ]


def test_the_distribution_of_the_system_before_reads_until_its_readers_have_moved(tuned: StackPlan) -> None:
    """Beside ours, and both gallery buckets alone: results of edits are new."""
    former = "arn:aws:cloudfront::123456789012:distribution/E2FORMEREXAMPLE"
    reading = {
        policy.name: said["Resource"]
        for policy in tuned.of_type("aws:s3/bucketPolicy:BucketPolicy")
        for said in statements(policy)
        if said.get("Condition") == {"StringEquals": {"aws:SourceArn": former}}
    }

    assert {
        "cdn-originals-policy": ["arn:aws:s3:::galerly-images-storage/*"],
        "cdn-renditions-policy": ["arn:aws:s3:::galerly-renditions/*"],
    } == reading


def test_no_principal_reads_originals_that_are_off(plans: dict[str, StackPlan]) -> None:
    """S3 itself answers 403."""
    assert [] == originals_readers(plans["dev"])
    assert "trustedKeyGroups" not in plans["dev"].named("cdn-distribution").inputs["defaultCacheBehavior"]


def test_signed_originals_ask_for_a_signature(plans: dict[str, StackPlan]) -> None:
    """The distribution may read them all, and serves them by signed URLs."""
    behaviour = plans["prod"].named("cdn-distribution").inputs["defaultCacheBehavior"]

    assert [("Allow", ["arn:aws:s3:::galerly-images-storage/*"])] == originals_readers(plans["prod"])
    assert ["id-of-cdn-signers"] == behaviour["trustedKeyGroups"]


def test_signed_renditions_change_their_route_alone(plans: dict[str, StackPlan]) -> None:
    """A key group on one behaviour, headers that let no cache keep a picture, and what records and edits must know."""
    after = plan_with("prod", {"cdn": {"renditions": "signed"}})
    renditions, edits, _ = after.named("cdn-distribution").inputs["orderedCacheBehaviors"]
    old, new = (
        plan.named("edits-worker-function").inputs["environment"]["variables"] for plan in (plans["prod"], after)
    )

    assert {
        "cdn-distribution": {"orderedCacheBehaviors"},
        "cdn-private-headers": {""},
        "renditions-rendition-function": {"environment"},
        "renditions-reconciler-reconcile-function": {"environment"},
        "edits-worker-function": {"environment"},
    } == differences(plans["prod"], after)
    assert (["id-of-cdn-signers"], "id-of-cdn-private-headers") == (
        renditions["trustedKeyGroups"],
        renditions["responseHeadersPolicyId"],
    )
    assert "trustedKeyGroups" not in edits
    assert {"DARKROOM_SIGNED_RENDITIONS": "true"} == {name: new[name] for name in changed_keys(old, new)}
    assert {"signedPaths"} == changed_keys(plans["prod"].outputs, after.outputs)
    assert ["renditions/*"] == after.outputs["signedPaths"]
    assert [] == findings(after)


def test_signed_edits_and_public_originals_change_their_routes(plans: dict[str, StackPlan]) -> None:
    """Renditions stay public, and so do their headers. The originals bucket also holds objects that are no photos."""
    after = plan_with("prod", {"cdn": {"edits": "signed", "originals": "public"}})
    distribution = after.named("cdn-distribution").inputs
    renditions, edits, _ = distribution["orderedCacheBehaviors"]
    bucket = "arn:aws:s3:::galerly-images-storage"

    assert {
        "cdn-distribution": {"defaultCacheBehavior", "orderedCacheBehaviors"},
        "cdn-originals-policy": {"policy"},
        "cdn-private-headers": {""},
        "edits-worker-function": {"environment"},
    } == differences(plans["prod"], after)
    assert ["id-of-cdn-signers"] == edits["trustedKeyGroups"]
    assert "trustedKeyGroups" not in renditions
    assert "trustedKeyGroups" not in distribution["defaultCacheBehavior"]
    assert ["edits/*"] == after.outputs["signedPaths"]
    assert [
        ("Allow", [f"{bucket}/*"]),
        ("Deny", [f"{bucket}/gdpr-exports/*", f"{bucket}/lambda-deployments/*"]),
    ] == originals_readers(after)
    assert [] == findings(after)


@pytest.fixture(scope="module")
def signed_on_demand() -> StackPlan:
    """Return production's plan with everything signed and sizes made on demand."""
    signed = {"originals": "signed", "renditions": "signed", "edits": "signed"}
    return plan_with("prod", {"cdn": signed, "renditions": {"on_demand": True}})


def test_signed_pictures_are_kept_by_no_shared_cache_and_read_with_cookies(signed_on_demand: StackPlan) -> None:
    """CloudFront refuses `*` as a header beside credentials: https://github.com/aws/aws-cdk/pull/35308."""
    private = signed_on_demand.named("cdn-private-headers").inputs
    cors = private["corsConfig"]

    assert [{"header": "Cache-Control", "override": True, "value": "private, no-cache"}] == private[
        "customHeadersConfig"
    ]["items"]
    assert (True, ["https://galerly.com"]) == (
        cors["accessControlAllowCredentials"],
        cors["accessControlAllowOrigins"]["items"],
    )
    assert "*" not in cors["accessControlAllowHeaders"]["items"]
    assert "cdn-pictures-headers" not in {one.name for one in signed_on_demand.resources}
    assert ["renditions/*", "edits/*"] == signed_on_demand.outputs["signedPaths"]


def test_a_signature_is_no_part_of_the_cache_key() -> None:
    """One copy for all viewers, whatever signature or cookie they bring; only `v` tells copies apart."""
    after = plan_with("prod", {"cdn": {"renditions": "signed"}})
    renditions = after.named("cdn-distribution").inputs["orderedCacheBehaviors"][0]
    key = after.named("cdn-pictures-cache").inputs["parametersInCacheKeyAndForwardedToOrigin"]

    assert "id-of-cdn-pictures-cache" == renditions["cachePolicyId"]
    assert ["v"] == key["queryStringsConfig"]["queryStrings"]["items"]
    assert "none" == key["cookiesConfig"]["cookieBehavior"]


def test_without_a_domain_records_carry_the_distributions_own_name(plans: dict[str, StackPlan]) -> None:
    """The name is known only once the distribution is there, and reaches both functions that write addresses."""
    hosts = {
        one.inputs["environment"]["variables"].get("DARKROOM_CDN_HOST")
        for one in plans["dev"].of_type("aws:lambda/function:Function")
    }

    assert {None, "d111111abcdef8.cloudfront.net"} == hosts
    assert "d111111abcdef8.cloudfront.net" == plans["dev"].outputs["cdnDomain"]
    assert {"cloudfrontDefaultCertificate": True} == plans["dev"].named("cdn-distribution").inputs["viewerCertificate"]


def test_a_zone_of_ours_gets_both_records(tuned: StackPlan) -> None:
    """IPv4 and IPv6, as aliases of the distribution."""
    records = {one.inputs["type"]: one.inputs for one in tuned.of_type("aws:route53/record:Record")}

    assert {"A", "AAAA"} == set(records)
    assert {"cdn.galerly.com"} == {one["name"] for one in records.values()}
    assert "d111111abcdef8.cloudfront.net" == records["A"]["aliases"][0]["name"]


def test_further_formats_are_negotiated_at_the_cdn(plans: dict[str, StackPlan]) -> None:
    """The rewritten path is the cache key, and `Vary` informs the caches behind the CDN.

    Originals are off here: keys without anything signed make no group, and the stack shows none of them.
    """
    after = plan_with("prod", {"renditions": {"formats": ["jpeg", "webp"]}, "cdn": {"originals": "off"}})
    [function] = after.of_type("aws:cloudfront/function:Function")
    renditions, edits, _ = after.named("cdn-distribution").inputs["orderedCacheBehaviors"]

    assert {
        "renditions-rendition-function": {"environment"},
        "cdn-distribution": {"defaultCacheBehavior", "orderedCacheBehaviors"},
        "cdn-negotiation": {""},
        "cdn-pictures-headers": {"customHeadersConfig"},
        "cdn-originals-policy": {"policy"},
        "cdn-signers": {""},
        "cdn-signing-key-7c60e039": {""},
    } == differences(plans["prod"], after)
    assert [] == after.outputs["signingKeyIds"]
    assert [] == findings(after)
    assert [
        {
            "eventType": "viewer-request",
            "functionArn": f"arn:aws:cloudfront::123456789012:function/{function.inputs['name']}",
        }
    ] == renditions["functionAssociations"]
    assert "functionAssociations" not in edits
    assert [{"header": "Vary", "override": False, "value": "Accept"}] == after.named("cdn-pictures-headers").inputs[
        "customHeadersConfig"
    ]["items"]


@pytest.fixture(scope="module")
def abroad() -> StackPlan:
    """Return production's plan elsewhere, on Intel, without Insights, keys and negotiation."""
    without = {
        "renditions": {"formats": ["jpeg", "webp"]},
        "cdn": {"negotiate_formats": False, "signing_public_keys": []},
        "deployment": {"architecture": "x86_64", "insights_layer_arn": "", "web_adapter_layer_arn": ""},
    }
    return record("prod", {**changed("prod", without), "aws:region": "eu-central-1"})


def test_no_principal_reads_signed_originals_without_a_key(abroad: StackPlan) -> None:
    """Closed until there is a key, never open until there is one."""
    assert [] == originals_readers(abroad)
    assert [] == abroad.of_type("aws:cloudfront/keyGroup:KeyGroup")


def test_negotiation_can_wait_for_a_backfill(abroad: StackPlan) -> None:
    """Photos rendered before have no WebP yet: a rewritten address would find nothing."""
    assert [] == abroad.of_type("aws:cloudfront/function:Function")


def test_a_stack_elsewhere_has_a_second_topic_for_the_cdns_alarm(abroad: StackPlan) -> None:
    """CloudFront's metrics are in us-east-1, and an alarm can only publish to a topic of its own region."""
    alarms = {one.name: one.inputs["region"] for one in abroad.of_type("aws:cloudwatch/metricAlarm:MetricAlarm")}

    assert {"us-east-1"} == {region for name, region in alarms.items() if name == "monitoring-cdn-5xx"}
    assert {"eu-central-1"} == {region for name, region in alarms.items() if name != "monitoring-cdn-5xx"}
    assert {"eu-central-1", "us-east-1"} == {one.inputs["region"] for one in abroad.of_type("aws:sns/topic:Topic")}
    assert {"us-east-1"} == {one.inputs["region"] for one in abroad.of_type("aws:cloudwatch/logDelivery:LogDelivery")}


def test_without_insights_nothing_watches_memory(plans: dict[str, StackPlan], abroad: StackPlan) -> None:
    """An alarm without data would only pretend to watch. Signers go with their keys."""
    gone = {one.name for one in plans["prod"].resources} - {one.name for one in abroad.resources}
    alarms = {f"monitoring-{role}-memory" for role in ("edit", "edit-api", "reconcile", "rendition")}

    assert alarms | {"cdn-signers", "cdn-signing-key-7c60e039"} == gone
    assert not any("lambda-insights" in json.dumps(one.inputs) for one in abroad.resources)


def test_intel_is_one_setting(abroad: StackPlan) -> None:
    """Functions and layers change together."""
    assert {("x86_64",)} == {
        tuple(one.inputs["architectures"]) for one in abroad.of_type("aws:lambda/function:Function")
    }
    assert {"file layer-imaging-x86_64.zip", "file layer-runtime-x86_64.zip"} == {
        one.inputs["code"] for one in layers(abroad)
    }


def layers(plan: StackPlan) -> list[Resource]:
    """Return both layers."""
    return plan.of_type("aws:lambda/layerVersion:LayerVersion")


def test_only_listed_names_reach_the_function() -> None:
    """A behaviour for each size and extension, before the one for all others, which has no failover."""
    change = {"renditions": {"on_demand": True, "formats": ["jpeg", "webp"], "sizes": {"a": {"width": 9, "height": 9}}}}
    distribution = plan_with("dev", change).named("cdn-distribution").inputs
    behaviors = distribution["orderedCacheBehaviors"]

    assert [
        ("renditions/*_a.jpg", "renditions-on-demand", ["GET", "HEAD"]),
        ("renditions/*_a.webp", "renditions-on-demand", ["GET", "HEAD"]),
        ("renditions/*", "renditions", ["GET", "HEAD", "OPTIONS"]),
    ] == [(one["pathPattern"], one["targetOriginId"], one["allowedMethods"]) for one in behaviors[:3]]
    [group] = distribution["originGroups"]
    assert ([403, 404], ["renditions", "on-demand"]) == (
        group["failoverCriteria"]["statusCodes"],
        [one["originId"] for one in group["members"]],
    )


def test_a_signature_is_checked_before_a_size_is_made(signed_on_demand: StackPlan) -> None:
    """Every behaviour of renditions asks for the key group."""
    behaviors = signed_on_demand.named("cdn-distribution").inputs["orderedCacheBehaviors"]
    ours = [one for one in behaviors if one["pathPattern"].startswith("renditions/")]

    assert [["id-of-cdn-signers"]] * 5 == [one["trustedKeyGroups"] for one in ours]


def test_signed_sizes_on_demand_break_no_policy(signed_on_demand: StackPlan) -> None:
    """Names, tags, encryption, logs and grants as everywhere."""
    assert [] == findings(signed_on_demand)
