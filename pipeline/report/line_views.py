"""What became of every line: the pads line by line, by group, and the ledger that counts the lines."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import accumulate, chain

from fetch.corpus_records import PadId
from pipeline.analysis_records import TEMPLATE_ONLY, Account, Analysis, ConcernId, Ledger
from pipeline.report.line_search import KINDS, facets
from pipeline.report.prompt_views import prompt_numbers
from pipeline.report.quote_sources import (
    Source,
    Sources,
    Spans,
    anchor,
    hidden_spans,
    line_anchor,
    line_ranges,
)
from pipeline.report.report_records import (
    DEEPEST,
    AccountView,
    ConcernView,
    GroupView,
    LedgerView,
    LinePart,
    LineView,
    PadView,
    QuestionView,
)
from pipeline.segment_records import Kind, LineRole, Segment, SegmentId
from pipeline.translation import N_, Translation

TENTHS = 1000
"""Shares are computed in tenths of a percent."""

_ACCOUNTS: Mapping[Account, str] = {
    Account.CONCERN: N_("In a concern of several groups"),
    Account.ONE_GROUP: N_("In a concern of one group only"),
    Account.QUESTION: N_("Question in no concern"),
    Account.NEXT_STEP: N_("Next step in no concern"),
    Account.UNCLUSTERED: N_("In no concern"),
    Account.DUPLICATE: N_("Set aside: repeats an earlier line"),
    Account.STRUCK: N_("Struck out by the group"),
    Account.HIDDEN: N_("Hidden by the facilitator"),
    Account.REDACTED: N_("Redacted by the facilitator"),
    Account.PROMPT: N_("Prompt of the shared template"),
    Account.HEADING: N_("Heading"),
    Account.BOILERPLATE: N_("Set aside: boilerplate"),
    Account.EMPTY: N_("Empty"),
}
_CONCERN_OR_ECHO = N_("In a concern of several groups, or among lines that echo each other")
"""The account of concerns where not all of these are claimed to be any."""

# Translators: heads of narrow columns, beside a table that says it in full: how many lines are in …
_SHORT_TITLES: Mapping[Account, str] = {
    Account.CONCERN: N_("Of several groups"),
    Account.ONE_GROUP: N_("Of one group"),
    Account.QUESTION: N_("Question"),
    Account.NEXT_STEP: N_("Next step"),
    Account.UNCLUSTERED: N_("In no concern"),
    Account.DUPLICATE: N_("Repeated"),
    Account.STRUCK: N_("Struck out"),
    Account.HIDDEN: N_("Hidden"),
    Account.REDACTED: N_("Redacted"),
    Account.PROMPT: N_("Prompt"),
    Account.HEADING: N_("Heading"),
    Account.BOILERPLATE: N_("Boilerplate"),
    Account.EMPTY: N_("Empty"),
}
_OPEN_QUESTION = N_("Open question")
_ANSWER = N_("May answer a question")
STATED = N_("changed by the facilitator")
"""Of a segment whose kind, owner or date the facilitator gave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Index:
    """The segments on each line (pad, number), the views of all concerns, and what is hidden in each pad.

    `questions` says of questions and what may answer them, by `Quote.at`, which of these they are. Of `stated` segments
    the facilitator said what they are.
    `prompts` are the numbers of the prompts that segments answer.
    """

    segments: Mapping[tuple[PadId, int], Sequence[Segment]]
    concerns: Mapping[ConcernId, ConcernView]
    hidden: Mapping[PadId, Spans]
    questions: Mapping[str, str]
    prompts: Mapping[SegmentId, int]
    stated: AbstractSet[SegmentId]


