"""The curation page: a local web page on which the facilitator decides; each decision is saved at once."""

from pipeline.web.curation_session import CurationSession
from pipeline.web.server import serve

__all__ = ["CurationSession", "serve"]
