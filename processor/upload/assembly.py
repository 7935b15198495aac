"""Build the upload pipeline from the function's settings."""

from __future__ import annotations

from processor.aws.cdn import CdnCache
from processor.aws.clients import Session, cloudfront_client, dynamodb_client, s3_client
from processor.aws.manifests import Manifests
from processor.aws.originals import Originals
from processor.aws.photos import PhotoRecords
from processor.aws.renditions import RenditionObjects
from processor.imaging.renderer import Renderer as ImagingRenderer
from processor.recipe import recipe_hash
from processor.settings.functions import RenditionEnv
from processor.upload.cleanup import Cleanup
from processor.upload.pipeline import UploadPipeline
from processor.upload.record import PhotoRecordWriter
from processor.upload.rendering import OriginalRenderer, PhotoRenderer


def upload_pipeline(env: RenditionEnv, renderer: PhotoRenderer | None = None) -> UploadPipeline:
    """Make the pipeline and its AWS clients. *renderer*: replaces the imaging package's (tests)."""
    session = Session()
    s3 = s3_client(session)
    manifests = Manifests(s3=s3, bucket=env.renditions_bucket)
    objects = RenditionObjects(s3=s3, bucket=env.renditions_bucket)
    return UploadPipeline(
        maker=OriginalRenderer(
            recipe=env.recipe,
            recipe_hash=recipe_hash(env.recipe),
            renderer=renderer or ImagingRenderer(),
            originals=Originals(s3=s3, bucket=env.originals_bucket),
            objects=objects,
            manifests=manifests,
        ),
        desk=PhotoRecordWriter(
            photos=PhotoRecords(dynamodb=dynamodb_client(session), table=env.photos_table),
            missing_record=env.missing_record,
            cdn_host=env.cdn_host,
        ),
        withdrawals=Cleanup(
            manifests=manifests,
            objects=objects,
            cdn=CdnCache(client=lambda: cloudfront_client(session), distribution_id=env.distribution_id),
        ),
    )
