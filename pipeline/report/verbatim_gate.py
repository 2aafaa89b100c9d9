"""The verbatim gate: an analysis is rendered, and files are written, only if every quote is what its stored pad says.

    Analysis ──► check_analysis ──► rendering ──► check_outputs ──► files

Before rendering, every quote of the analysis is compared with the pads. Before anything is written, each file is read
back and the quotes that readers see in it are compared with the pads again.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from pathlib import PurePath

from fetch.corpus_records import Corpus, Pad, PadId, permanent_names
from fetch.errors import PadharvestError
from pipeline.analysis_records import Analysis, Changes, CitedSentence, Concern, Milestone, PadInfo
from pipeline.progress import track
from pipeline.report import formats
from pipeline.report.formats.output_format import ReadQuote, Span
from pipeline.report.quote_sources import Spans, hidden_spans, page_path
from pipeline.segment_records import Entity, Kind, LineRole, Segment, SegmentId
from pipeline.serialization import ANALYSIS_FILE, from_json

_DIGIT = re.compile(r"\d")


class VerbatimError(PadharvestError):
    """A quote is not a substring of its pad, so nothing is written: no group is misquoted."""


def check_analysis(analysis: Analysis, pads: Sequence[Pad]) -> None:
    """Raise VerbatimError unless every quote of `analysis` is what `pads` say at its place.

    The pads must be the ones that were analysed (equal sha256); each segment must be `pad.text[start:end]`, by the
    pad's group; owner and due must be words of their segment; each mention must lie inside its segment; each concern's
    quotes and exemplars must exist and be its own; each milestone must be of a quote that is shown, and so must
    questions that are said to be the same. What a language model wrote is no quote: each of its sentences must cite
    quotes that are shown, of its own concern.
    """
    fault = next(_analysis_faults(analysis, {pad.pad_id: pad for pad in pads}), None)
    if fault:
        raise VerbatimError(f"{fault} Nothing was written; run `make analyze EVENT={analysis.event.id}` again.")


def _analysis_faults(analysis: Analysis, pads: Mapping[PadId, Pad]) -> Iterator[str]:
    yield from _pad_faults(analysis, pads)
    for segment_id, count in Counter(segment.id for segment in analysis.segments).items():
        if count > 1:
            yield f"{count} quotes have the same id {segment_id}."
    groups = {info.pad_id: info.group for info in analysis.pads}
    segments = {segment.id: segment for segment in analysis.segments}
    for segment in analysis.segments:
        for fault in _segment_faults(segment, pads.get(segment.pad_id), groups.get(segment.pad_id)):
            yield f"Pad {segment.pad_id}, line {segment.line}: {fault}."
    for entity in analysis.entities:
        yield from _mention_faults(entity, segments)
    for milestone in analysis.milestones:
        yield from _milestone_faults(milestone, segments)
    yield from _question_faults(analysis.same_questions, segments)
    for concern in analysis.concerns:
        yield from _concern_faults(concern, segments)
        its_own = [segments[member] for member in concern.segment_ids if member in segments]
        yield from _citation_faults(f"The summary of the concern {concern.label}", concern.summary, its_own)
    if analysis.reading:
        yield from _citation_faults("The summary of the event", analysis.reading.summary, analysis.segments)
    if analysis.changes:
        yield from _change_faults(analysis.changes, analysis.concerns, segments)


def _pad_faults(analysis: Analysis, pads: Mapping[PadId, Pad]) -> Iterator[str]:
    for info in analysis.pads:
        if info.pad_id not in pads:
            yield f"Pad {info.pad_id} was analysed but is no longer in the corpus."
        elif pads[info.pad_id].sha256 != info.sha256:
            yield f"Pad {info.pad_id} has changed since it was analysed."
    for pad_id in sorted(pads.keys() - {info.pad_id for info in analysis.pads}):
        yield f"Pad {pad_id} was added to the corpus after the analysis."


def _segment_faults(segment: Segment, pad: Pad | None, group: str | None) -> Iterator[str]:
    if pad is None:
        yield "a quote is attributed to a pad that was not analysed"
        return
    if not 0 <= segment.start < segment.end <= len(pad.text) or pad.text[segment.start : segment.end] != segment.text:
        yield "a quote is not what the pad says"
    if pad.text.count("\n", 0, segment.start) + 1 != segment.line:
        yield "a quote is attributed to a line that it is not on"
    if segment.group != group:
        yield f"a quote is attributed to {segment.group}, but the pad is by {group}"
    for name, words in (("owner", segment.owner), ("due", segment.due)):
        if words is not None and words not in segment.text:
            yield f"the {name} of a next step is not in its own words"


def _mention_faults(entity: Entity, segments: Mapping[SegmentId, Segment]) -> Iterator[str]:
    for mention in entity.mentions:
        segment = segments.get(mention.segment_id)
        if segment is None:
            yield f"The name {entity.name} is attributed to a quote that does not exist."
        elif not 0 <= mention.start < mention.end <= len(segment.text):
            yield f"Pad {segment.pad_id}, line {segment.line}: the name {entity.name} reaches beyond its quote."


def _milestone_faults(milestone: Milestone, segments: Mapping[SegmentId, Segment]) -> Iterator[str]:
    segment = segments.get(milestone.segment_id)
    if segment is None:
        yield "A milestone is attributed to a quote that does not exist."
    elif segment.role is not LineRole.CONTENT:
        yield f"Pad {segment.pad_id}, line {segment.line}: a milestone is attributed to a quote that is not shown."
    elif milestone.first > milestone.last:
        yield f"Pad {segment.pad_id}, line {segment.line}: a milestone ends before it begins."


def _question_faults(same: Iterable[Sequence[SegmentId]], segments: Mapping[SegmentId, Segment]) -> Iterator[str]:
    """Yield questions that are said to be the same as others, and are none, are not shown, or are so twice."""
    for member, count in Counter(member for members in same for member in members).items():
        segment = segments.get(member)
        if segment is None or segment.role is not LineRole.CONTENT or segment.kind is not Kind.QUESTION:
            yield f"The quote {member} is said to ask the same as others, but is no question that is shown."
        elif count > 1:
            yield f"Pad {segment.pad_id}, line {segment.line}: a question is said to be the same as others twice."


def _concern_faults(concern: Concern, segments: Mapping[SegmentId, Segment]) -> Iterator[str]:
    if not segments.keys() >= set(concern.segment_ids):
        yield f"The concern {concern.label} has a quote that does not exist."
        return
    if not set(concern.segment_ids).issuperset(concern.exemplar_ids):
        yield f"The concern {concern.label} shows a quote that is not its own."
    if set(concern.groups) != {segments[member].group for member in concern.segment_ids}:
        yield f"The concern {concern.label} names other groups than its quotes come from."


def _citation_faults(summary: str, sentences: Iterable[CitedSentence], segments: Iterable[Segment]) -> Iterator[str]:
    """Yield what is wrong with the citations of a summary of `segments`, which may be hidden or set aside."""
    roles = {segment.id: segment.role for segment in segments}
    for sentence in sentences:
        if not sentence.segment_ids:
            yield f"{summary} has a sentence that cites no line."
        if not roles.keys() >= set(sentence.segment_ids):
            yield f"{summary} cites a quote that does not exist or is not its own."
        elif any(roles[cited] is not LineRole.CONTENT for cited in sentence.segment_ids):
            yield f"{summary} cites a quote that is not shown."


def _change_faults(
    changes: Changes, concerns: Sequence[Concern], segments: Mapping[SegmentId, Segment]
) -> Iterator[str]:
    """Yield lines and concerns that are said to have changed and are not shown, and lines that are counted twice."""
    if not {change.concern_id for change in changes.concerns} <= {None, *(concern.id for concern in concerns)}:
        yield "A concern that is said to have changed does not exist."
    for pad in changes.pads:
        if set(pad.new) & set(pad.edited):
            yield f"A line of {pad.group} is said to be both new and edited."
        for changed in (*pad.new, *pad.edited, *pad.done):
            if changed not in segments or segments[changed].role is not LineRole.CONTENT:
                yield f"A line of {pad.group} that is said to have changed is not shown."


@dataclass(frozen=True, slots=True, kw_only=True)
class PadIndex:
    """An analysis and its pads as all files are compared with them.

    `pads` are by number and by id. `line_ends` are the places of the newlines in each pad. `pages` names the group of
    each page without its ending, and `of_group` is the analysis with the segments of one group alone. `about` are those
    that speak of a group.
    """

    analysis: Analysis
    corpus: Corpus
    texts: Mapping[PadId, str]
    pads: Mapping[int | str, PadInfo]
    hidden: Mapping[PadId, Spans]
    line_ends: Mapping[PadId, Sequence[int]]
    pages: Mapping[str, str]
    of_group: Mapping[str, Analysis]
    segments: Mapping[SegmentId, Segment]
    about: Mapping[str, Sequence[Segment]]

    def line_of(self, pad_id: PadId, start: int) -> int:
        """Return the line, from 1, that a place in a pad's text is on."""
        return bisect_left(self.line_ends.get(pad_id, ()), start) + 1


