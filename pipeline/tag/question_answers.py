"""Which line answers which question: one with the label of an answer that follows it in its pad.

tagged segments ─ question, then "A: …" ──► Segment.answer of the question; the answer is no question itself

What hangs under a question in a list answers it, too; that is known from `Segment.parent` and not repeated here.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from pipeline.segment_records import Kind, LineRole, Segment
from pipeline.text import word_list

NEAR = 3
"""Segments after a question among which its answer is looked for: an answer to something further away says so."""


def pair_answers(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Return the segments of an event, in reading order, with the answer of each question that one follows.

    Labels are those of dialogue.toml ("A:", "Answer -", "R :"), in all its languages. The first answer counts,
    and is a statement, however it is worded.
    """
    paired = list(segments)
    question: int | None = None
    for place, segment in enumerate(segments):
        if segment.role is not LineRole.CONTENT:
            continue
        if question is not None and (
            place - question > NEAR or segments[question].pad_id != segment.pad_id or paired[question].answer
        ):
            question = None
        if question is not None and _label().match(segment.text):
            paired[question] = replace(paired[question], answer=segment.id)
            if segment.kind is Kind.QUESTION:
                paired[place] = replace(segment, kind=Kind.STATEMENT)
        elif segment.kind is Kind.QUESTION:
            question = place
    return tuple(paired)


@cache
def _label() -> re.Pattern[str]:
    """Return the pattern of a label: a word of the list with a mark after it; a single letter needs a colon."""
    labels = sorted(word_list("dialogue.toml", "answer"), key=lambda label: (-len(label), label))
    words = "|".join(re.escape(label) for label in labels if len(label) > 1)
    letters = "|".join(re.escape(label) for label in labels if len(label) == 1)
    return re.compile(rf"^[\s*_•-]{{0,6}}(?:(?:{words})[*_]*\s?[:.)–-]|(?:{letters})[*_]*\s?:)\s*\S", re.IGNORECASE)
