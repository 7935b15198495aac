"""The edit API's routes, built once for all applications of the tests."""

from __future__ import annotations

from typing import Any

from fastapi import routing

Routes: Any = vars(routing)["_EffectiveRouteContext"]
plain: Any = Routes.from_api_route
built: dict[int, tuple[Any, Any]] = {}


def from_api_route(*, original_route: Any, include_context: Any) -> Any:
    """Build a route and its models, which takes 2 ms, or look it up: each application takes in the same routers.

    It would depend on the application by dependencies that a test overrides, and none does.
    """
    if id(original_route) not in built:
        # The route is kept as well, so that no other one gets its id.
        built[id(original_route)] = (
            plain(original_route=original_route, include_context=include_context),
            original_route,
        )
    return built[id(original_route)][0]


def share_routes() -> None:
    """Let FastAPI build routes so."""
    Routes.from_api_route = from_api_route
