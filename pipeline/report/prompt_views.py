"""What each group answered under each prompt of the shared template, in its words, and which groups left it out.

segments, Sources, concerns ──► prompt_views ──► PromptView: a row for each group that wrote anything
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from pipeline.analysis_records import Concern, ConcernId
from pipeline.report.concern_views import group_quotes
from pipeline.report.quote_sources import Sources, anchor
from pipeline.report.report_records import ConcernView, GroupCount, PromptView
from pipeline.segment_records import LineRole, Segment, SegmentId
from pipeline.text import normalize
from pipeline.translation import Translation

SHARED = 2
"""Groups that have a line of the template from which on it is a prompt, not a heading of a group's own."""

_WEIGHTS = (1, 2, 4)
"""Numbers of answers from which a cell of the table is marked more strongly, as in the table of concerns."""


def prompt_views(
    segments: Iterable[Segment],
    concerns: Sequence[Concern],
    views: Mapping[ConcernId, ConcernView],
    sources: Sources,
) -> tuple[PromptView, ...]:
    """Return the prompts that two groups or more answered, in the order in which they first occur.

    Wordings that differ in capitals and punctuation only are one prompt, called as most segments have it. `views` has
    the concerns; those are listed under a prompt of which two groups or more have quotes there.
    """
    return tuple(_prompt_view(own, concerns, views, sources) for own in _shared(segments))


def prompt_numbers(segments: Iterable[Segment]) -> Mapping[SegmentId, int]:
    """Return the number, from 1, of the prompt in `prompt_views` that each segment is an answer to, if any."""
    return {segment.id: number for number, own in enumerate(_shared(segments), start=1) for segment in own}


def _shared(segments: Iterable[Segment]) -> list[list[Segment]]:
    """Return the answers to each prompt that two groups or more answered."""
    answers: dict[str, list[Segment]] = {}
    for segment in segments:
        if segment.prompt and segment.role is LineRole.CONTENT:
            answers.setdefault(normalize(segment.prompt) or segment.prompt, []).append(segment)
    return [own for own in answers.values() if len({segment.group for segment in own}) >= SHARED]


def _prompt_view(
    answers: Sequence[Segment],
    concerns: Sequence[Concern],
    views: Mapping[ConcernId, ConcernView],
    sources: Sources,
) -> PromptView:
    wordings = Counter(segment.prompt or "" for segment in answers)
    text = " ".join(wordings.most_common(1)[0][0].split())
    counts = tuple(_counts(Counter(segment.group for segment in answers), sources))
    answered, translation = sum(own.count > 0 for own in counts), sources.translation
    group_of = {segment.id: segment.group for segment in answers}
    return PromptView(
        text=text,
        anchor=anchor("prompt", normalize(text) or text),
        answered=_answered(answered, len(sources.wrote), translation),
        counts=counts,
        answers=group_quotes(map(sources.quote, answers)),
        left_out=translation.join([own.group.name for own in counts if own.wrote and not own.count]),
        concerns=tuple(_recurring_here(concerns, views, group_of)),
    )


def _answered(answered: int, wrote: int, translation: Translation) -> str:
    return translation.ngettext(
        "%(answered)s of %(num)s group answered", "%(answered)s of %(num)s groups answered", wrote, answered=answered
    )


def _counts(answers: Counter[str], sources: Sources) -> Iterator[GroupCount]:
    for group in sources.groups:
        count = answers[group.name]
        weight = sum(count >= least for least in _WEIGHTS)
        yield GroupCount(group=group, count=count, weight=weight, wrote=group.name in sources.wrote)


def _recurring_here(
    concerns: Sequence[Concern], views: Mapping[ConcernId, ConcernView], group_of: Mapping[SegmentId, str]
) -> Iterator[ConcernView]:
    """Yield the claimed concerns of which two groups or more have quotes among these answers, most groups first."""
    groups = {concern.id: _groups(concern.segment_ids, group_of) for concern in concerns if views[concern.id].front}
    for concern_id in sorted(groups, key=lambda concern_id: -len(groups[concern_id])):
        if len(groups[concern_id]) >= SHARED:
            yield views[concern_id]


def _groups(quotes: Iterable[SegmentId], group_of: Mapping[SegmentId, str]) -> AbstractSet[str]:
    return {group_of[quote] for quote in quotes if quote in group_of}