def index_pads(analysis: Analysis, corpus: Corpus) -> PadIndex:
    """Return an analysis and its pads in the form that files are compared with."""
    numbered: dict[int | str, PadInfo] = dict(enumerate(analysis.pads, start=1))
    segments: dict[str, list[Segment]] = {info.group: [] for info in analysis.pads}
    about: defaultdict[str, list[Segment]] = defaultdict(list)
    for segment in analysis.segments:
        segments.setdefault(segment.group, []).append(segment)
        if segment.about_group:
            about[segment.about_group].append(segment)
    return PadIndex(
        analysis=analysis,
        corpus=corpus,
        texts={pad.pad_id: pad.text for pad in corpus.pads},
        pads=numbered | {info.pad_id: info for info in analysis.pads},
        hidden=hidden_spans(analysis),
        line_ends={pad.pad_id: [end.start() for end in re.finditer("\n", pad.text)] for pad in corpus.pads},
        pages={page_path(permanent): group for group, permanent in permanent_names(analysis.pads).items()},
        segments={segment.id: segment for segment in analysis.segments},
        about=about,
        of_group={group: replace(analysis, segments=tuple(own)) for group, own in segments.items()},
    )


def check_outputs(outputs: Mapping[str, bytes], analysis: Analysis, corpus: Corpus) -> None:
    """Raise VerbatimError unless each of `outputs`, the files to be written by name, quotes what the pads say.

    analysis.json must pass `check_analysis`. In any other file each quote must be the words at its place, attributed to
    their line; nothing that the facilitator hid may be quoted, and all that the format requires must be. The page of a
    group may quote other groups in the concerns that it is in, and nowhere else. A file that no format reads back or
    declares to quote nothing is refused.
    """
    check_files(outputs, index_pads(analysis, corpus))


