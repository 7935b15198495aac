"""The settings tree: defaults, derived values, and one line for every mistake."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as run

from processor.errors import SettingsError
from processor.recipe import Recipe
from processor.settings.services import RenditionSettings
from processor.settings.tree import Settings
from tests import strategies


def refusal_of(tree: dict[str, Any]) -> str:
    """Return the line that *tree* is refused with."""
    with pytest.raises(SettingsError) as refusal:
        Settings.from_mapping(tree)
    return str(refusal.value)


def test_an_empty_tree_is_the_defaults() -> None:
    """Nothing has to be written."""
    assert Settings() == Settings.from_mapping({})


def test_resource_names_are_derived_from_project_and_stack() -> None:
    """Two stacks in one account share no name; no name is one customer's."""
    settings = Settings.from_mapping({"edits": {"sessions_table": "ours"}}, prefix="darkroom-test")
    renditions, edits = settings.renditions, settings.edits

    assert ("darkroom-test-originals", "darkroom-test-renditions", "darkroom-test-photos") == (
        renditions.originals_bucket,
        renditions.renditions_bucket,
        renditions.photos_table,
    )
    assert ("darkroom-test-rendition", "darkroom-test-reconciler") == (
        renditions.function_name,
        renditions.reconciler.function_name,
    )
    assert ("darkroom-test-edit", "darkroom-test-edit-api", "darkroom-test-results", "ours") == (
        edits.function_name,
        edits.api.function_name,
        edits.results_bucket,
        edits.sessions_table,
    )
    assert "darkroom-test-cdn-logs" == settings.cdn.logs_bucket


def test_a_stack_whose_name_fits_no_bucket_is_refused() -> None:
    """A derived name is checked like one that was written."""
    with pytest.raises(SettingsError) as refusal:
        Settings.from_mapping({}, prefix="darkroom-My_Stack")

    assert str(refusal.value).startswith(
        'Invalid value "darkroom-My_Stack-originals" for `renditions.originals_bucket`: expected an S3 bucket name'
    )


def test_capacities_default_to_what_the_measurements_recommend() -> None:
    """The guide's 3008 MB are no longer the cheapest memory (ADR 21); its other figures hold."""
    renditions, edits = Settings().renditions, Settings().edits

    assert (1769, 300, 100, 10) == (
        renditions.memory_mib,
        renditions.timeout_s,
        renditions.max_concurrency,
        renditions.backfill_concurrency,
    )
    assert (2048, 300, 2048) == (edits.memory_mib, edits.timeout_s, edits.ephemeral_storage_mib)
    assert (26_214_400, 10_000, 90) == (edits.max_image_bytes, edits.max_dimension_px, edits.default_quality)


def test_the_defaults_are_the_safe_choices() -> None:
    """Originals need a signature, edits need a token, and nothing is adopted by default."""
    settings = Settings()

    assert settings.cdn.originals == "signed"
    assert settings.edits.auth is None
    assert settings.cdn.domain is None
    assert not any(dict(settings.adopt).values())


def test_every_branch_of_the_documented_stack_file_is_read() -> None:
    """The example of the specification, values changed, arrives value by value."""
    settings = Settings.from_mapping(
        {
            "renditions": {"sizes": {"tiny": {"width": 9, "height": 8}}, "raw": {"strategy": "preview"}},
            "edits": {"auth": {"issuer": "https://i", "audience": "a", "jwks_url": "https://i/keys"}},
            "cdn": {
                "domain": "cdn.example.com",
                "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/ab-12",
                "hosted_zone_id": "Z123",
            },
            "monitoring": {"emails": ["ops@example.com"], "error_rate_percent": 2},
            "adopt": {"originals_bucket": True, "distribution_id": "E2EXAMPLE"},
            "rollback": {"rendition": 12},
        }
    )

    tiny = settings.renditions.sizes["tiny"].model_dump(exclude_none=True)
    assert {"width": 9, "height": 8, "fit": "inside"} == tiny
    assert settings.renditions.raw.strategy == "preview"
    assert settings.edits.auth is not None
    assert settings.edits.auth.jwks_url == "https://i/keys"
    assert settings.cdn.hosted_zone_id == "Z123"
    assert settings.monitoring.emails == ("ops@example.com",)
    assert settings.monitoring.error_rate_percent == 2
    assert settings.adopt.distribution_id == "E2EXAMPLE"
    assert settings.rollback.rendition == 12


