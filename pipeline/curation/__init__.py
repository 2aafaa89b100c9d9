"""Curation: the facilitator's decisions, read from curation.toml, placed in the pads as they are now, and applied."""

from pipeline.curation.anchors import anchor_of
from pipeline.curation.apply import apply
from pipeline.curation.parse import CURATION_FILE, read
from pipeline.curation.records import Anchor, ConcernRef, Curated, Curation, Decision, Found, Redact, Redacted
from pipeline.curation.redact import check_names, redact, restored, tellable
from pipeline.curation.write import add, remove, replace, undo

__all__ = [
    "CURATION_FILE",
    "Anchor",
    "ConcernRef",
    "Curated",
    "Curation",
    "Decision",
    "Found",
    "Redact",
    "Redacted",
    "add",
    "anchor_of",
    "apply",
    "check_names",
    "read",
    "redact",
    "remove",
    "replace",
    "restored",
    "tellable",
    "undo",
]
