"""The kinds of things that an analysis tells apart, and what they are called."""

from enum import StrEnum
from typing import NewType

SegmentId = NewType("SegmentId", str)
EntityId = NewType("EntityId", str)
ConcernId = NewType("ConcernId", str)
LineNo = NewType("LineNo", int)
"""A line of a pad, from 1; lines end at `\\n` and nowhere else."""


class Kind(StrEnum):
    """What a segment does."""

    STATEMENT = "statement"
    QUESTION = "question"
    ACTION = "action"
    DECISION = "decision"
    OTHER = "other"


class Label(StrEnum):
    """What an entity is."""

    PERSON = "PERSON"
    ORG = "ORG"
    PLACE = "PLACE"
    EVENT = "EVENT"
    PRODUCT = "PRODUCT"
    DATE = "DATE"


class Precision(StrEnum):
    """How exactly a date is said: to the day, or only the week, month, quarter or year; half a year is quarters."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class LineRole(StrEnum):
    """What a line is before anything is clustered; `hidden` and `redacted` are segments only, by decision."""

    EMPTY = "empty"
    HEADING = "heading"
    PROMPT = "prompt"
    BOILERPLATE = "boilerplate"
    DUPLICATE = "duplicate"
    STRUCK = "struck"
    HIDDEN = "hidden"
    REDACTED = "redacted"
    CONTENT = "content"


class Account(StrEnum):
    """The ledger's entry for a line; every line of every pad has exactly one."""

    CONCERN = "concern"
    ONE_GROUP = "one_group"
    QUESTION = "question"
    NEXT_STEP = "next_step"
    UNCLUSTERED = "unclustered"
    DUPLICATE = "duplicate"
    STRUCK = "struck"
    HIDDEN = "hidden"
    REDACTED = "redacted"
    PROMPT = "prompt"
    HEADING = "heading"
    BOILERPLATE = "boilerplate"
    EMPTY = "empty"


REDACTED = "[redacted]"
"""What every output has in place of words that the facilitator redacted; the text of pads is read with it."""