def group_views(
    analysis: Analysis,
    sources: Sources,
    concerns: Mapping[ConcernId, ConcernView],
    questions: Iterable[QuestionView],
) -> tuple[GroupView, ...]:
    """Return every group with its pads, in event order; `concerns` and `questions` are the views of all of them."""
    segments: dict[tuple[PadId, int], list[Segment]] = defaultdict(list)
    for segment in analysis.segments:
        for line in range(segment.line, segment.line + segment.text.count("\n") + 1):
            segments[segment.pad_id, line].append(segment)
    index = _Index(
        segments=segments,
        concerns=concerns,
        hidden=hidden_spans(analysis),
        questions=_questions_and_answers(questions),
        prompts=prompt_numbers(analysis.segments),
        stated=frozenset(analysis.curation.stated_ids),
    )
    echoes = any(concern.recurring and not concern.front for concern in concerns.values())
    views = []
    for group in sources.groups:
        pads = [source for source in sources.by_pad.values() if source.group == group]
        accounts = [analysis.ledger.lines[source.info.pad_id] for source in pads]
        counts = Counter(chain.from_iterable(accounts))
        views.append(
            GroupView(
                group=group,
                summary=_summary(counts, sources.translation, echoes=echoes),
                line_counts=tuple(counts[account] for account in _used(analysis.ledger)),
                line_total=counts.total(),
                pads=tuple(_pad_view(pad, own, index, sources) for pad, own in zip(pads, accounts, strict=True)),
            )
        )
    return tuple(views)


def _summary(counts: Counter[Account], translation: Translation, *, echoes: bool) -> str:
    """Return how many lines a group has and how many of these are its own words, by account; "" if none are."""
    questions, steps = counts[Account.QUESTION], counts[Account.NEXT_STEP]
    shared = N_("%(lines)s in concerns of several groups")
    if echoes:
        shared = N_("%(lines)s in concerns of several groups or like lines of other groups")
    accounts = {
        Account.CONCERN: translation.gettext(shared, lines=counts[Account.CONCERN]),
        Account.ONE_GROUP: translation.gettext(
            "%(lines)s in concerns of this group only", lines=counts[Account.ONE_GROUP]
        ),
        Account.QUESTION: translation.ngettext("%(num)s other question", "%(num)s other questions", questions),
        Account.NEXT_STEP: translation.ngettext("%(num)s other next step", "%(num)s other next steps", steps),
        Account.UNCLUSTERED: translation.gettext("%(lines)s in no concern", lines=counts[Account.UNCLUSTERED]),
    }
    listed = translation.join([text for account, text in accounts.items() if counts[account]])
    lines = counts.total()
    if not listed:
        return ""
    return translation.ngettext("%(num)s line: %(accounts)s.", "%(num)s lines: %(accounts)s.", lines, accounts=listed)


def _pad_view(source: Source, accounts: Sequence[Account], index: _Index, sources: Sources) -> PadView:
    translation = sources.translation
    remark = None
    if set(accounts) <= {Account.EMPTY}:
        remark = translation.gettext("This pad was empty.")
    elif set(accounts) <= TEMPLATE_ONLY:
        remark = translation.gettext("This pad held the template only; the group wrote nothing in it.")
    return PadView(
        name=source.info.pad_id,
        anchor=anchor("pad", source.info.pad_id),
        revision=None if source.info.revision is None else str(source.info.revision),
        sha256=source.info.sha256,
        url=source.url,
        remark=remark,
        lines=tuple(_lines(source, accounts, index, sources)),
    )


def _lines(source: Source, accounts: Sequence[Account], index: _Index, sources: Sources) -> Iterator[LineView]:
    pad_id = source.info.pad_id
    lines = zip(line_ranges(source.text, index.hidden.get(pad_id, ())), accounts, strict=True)
    for number, (ranges, account) in enumerate(lines, start=1):
        segments = index.segments.get((pad_id, number), ())
        start, end = ranges[0][0], ranges[-1][1]
        if any(hidden for *_, hidden in ranges):
            place, parts = None, _shown_parts(source, ranges, sources.translation)
        else:
            place, parts = source.place(start, end), _language_parts(source.text[start:end], start, segments, sources)
        ids = {concern.id: None for segment in segments for concern in sources.concerns.get(segment.id, ())}
        found = (index.concerns[concern_id] for concern_id in ids)
        concerns = sorted(found, key=lambda concern: (not concern.front, not concern.recurring))
        yield LineView(
            number=number,
            anchor=line_anchor(pad_id, number),
            at=place,
            parts=tuple(parts),
            level=min(max((segment.level for segment in segments), default=0), DEEPEST),
            account=account.value,
            concerns=tuple(concerns),
            notes=_notes(account, segments, index, sources, in_concern=bool(concerns)),
            facets=tuple(facets(account, segments, index.prompts, sources.translation.language)),
        )


