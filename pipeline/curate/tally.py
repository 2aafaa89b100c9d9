"""How far the facilitator has come, in plain words."""

from dataclasses import dataclass

from pipeline.curate.desk import State
from pipeline.curation import Decided
from pipeline.records import Kind, LineRole, Segment, SegmentId
from pipeline.report.words import count

TENS = 20
"""What is left is an estimate: from this many decisions on it is told in tens."""

FEW = 10
"""Quotes up to which they are counted; of more it is told which part is placed."""

PARTS = ((1, 4), (1, 3), (1, 2), (2, 3), (3, 4))


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`done` decisions of about `about`, and `placed` of all `quotes` that say something."""

    done: int
    about: int
    placed: int
    quotes: int

    def words(self) -> str:
        """`41 of about 120 decisions; about 3 of 4 quotes placed`."""
        told = f"about {self.about:,}" if self.about > self.done else f"{self.done:,}"
        return f"{self.done:,} of {told} decisions; {_share(self.placed, self.quotes)} placed"


def settled(decided: Decided) -> frozenset[SegmentId]:
    """The quotes of which it was said where they belong, if only to none."""
    return decided.nowhere.union(*(one.yes for one in decided.concerns))


def says_something(segment: Segment) -> bool:
    """Whether a segment is a quote that can be in a concern."""
    return segment.role is LineRole.CONTENT and segment.kind is not Kind.OTHER


def progress(state: State) -> Progress:
    """What is done and what is left: the quotes of recurring concerns nobody checked, and the names nobody gave."""
    curated = state.curated
    known = settled(curated.decided)
    shared = [one for one in curated.concerns if one.recurring]
    left = sum(quote not in known for one in shared for quote in one.segment_ids)
    left += sum(not one.named for one in shared)
    done = len(state.curation.decisions)
    about = done + left
    within = known.union(*(one.segment_ids for one in curated.concerns))
    quotes = [one.id for one in curated.segments if says_something(one)]
    return Progress(
        done=done,
        about=max(done + 1, round(about, -1)) if about >= TENS and left else about,
        placed=sum(quote in within for quote in quotes),
        quotes=len(quotes),
    )


def _share(part: int, whole: int) -> str:
    """`7 of 9 quotes` if there are few, else `about 3 of 4 quotes`, or `nearly all`."""
    if whole <= FEW or part in {0, whole}:
        return f"{part:,} of {count(whole, 'quote')}"
    if part > whole * 7 / 8:
        return "nearly all quotes"
    top, bottom = min(PARTS, key=lambda one: abs(part / whole - one[0] / one[1]))
    return f"about {top} of {bottom} quotes"
