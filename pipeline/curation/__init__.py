"""Curation: the facilitator's decisions, read from curation.toml, matched with the pads, and applied."""

from pipeline.curation.anchors import anchor_of
from pipeline.curation.apply_decisions import (
    CuratedAnalysis,
    DraftAnalysis,
    apply_decisions,
    examples_of,
    restore_lines,
)
from pipeline.curation.decision_file import CURATION_FILE, add, read_curation, remove
from pipeline.curation.decisions import Curation, Decision, Redact
from pipeline.curation.redaction import Redacted, check_names, redact, without_secret_names

__all__ = [
    "CURATION_FILE",
    "CuratedAnalysis",
    "Curation",
    "Decision",
    "DraftAnalysis",
    "Redact",
    "Redacted",
    "add",
    "anchor_of",
    "apply_decisions",
    "check_names",
    "examples_of",
    "read_curation",
    "redact",
    "remove",
    "restore_lines",
    "without_secret_names",
]
