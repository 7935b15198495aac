"""Declare the CDN, the only public access.

Owns the distribution, its policies and access logs, the domain's records. It alone attaches the policies of the buckets
behind it, because a bucket has one policy document: this distribution reads, and every request needs TLS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import pulumi
import pulumi_aws as aws

from components import cdn_policies, cdn_routes
from components.cdn_address import CdnAddress
from components.cdn_logs import AccessLogs, AccessLogsArgs, every_metric
from components.cdn_policies import PICTURES, formats_beside_jpeg, negotiation_code, signing_key
from components.cdn_routes import PicturePolicies
from components.naming import StackContext, token
from components.permissions import Permission, below, policy, service, tls_only
from components.storage import PrivateBucket
from processor.recipe import Recipe
from processor.settings.tree import CdnSettings

COMPONENT: Final = "cdn"
# Long enough to shield an origin, too short to hide a photo that was just rendered.
ERROR_TTL_S: Final = 1
HIDDEN_ERRORS: Final = (403, 404)
CACHE_TAG_HEADER: Final = "x-amz-meta-cache-tag"
# Prefixes of the originals bucket that hold no public photos.
NEVER_PUBLIC: Final = ("gdpr-exports/", "lambda-deployments/")


@dataclass(frozen=True, kw_only=True, slots=True)
class CdnArgs:
    """Plain settings, the buckets and the functions behind the CDN. *adopt*: id of a distribution to import.

    *on_demand_url*: makes a rendition that the bucket does not have; None: then there is none.
    """

    context: StackContext
    settings: CdnSettings
    recipe: Recipe
    log_retention_days: int
    adopt: str | None
    originals: PrivateBucket
    renditions: PrivateBucket
    results: PrivateBucket
    api_url: pulumi.Input[str]
    origin_secret: pulumi.Input[str]
    on_demand_url: pulumi.Input[str] | None = None


class Cdn(pulumi.ComponentResource):
    """The distribution and what belongs to it. *address*: for other components."""

    def __init__(self, name: str, args: CdnArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token("Cdn"), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.signing_keys: list[aws.cloudfront.PublicKey] = []
        self.access = aws.cloudfront.OriginAccessControl(
            f"{name}-access",
            name=args.context.physical("buckets"),
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=child,
        )
        self.signers = self.key_group(name, args, child)
        pictures = self.picture_policies(name, args, child)
        made = self.on_demand(name, args, pictures["renditions"], child)
        originals = self.original_policies(name, args, child)
        api_headers = cdn_policies.headers(
            f"{name}-api-headers", args.context.physical("api"), more={"Cache-Control": "no-store"}, child=child
        )
        self.distribution = aws.cloudfront.Distribution(
            f"{name}-distribution",
            enabled=True,
            comment=args.context.physical("cdn"),
            http_version="http2and3",
            is_ipv6_enabled=True,
            price_class=args.settings.price_class,
            aliases=[args.settings.domain] if args.settings.domain else [],
            web_acl_id=args.settings.web_acl_arn,
            origins=[
                cdn_routes.bucket_origin("originals", args.originals, self.access),
                cdn_routes.bucket_origin("renditions", args.renditions, self.access),
                cdn_routes.bucket_origin("results", args.results, self.access),
                cdn_routes.api_origin(args.api_url, args.origin_secret),
                *made.origins,
            ],
            origin_groups=made.groups,
            ordered_cache_behaviors=[
                *made.behaviors,
                cdn_routes.files("renditions/*", "renditions", pictures["renditions"]),
                cdn_routes.files("edits/*", "results", pictures["edits"]),
                cdn_routes.api(api_headers.id),
            ],
            default_cache_behavior=cdn_routes.all_else("originals", originals),
            custom_error_responses=[
                aws.cloudfront.DistributionCustomErrorResponseArgs(error_code=code, error_caching_min_ttl=ERROR_TTL_S)
                for code in HIDDEN_ERRORS
            ],
            cache_tag_config=aws.cloudfront.DistributionCacheTagConfigArgs(header_name=CACHE_TAG_HEADER),
            restrictions=aws.cloudfront.DistributionRestrictionsArgs(
                geo_restriction=aws.cloudfront.DistributionRestrictionsGeoRestrictionArgs(restriction_type="none")
            ),
            viewer_certificate=cdn_routes.certificate(args.settings),
            tags=args.context.tags(COMPONENT),
            opts=args.context.data_options(self, adopt=args.adopt),
        )
        self.address = CdnAddress(
            host=pulumi.Output.from_input(args.settings.domain or self.distribution.domain_name),
            distribution_id=self.distribution.id,
            distribution_arn=self.distribution.arn,
        )
        every_metric(f"{name}-metrics", self.distribution, child)
        self.logs = AccessLogs(f"{name}-logs", self.access_logs(args), opts=child)
        self.attach(
            f"{name}-originals-policy",
            args.originals,
            *self.originals_readers(args),
            *former_readers(args, args.originals),
        )
        self.attach(
            f"{name}-renditions-policy",
            args.renditions,
            self.reader(args.renditions, "renditions/"),
            *former_readers(args, args.renditions),
        )
        self.attach(f"{name}-results-policy", args.results, self.reader(args.results, "edits/"))
        for kind in ("A", "AAAA"):
            self.record(f"{name}-record-{kind.lower()}", kind, args.settings)
        self.register_outputs({"host": self.address.host, "distributionId": self.distribution.id})

    def picture_policies(
        self, name: str, args: CdnArgs, child: pulumi.ResourceOptions
    ) -> Mapping[str, PicturePolicies]:
        """Declare how renditions and results are served; renditions in the best format that the browser accepts."""
        negotiates = args.settings.negotiate_formats and bool(formats_beside_jpeg(args.recipe))
        cache = cdn_policies.pictures_cache(f"{name}-pictures-cache", args.context, child)
        headers = cdn_policies.picture_headers(name, args.context, args.settings, negotiates=negotiates, child=child)
        functions = {"renditions": self.negotiation(f"{name}-negotiation", args, child)} if negotiates else {}
        return {
            kind: PicturePolicies(
                cache=cache.id,
                headers=headers[kind],
                function_arn=functions.get(kind),
                key_group=self.signers if kind in args.settings.signed else None,
            )
            for kind in PICTURES
        }

    def on_demand(
        self, name: str, args: CdnArgs, policies: PicturePolicies, child: pulumi.ResourceOptions
    ) -> cdn_routes.OnDemandRoutes:
        """Declare the routes of sizes that are made on demand; none without the function."""
        if args.on_demand_url is None:
            return cdn_routes.OnDemandRoutes()
        access = aws.cloudfront.OriginAccessControl(
            f"{name}-on-demand-access",
            name=args.context.physical("on-demand"),
            origin_access_control_origin_type="lambda",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=child,
        )
        return cdn_routes.on_demand(args.on_demand_url, access, args.recipe, policies)

    def negotiation(self, name: str, args: CdnArgs, child: pulumi.ResourceOptions) -> pulumi.Output[str]:
        """Declare the function that rewrites `.jpg` to the best format that the browser accepts."""
        function = aws.cloudfront.Function(
            name,
            name=args.context.physical("negotiation"),
            runtime="cloudfront-js-2.0",
            code=negotiation_code(args.recipe),
            publish=True,
            tags=args.context.tags(COMPONENT),
            opts=child,
        )
        return function.arn

    def original_policies(self, name: str, args: CdnArgs, child: pulumi.ResourceOptions) -> PicturePolicies:
        """Declare how originals are served: to the public or by signed URLs."""
        headers = cdn_policies.headers(
            f"{name}-originals-headers",
            args.context.physical("originals"),
            cors_origins=args.settings.cors_origins,
            more={"Cache-Control": "no-cache"},
            child=child,
        )
        cache = cdn_policies.originals_cache(f"{name}-originals-cache", args.context, child)
        signers = self.signers if args.settings.originals == "signed" else None
        return PicturePolicies(cache=cache.id, headers=headers.id, key_group=signers)

    def key_group(self, name: str, args: CdnArgs, child: pulumi.ResourceOptions) -> pulumi.Output[str] | None:
        """Declare the group of keys that check cookies and URLs; None without a key, or where nothing is signed."""
        if args.settings.originals != "signed" and not args.settings.signed:
            return None
        pems = args.settings.signing_public_keys
        if not pems:
            pulumi.warn("cdn.originals is signed without cdn.signing_public_keys: no original is served", self)
            return None
        self.signing_keys = [
            signing_key(f"{name}-signing-key", pem, args.context, parent=self, first=not number)
            for number, pem in enumerate(pems)
        ]
        group = aws.cloudfront.KeyGroup(
            f"{name}-signers",
            name=args.context.physical("originals"),
            items=[key.id for key in self.signing_keys],
            opts=child,
        )
        return group.id

    def access_logs(self, args: CdnArgs) -> AccessLogsArgs:
        """Return the arguments of the access logs."""
        return AccessLogsArgs(
            context=args.context,
            component=COMPONENT,
            bucket=args.settings.logs_bucket,
            retention_days=args.log_retention_days,
            distribution_arn=self.distribution.arn,
        )

    def originals_readers(self, args: CdnArgs) -> list[Permission]:
        """Grant the distribution s3:GetObject on originals, unless `cdn.originals` is off or has no key (S3: 403)."""
        settings = args.settings
        if settings.originals == "off" or (settings.originals == "signed" and not settings.signing_public_keys):
            return []
        if settings.originals == "signed":
            return [self.reader(args.originals)]
        return [self.reader(args.originals), self.reader(args.originals, *NEVER_PUBLIC, effect="Deny")]

    def reader(self, bucket: PrivateBucket, *prefixes: str, effect: Literal["Allow", "Deny"] = "Allow") -> Permission:
        """Allow (or deny) this distribution, and no other, to read below *prefixes*; none: everything."""
        return Permission(
            ("s3:GetObject",),
            tuple(below(bucket.arn, prefix) for prefix in prefixes or ("",)),
            principal=service("cloudfront"),
            conditions={"StringEquals": {"aws:SourceArn": self.distribution.arn}},
            effect=effect,
        )

    def attach(self, name: str, bucket: PrivateBucket, *permissions: Permission) -> None:
        """Attach the one policy document of a bucket; it is protected as the bucket is, whose readers need it."""
        aws.s3.BucketPolicy(
            name,
            bucket=bucket.name,
            policy=policy(tls_only("s3:*", bucket.arn, below(bucket.arn)), *permissions),
            opts=bucket.context.data_options(self),
        )

    def record(self, name: str, kind: str, settings: CdnSettings) -> None:
        """Point the domain at the distribution, if the settings name its zone."""
        if settings.domain and settings.hosted_zone_id:
            aws.route53.Record(
                name,
                zone_id=settings.hosted_zone_id,
                name=settings.domain,
                type=kind,
                aliases=[
                    aws.route53.RecordAliasArgs(
                        name=self.distribution.domain_name,
                        zone_id=self.distribution.hosted_zone_id,
                        evaluate_target_health=False,
                    )
                ],
                opts=pulumi.ResourceOptions(parent=self),
            )


def former_readers(args: CdnArgs, bucket: PrivateBucket) -> list[Permission]:
    """Let the distribution of the system before read *bucket*, if the settings name it."""
    if (former := args.settings.former_distribution_id) is None:
        return []
    arn = f"arn:aws:cloudfront::{args.context.account_id}:distribution/{former}"
    return [
        Permission(
            ("s3:GetObject",),
            (below(bucket.arn),),
            principal=service("cloudfront"),
            conditions={"StringEquals": {"aws:SourceArn": arn}},
        )
    ]