def test_an_empty_string_means_no_domain() -> None:
    """``domain: ""`` in a stack file selects the distribution's own name."""
    assert Settings() == Settings.from_mapping({"cdn": {"domain": "", "certificate_arn": "", "hosted_zone_id": ""}})


def test_what_follows_from_capacity_is_derived() -> None:
    """Queue visibility and alarm thresholds move with the function and cannot be set apart from it."""
    function = RenditionSettings(timeout_s=100, memory_mib=2000)

    assert (600, 95, 1800) == (function.visibility_timeout_s, function.duration_alarm_s, function.memory_alarm_mib)
    assert refusal_of({"renditions": {"visibility_timeout_s": 1}}).startswith(
        "renditions.visibility_timeout_s: unknown setting;"
    )


@given(settings=strategies.renditions)
@run(max_examples=40)  # of a whole tree each, which takes 10 ms to draw
def test_the_recipe_is_free_of_names(settings: RenditionSettings) -> None:
    """Two stacks with the same pixels but other buckets share one recipe, whatever else they set."""
    renamed = settings.model_copy(update={"originals_bucket": "other-originals", "max_concurrency": 2})

    assert settings.recipe == renamed.recipe
    assert type(settings.recipe) is Recipe
    assert settings.recipe.sizes == settings.sizes
    assert settings.recipe.limits == settings.limits


