"""How long whoever receives a picture may keep it."""

from __future__ import annotations

from typing import Final

# Another picture has another address: renditions carry a version in theirs, a result's is its job's alone.
CACHE_CONTROL: Final = "public, max-age=31536000, immutable"
