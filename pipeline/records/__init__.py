"""The words of the analysis as frozen records; `Analysis` as JSON is the contract that others read."""

from pipeline.records.analysis import Analysis, CurationOutcome, EventInfo, Followed, Ledger, Orphan, PadInfo
from pipeline.records.concerns import Concern, Reason
from pipeline.records.said import Entity, Line, Mention, Segment, Spelling
from pipeline.records.words import (
    REDACTED,
    Account,
    ConcernId,
    EntityId,
    Kind,
    Label,
    LineNo,
    LineRole,
    Precision,
    SegmentId,
)

__all__ = [
    "REDACTED",
    "Account",
    "Analysis",
    "Concern",
    "ConcernId",
    "CurationOutcome",
    "Entity",
    "EntityId",
    "EventInfo",
    "Followed",
    "Kind",
    "Label",
    "Ledger",
    "Line",
    "LineNo",
    "LineRole",
    "Mention",
    "Orphan",
    "PadInfo",
    "Precision",
    "Reason",
    "Segment",
    "SegmentId",
    "Spelling",
]