@pytest.mark.parametrize(
    ("tree", "line"),
    [
        ({"rendition": {}}, 'rendition: unknown setting; did you mean "renditions"?'),
        (
            {"zzz": 1},
            "zzz: unknown setting; expected one of adopt, cdn, deployment, edits, events, monitoring, renditions, rol",
        ),
        (
            {"renditions": {"memory": 3008}},
            'renditions.memory: unknown setting; did you mean "memory_mib"?',
        ),
        (
            {"renditions": {"memory_mib": 99_999}},
            "Invalid value 99999 for `renditions.memory_mib`: expected a whole number from 128 to 10240",
        ),
        (
            {"renditions": {"memory_mib": "3008"}},
            'Invalid value "3008" for `renditions.memory_mib`: expected a whole number from 128 to 10240',
        ),
        (
            {"renditions": {"keep_copyright": "yes"}},
            'Invalid value "yes" for `renditions.keep_copyright`: expected true or false',
        ),
        (
            {"renditions": {"raw": {"strategy": "fast"}}},
            'Invalid value "fast" for `renditions.raw.strategy`: expected one of auto, preview, demosaic',
        ),
        (
            {"renditions": {"limits": {"decode_timeout_s": 0}}},
            "Invalid value 0 for `renditions.limits.decode_timeout_s`: expected a number above 0 to 300",
        ),
        (
            {"renditions": {"sizes": {"a": {"width": 10}}}},
            "Missing value for `renditions.sizes.a.height`: expected a whole number from 1 to 16383",
        ),
        (
            {"renditions": {"sizes": {"a": 5}}},
            "Invalid value 5 for `renditions.sizes.a`: expected a mapping with width, height, fit, quality, formats",
        ),
        (
            {"renditions": {"sizes": {"Big_1": {"width": 1, "height": 1}}}},
            (
                'Invalid name "Big_1" in `renditions.sizes.Big_1`: expected a name of at most 32 lower-case letters, '
                "digits and hyphens that starts with a letter"
            ),
        ),
        (
            {"renditions": {"sizes": {"a": {"width": 1, "height": 1, "quality": {"jpg": 9}}}}},
            'Invalid name "jpg" in `renditions.sizes.a.quality.jpg`: expected one of jpeg, webp, avif',
        ),
        (
            {"renditions": {"sizes": {}}},
            (
                "Invalid value {} for `renditions.sizes`: "
                "expected a mapping (at least one) of a name of at most 32 lower-case "
                "letters, digits and hyphens that starts with a letter to a mapping with width, height, fit, quality, "
                "formats"
            ),
        ),
        (
            {"renditions": {"formats": ["webp"]}},
            "Invalid value for `renditions.formats`: found [webp], expected jpeg, plus webp and avif at most once each",
        ),
        (
            {"renditions": {"formats": "jpeg"}},
            'Invalid value "jpeg" for `renditions.formats`: expected a list, each item one of jpeg, webp, avif',
        ),
        (
            {"renditions": {"originals_bucket": "photos", "renditions_bucket": "photos"}},
            (
                'Invalid value for `renditions`: found "photos" as originals_bucket and as renditions_bucket, '
                "expected two buckets: renditions must never trigger renditions"
            ),
        ),
        (
            {"renditions": {"originals_bucket": "photos"}, "edits": {"results_bucket": "photos"}},
            (
                'Invalid value for `settings`: found "photos" as edits.results_bucket and as '
                "renditions.originals_bucket, "
                "expected two buckets: results of edits must never trigger renditions"
            ),
        ),
        (
            {"renditions": {"function_name": "f"}, "edits": {"function_name": "f"}},
            (
                'Invalid value for `settings`: found "f" as edits.function_name and as renditions.function_name, '
                "expected two names"
            ),
        ),
        (
            {"renditions": {"memory_mib": 512}},
            (
                "Invalid value for `renditions`: found limits.decoder_memory_mib 1200 above memory_mib 512, "
                "expected a decoder that fits into the function"
            ),
        ),
        (
            {"renditions": {"profiles": {"proof": {"huge": {"width": 9, "height": 9}}}}},
            (
                "Invalid value for `renditions`: found profiles.proof.huge, expected one of thumbnail, small, medium, "
                "large. Change it."
            ),
        ),
        (
            {"renditions": {"profiles": {"proof": {"small": {"width": 9, "height": 9, "formats": ["jpeg", "webp"]}}}}},
            (
                "Invalid value for `renditions`: found profiles.proof.small with [jpeg, webp], expected [jpeg] as in "
                "`sizes`. Change it."
            ),
        ),
        (
            {"renditions": {"profiles": {"default": {"small": {"width": 9, "height": 9}}}}},
            (
                'Invalid value for `renditions`: found a profile "default", expected another name: this one means '
                "`sizes`. Change it."
            ),
        ),
        (
            {"renditions": {"reserved_concurrency": 111}},
            (
                "Invalid value for `renditions`: found reserved_concurrency 111, expected at least 112: "
                "max_concurrency 100, backfill_concurrency 10 and 2 for invalidations"
            ),
        ),
        (
            {"renditions": {"originals_bucket": "photos.example.com"}},
            (
                'Invalid value "photos.example.com" for `renditions.originals_bucket`: expected an S3 bucket name '
                "(3-63 lower-case letters, digits, hyphens; both ends letter or digit)"
            ),
        ),
        (
            {"renditions": {"photos_table": "a b"}},
            (
                'Invalid value "a b" for `renditions.photos_table`: expected a DynamoDB table name '
                "(3-255 letters, digits, dots, hyphens and underscores)"
            ),
        ),
        (
            {"cdn": {"domain": "cdn.example.com"}},
            (
                'Invalid value for `cdn`: found domain "cdn.example.com" without certificate_arn, '
                "expected both domain and certificate_arn"
            ),
        ),
        (
            {"cdn": {"hosted_zone_id": "Z1"}},
            "Invalid value for `cdn`: found hosted_zone_id without domain, expected both domain and hosted_zone_id",
        ),
        (
            {"cdn": {"certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/ab"}},
            (
                'Invalid value "arn:aws:acm:eu-west-1:123456789012:certificate/ab" for `cdn.certificate_arn`: '
                "expected the ARN of an ACM certificate in us-east-1 (CloudFront takes no other region)"
            ),
        ),
        (
            {"edits": {"allowed_source_hosts": ["https://x.example"]}},
            (
                'Invalid value "https://x.example" for `edits.allowed_source_hosts.0`: '
                "expected a host name in lower case, without scheme or path"
            ),
        ),
        (
            {"edits": {"auth": {"issuer": "http://i.example", "audience": "a", "jwks_url": "https://i/k"}}},
            'Invalid value "http://i.example" for `edits.auth.issuer`: expected an https:// address',
        ),
        (
            {"edits": {"auth": {"issuer": "https://i", "audience": "", "jwks_url": "https://i/k"}}},
            'Invalid value "" for `edits.auth.audience`: expected text of at most 256 characters',
        ),
        (
            {"rollback": {"rendition": 0}},
            "Invalid value 0 for `rollback.rendition`: expected a whole number from 1 up",
        ),
        (
            {"rollback": {"canary_percent": 10}},
            (
                "Invalid value for `rollback`: found canary_percent 10 without a pinned version, "
                "expected rendition, edit or api beside it"
            ),
        ),
        (
            {"deployment": {"architecture": "x86_64"}},
            (
                'Invalid value for `deployment`: found insights_layer_arn "arn:aws:lambda:us-east-1:580247275435:layer:'
                'LambdaInsightsExtension-Arm64:20" with architecture x86_64, expected the same of both'
            ),
        ),
        (
            {"cdn": {"logs_bucket": "darkroom-renditions"}},
            (
                'Invalid value for `settings`: found "darkroom-renditions" as renditions.renditions_bucket and '
                "as cdn.logs_bucket, "
                "expected two names"
            ),
        ),
        (
            {"cdn": {"cors_origins": ["https://example.com/page"]}},
            (
                'Invalid value "https://example.com/page" for `cdn.cors_origins.0`: '
                "expected the origin of a web page (https://host, without a path)"
            ),
        ),
        (
            {"cdn": {"renditions": "signed"}},
            (
                "Invalid value for `cdn`: found renditions signed without signing_public_keys, expected the public key "
                "of the backend that signs (docs/private-galleries.md)"
            ),
        ),
        (
            {"cdn": {"edits": "signed", "signing_public_keys": []}},
            (
                "Invalid value for `cdn`: found edits signed without signing_public_keys, expected the public key "
                "of the backend that signs (docs/private-galleries.md)"
            ),
        ),
        (
            {"cdn": {"signing_public_keys": ["-----BEGIN PRIVATE KEY-----"]}},
            (
                'Invalid value "-----BEGIN PRIVATE KEY-----" for `cdn.signing_public_keys.0`: '
                "expected a public key in PEM (-----BEGIN PUBLIC KEY-----)"
            ),
        ),
        (
            {"edits": {"api": {"origin_secrets": []}}},
            "Invalid value [] for `edits.api.origin_secrets`: expected a list, each item a whole number from 1 to 999",
        ),
        (
            {"edits": {"api": {"ticket_keys": [2, 2]}}},
            "Invalid value for `edits.api.ticket_keys`: found 2, 2, expected each value once",
        ),
        (
            {"monitoring": {"emails": ["ops"]}},
            'Invalid value "ops" for `monitoring.emails.0`: expected an e-mail address',
        ),
        (
            {"adopt": []},
            "Invalid value [] for `adopt`: expected a mapping with originals_bucket, renditions_bucket, photos_table,",
        ),
    ],
    ids=lambda value: value.split(":")[0] if isinstance(value, str) else "",
)
def test_a_wrong_setting_is_refused_with_its_key_what_was_found_and_what_is_allowed(
    tree: dict[str, Any], line: str
) -> None:
    """One line, the whole of it, and only one."""
    found = refusal_of(tree)

    assert line in (found, found[: len(line)])
    assert "\n" not in found


def test_further_problems_are_counted() -> None:
    """One line describes the first problem and counts the others."""
    line = refusal_of({"renditions": {"memory_mib": 1, "timeout_s": 1}, "nonsense": {}})
    expected = "expected a whole number from 128 to 10240. Use 128 or more. (and 2 more)"

    assert f"Invalid value 1 for `renditions.memory_mib`: {expected}" == line


def test_a_long_value_is_cut() -> None:
    """Pasting a document into a setting still gives one line."""
    line = refusal_of({"renditions": {"function_name": "x" * 500}})

    assert 'Invalid value "' + "x" * 59 + "… for `renditions.function_name`: expected a Lambda function name" in line
