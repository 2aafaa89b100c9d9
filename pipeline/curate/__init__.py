"""Curate: a local page on which the facilitator decides, every step saved in the event's curation.toml."""

from pipeline.curate.desk import Desk
from pipeline.curate.serve import serve

__all__ = ["Desk", "serve"]
