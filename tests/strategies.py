"""Settings of every shape, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from processor.recipe import DecodeLimits, OutputFormat, OutputQuality, Raw, Size
from processor.settings.services import Auth, EditSettings, RenditionSettings

sides = st.integers(1, 16_383)
percents = st.integers(1, 100)
outputs: st.SearchStrategy[OutputFormat] = st.sampled_from(("jpeg", "webp", "avif"))
formats = st.sampled_from(("webp", "avif")).map(lambda extra: ("jpeg", extra)) | st.permutations(
    ("jpeg", "webp", "avif")
).map(tuple)
size_names = st.from_regex("[a-z][a-z0-9-]{0,15}", fullmatch=True)
bucket_names = st.from_regex("[a-z0-9][a-z0-9-]{1,40}[a-z0-9]", fullmatch=True)
table_names = st.from_regex("[A-Za-z0-9_.-]{3,60}", fullmatch=True)
hosts = st.from_regex("[a-z0-9]{1,20}(\\.[a-z0-9]{1,20}){1,3}", fullmatch=True)
urls = hosts.map(lambda host: f"https://{host}/path?a=%20&b=1")

sizes = st.builds(
    Size,
    width=sides,
    height=sides,
    fit=st.sampled_from(("inside", "cover")),
    quality=st.none() | st.dictionaries(outputs, percents),
    formats=st.none() | formats,
)
limits = st.builds(
    DecodeLimits,
    max_bytes=st.integers(1, 2**32),
    max_dimension_px=st.integers(1, 65_535),
    max_scans=st.integers(1, 10_000),
    decode_timeout_s=st.floats(0.001, 300),
    decoder_memory_mib=st.integers(64, 128),
)
renditions = st.builds(
    RenditionSettings,
    sizes=st.dictionaries(size_names, sizes, min_size=1, max_size=6),
    formats=formats,
    quality=st.builds(OutputQuality, jpeg=percents, webp=percents, avif=percents),
    keep_copyright=st.booleans(),
    raw=st.builds(Raw, strategy=st.sampled_from(("auto", "preview", "demosaic")), max_megapixels=st.integers(1, 1000)),
    limits=limits,
    originals_bucket=bucket_names.map(lambda name: f"o{name}"),
    renditions_bucket=bucket_names.map(lambda name: f"r{name}"),
    photos_table=table_names,
    missing_record=st.sampled_from(("create", "require")),
    memory_mib=st.integers(128, 10_240),
    timeout_s=st.integers(20, 900),
)
edits = st.builds(
    EditSettings,
    results_bucket=bucket_names,
    sessions_table=table_names,
    max_image_bytes=st.integers(1, 2**29),
    max_dimension_px=st.integers(1, 65_535),
    default_quality=percents,
    allowed_source_hosts=st.lists(hosts, max_size=5).map(tuple),
    auth=st.none() | st.builds(Auth, issuer=urls, audience=st.text(min_size=1, max_size=40), jwks_url=urls),
)