def _shown_parts(
    source: Source, ranges: Sequence[tuple[int, int, bool]], translation: Translation
) -> Iterator[LinePart]:
    """Yield a line in parts, with `[hidden]` in place of what is hidden."""
    for first, last, hidden in ranges:
        if hidden:
            yield LinePart(text=translation.gettext("[hidden]"))
        else:
            yield LinePart(text=source.text[first:last], at=source.place(first, last))


def _language_parts(text: str, start: int, segments: Sequence[Segment], sources: Sources) -> Iterator[LinePart]:
    """Yield a line, which begins at `start` in its pad, cut where the language of its segments changes."""
    done = 0
    for segment in segments:
        language = sources.language_tag(segment.language)
        first, last = max(segment.start - start, done), min(segment.end - start, len(text))
        if language is None or first >= last:
            continue
        if first > done:
            yield LinePart(text=text[done:first])
        yield LinePart(text=text[first:last], language=language)
        done = last
    if done < len(text):
        yield LinePart(text=text[done:])


def _questions_and_answers(questions: Iterable[QuestionView]) -> dict[str, str]:
    wordings = [wording for question in questions for wording in (question, *question.others)]
    answers = {answer.quote.at: _ANSWER for wording in wordings for answer in wording.answers}
    asked = {wording.quote.at: KINDS[Kind.QUESTION] if wording.answers else _OPEN_QUESTION for wording in wordings}
    return answers | asked


def _notes(
    account: Account, segments: Sequence[Segment], index: _Index, sources: Sources, *, in_concern: bool
) -> tuple[str, ...]:
    """Return what kinds of segments are on a line, or its account if that says more, and whom they speak of."""
    content = [note for note in segments if note.role is LineRole.CONTENT]
    questions = [index.questions.get(sources.quote(note).at) for note in content]
    kinds = [
        KINDS.get(note.kind) if note.kind in {Kind.ACTION, Kind.DECISION} else question
        for note, question in zip(content, questions, strict=True)
    ]
    notes = list(dict.fromkeys(filter(None, kinds))) or ([] if in_concern else [_ACCOUNTS[account]])
    about = dict.fromkeys(note.about_group for note in content if note.about_group)
    gettext = sources.translation.gettext
    stated = [gettext(STATED)] if any(note.id in index.stated for note in content) else []
    return (*map(gettext, notes), *stated, *(gettext("Speaks of %(group)s", group=group) for group in about))


def ledger_view(ledger: Ledger, translation: Translation, *, echoes: bool) -> LedgerView:
    """Return the accounts of the ledger that hold any line, with shares that add up to 100%.

    With `echoes`, some lines of several groups are only said to echo each other.
    """
    used = _used(ledger)
    titles = {**_ACCOUNTS, Account.CONCERN: _CONCERN_OR_ECHO} if echoes else _ACCOUNTS
    shares = largest_remainder([ledger.counts[account] for account in used])
    return LedgerView(
        accounts=tuple(
            AccountView(
                account=account.value,
                title=translation.gettext(titles[account]),
                short_title=translation.gettext(_SHORT_TITLES[account]),
                lines=translation.number(ledger.counts[account]),
                share=translation.percent(share / TENTHS),
                x=end - share,
                width=share,
            )
            for account, share, end in zip(used, shares, accumulate(shares), strict=True)
        ),
        total=translation.number(ledger.total),
        share=translation.percent(sum(shares) / TENTHS),
    )


def _used(ledger: Ledger) -> list[Account]:
    return [account for account in Account if ledger.counts[account]]


def largest_remainder(counts: Sequence[int]) -> tuple[int, ...]:
    """Return the share of each count in tenths of a percent, adding up to 1000 (Hamilton's method); 0 if all are 0."""
    total = sum(counts)
    if not total:
        return tuple(0 for _ in counts)
    shares = [number * TENTHS // total for number in counts]
    by_remainder = sorted(range(len(counts)), key=lambda index: (-(counts[index] * TENTHS % total), index))
    for index in by_remainder[: TENTHS - sum(shares)]:
        shares[index] += 1
    return tuple(shares)