def check_files(outputs: Mapping[str, bytes], index: PadIndex) -> None:
    """Do what `check_outputs` does, with an analysis and its pads as `index_pads` returned them."""
    for name, content in track(list(outputs.items()), "proofread"):
        if name == ANALYSIS_FILE:
            check_analysis(from_json(content), index.corpus.pads)
            continue
        fault = _output_fault(name, content.decode(), index)
        if fault:
            raise VerbatimError(f"{name}: {fault}; nothing was written.")


def _output_fault(name: str, text: str, index: PadIndex) -> str | None:
    """Return what is wrong with a file, if anything; a declaration that it quotes nothing exempts no file that does."""
    group = index.pages.get(name.removesuffix(PurePath(name).suffix))
    analysis, texts = index.analysis, index.texts
    if group is not None:
        analysis = index.of_group[group]
        texts = {info.pad_id: texts[info.pad_id] for info in analysis.pads if info.group == group}
    for declared in formats.FORMATS:
        required = declared.quotes.get(name) if group is None else declared.group_pages.get(PurePath(name).suffix)
        if required and declared.read_back:
            try:
                quotes = list(declared.read_back(text))
                faults = _quote_faults(quotes, required(analysis, texts), index)
                return next(faults if group is None else chain(faults, _foreign_faults(quotes, group, index)), None)
            except (KeyError, ValueError) as error:
                return f"its quotes cannot be read back ({error})"
    if any(name in declared.quotes_nothing for declared in formats.FORMATS):
        return None
    return "no output format reads its quotes back or declares that it has none"


def _foreign_faults(quotes: Iterable[ReadQuote], group: str, index: PadIndex) -> Iterator[str]:
    """Yield quotes of other groups on the page of a group that are in no concern with its own and not about it."""
    concerns = (concern for concern in index.analysis.concerns if group in concern.groups)
    members = (member for concern in concerns for member in concern.segment_ids)
    shared = (index.segments[member] for member in members if member in index.segments)
    told = chain(index.about.get(group, ()), shared)
    places = {(one.pad_id, one.start, one.end) for one in told}
    for quote in quotes:
        info = index.pads[quote.pad]
        if info.group != group and (info.pad_id, quote.start, quote.end) not in places:
            yield f"the words of {info.group} are in no concern of {group}, nor about it, and must not be on its page"


def _quote_faults(quotes: Iterable[ReadQuote], required: Iterable[Span], index: PadIndex) -> Iterator[str]:
    missing = set(required)
    for quote in quotes:
        info = index.pads.get(quote.pad)
        if info is None:
            yield f"a quote is attributed to pad {quote.pad}, which was not analysed"
            continue
        pad_id, text = info.pad_id, index.texts.get(info.pad_id, "")
        line = index.line_of(pad_id, quote.start)
        if quote.start < 0 or quote.end - quote.start != len(quote.text) or text[quote.start : quote.end] != quote.text:
            yield f"the quote on line {line} of pad {pad_id} is not what the pad says"
        hidden = index.hidden.get(pad_id, ())
        if hidden and any(max(quote.start, first) < min(quote.end, last) for first, last in hidden):
            yield f"the words on line {line} of pad {pad_id} are hidden and must not be quoted"
        if not names_line(quote.where, line, info):
            yield f"the quote on line {line} of pad {pad_id} is attributed to {quote.where!r}"
        missing.discard((pad_id, quote.start, quote.end))
    for pad_id, start, _ in sorted(missing):
        yield f"the words on line {index.line_of(pad_id, start)} of pad {pad_id} are missing"


def names_line(where: str, line: int, info: PadInfo) -> bool:
    """Return whether a printed place names `line`, apart from numbers in the names of the group and the pad."""
    place = where.removeprefix(f"{info.group}, ")
    without_pad = place.removesuffix(f" {info.pad_id}")
    if _DIGIT.search(without_pad):
        place = without_pad
    return _line_number(line).search(place) is not None


@cache
def _line_number(line: int) -> re.Pattern[str]:
    """Return a pattern of a number as any language prints it: 1204, 1,204 or 1.204."""
    number = f"{line:,}".replace(",", r"\D?")
    return re.compile(rf"(?<!\d){number}(?!\d)")
