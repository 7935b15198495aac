"""The rendition line, put together from what the function is told."""

from __future__ import annotations

from processor.aws.cdn import Cdn
from processor.aws.clients import Session, cloudfront_client, dynamodb_client, s3_client
from processor.aws.manifests import Manifests
from processor.aws.objects import RenditionObjects
from processor.aws.originals import Originals
from processor.aws.photos import PhotoRecords
from processor.imaging.recipe import recipe_hash
from processor.imaging.renderer import Renderer as ImagingRenderer
from processor.renditions import RenditionLine
from processor.settings_env import RenditionEnv
from processor.upload.filing import RecordDesk
from processor.upload.making import Maker, Renderer
from processor.upload.withdrawals import Withdrawals


def rendition_line(env: RenditionEnv, renderer: Renderer | None = None) -> RenditionLine:
    """Make the line and its AWS clients. *renderer*: another one than the imaging package's."""
    session = Session()
    s3 = s3_client(session)
    manifests = Manifests(s3=s3, bucket=env.renditions_bucket)
    objects = RenditionObjects(s3=s3, bucket=env.renditions_bucket)
    return RenditionLine(
        maker=Maker(
            recipe=env.recipe,
            recipe_hash=recipe_hash(env.recipe),
            renderer=renderer or ImagingRenderer(),
            originals=Originals(s3=s3, bucket=env.originals_bucket),
            objects=objects,
            manifests=manifests,
        ),
        desk=RecordDesk(
            photos=PhotoRecords(dynamodb=dynamodb_client(session), table=env.photos_table),
            missing_record=env.missing_record,
            cdn_host=env.cdn_host,
        ),
        withdrawals=Withdrawals(
            manifests=manifests,
            objects=objects,
            cdn=Cdn(client=lambda: cloudfront_client(session), distribution_id=env.distribution_id),
        ),
    )
