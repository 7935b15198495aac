"""Route for the readiness check of the Lambda Web Adapter: no token, no secret of the CDN."""

from __future__ import annotations

from fastapi import APIRouter

from processor.api.documents import HealthDocument

router = APIRouter(prefix="/image-edit")


@router.get("/health", operation_id="getHealth", tags=["service"], summary="Readiness")
def health() -> HealthDocument:
    """Report that the service takes requests: it begins to listen only when it has read its settings and secrets."""
    return HealthDocument(status="ok")
