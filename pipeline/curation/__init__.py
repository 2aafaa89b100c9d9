"""Curation: the facilitator's decisions, read from curation.toml, placed in the pads as they are now, and applied."""

from pipeline.curation.anchors import anchor_of
from pipeline.curation.apply_decisions import apply, decided_in
from pipeline.curation.decision_file import CURATION_FILE, add, read, remove, replace, undo
from pipeline.curation.decisions import (
    Anchor,
    Belongs,
    ConcernRef,
    Curated,
    Curation,
    Decided,
    Decision,
    Found,
    Liken,
    New,
    NotHere,
    Redact,
    Redacted,
)
from pipeline.curation.redaction import check_names, redact, restored, tellable

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
