"""Curation: the facilitator's decisions, read from curation.toml, placed in the pads as they are now, and applied."""

from pipeline.curation.anchors import anchor_of
from pipeline.curation.apply import apply, decided_in
from pipeline.curation.parse import CURATION_FILE, read
from pipeline.curation.records import Anchor, Belongs, ConcernRef, Curation, Decision, New, NotHere, Redact
from pipeline.curation.redact import check_names, redact, restored, tellable
from pipeline.curation.results import Curated, Decided, Found, Liken, Redacted
from pipeline.curation.write import add, remove, replace, undo

__all__ = [
    "CURATION_FILE",
    "Anchor",
    "Belongs",
    "ConcernRef",
    "Curated",
    "Curation",
    "Decided",
    "Decision",
    "Found",
    "Liken",
    "New",
    "NotHere",
    "Redact",
    "Redacted",
    "add",
    "anchor_of",
    "apply",
    "check_names",
    "decided_in",
    "read",
    "redact",
    "remove",
    "replace",
    "restored",
    "tellable",
    "undo",
]
