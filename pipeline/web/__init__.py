"""Curate: a local page on which the facilitator decides, every step saved in the event's curation.toml."""

from pipeline.web.curation_session import Desk
from pipeline.web.server import serve

__all__ = ["Desk", "serve"]
