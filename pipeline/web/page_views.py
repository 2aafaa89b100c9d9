"""How far the facilitator has come, in plain words.

Decisions in plain words for the page, which may repeat quotes: it is seen by the facilitator only.

View: from the event as decided to what each page shows.

Questions: from what would be most worth knowing to a page that asks it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.active_learning.line_suggestions import State as Learned
from pipeline.active_learning.line_suggestions import Suggestion
from pipeline.active_learning.next_question import Ask, Question
from pipeline.analysis_records import Concern, Kind, LineRole, Reason, Segment, SegmentId
from pipeline.curation import Anchor, ConcernRef, Decided, Decision
from pipeline.curation.board import concern_id
from pipeline.curation.decisions import (
    Belongs,
    HideConcern,
    HideQuote,
    Merge,
    New,
    NotAConcern,
    NotHere,
    NotSame,
    Redact,
    Rename,
    Same,
    Secrets,
    Split,
)
from pipeline.curation.redaction import without
from pipeline.report.quote_sources import group_marks
from pipeline.report.words import count, strength
from pipeline.web.curation_session import State
from pipeline.web.page_records import (
    AskPage,
    ConcernPage,
    DecisionsPage,
    Item,
    Link,
    Option,
    Overview,
    RestPage,
    Row,
    Status,
    Taken,
)

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


SHOWN = 70
"""Characters of a quote that a sentence repeats."""


def sentence(decision: Decision, secrets: Secrets) -> str:
    """What was decided, without words that are redacted."""
    return without(_said(decision), secrets)


def _said(decision: Decision) -> str:  # noqa: C901, PLR0911 - one sentence for each kind of decision
    match decision:
        case Rename():
            return f"{_concern(decision.concern)} is called “{decision.name}”."
        case Merge():
            return f"{' and '.join(map(_concern, decision.concerns))} are one concern, “{decision.name}”."
        case Split():
            return f"{_quotes(decision.quotes)} of {_concern(decision.concern)} became “{decision.name}”."
        case New():
            return f"New concern “{decision.name}”{f' with {_quotes(decision.quotes)}' if decision.quotes else ''}."
        case Belongs():
            return f"{_quote(decision.quote)} belongs to {_concern(decision.concern)}."
        case NotHere():
            place = _concern(decision.concern) if decision.concern else "any concern"
            return f"{_quote(decision.quote)} does not belong to {place}."
        case NotAConcern():
            return f"{_concern(decision.concern)} is not a concern."
        case HideQuote():
            return f"{_quote(decision.quote)} is hidden."
        case HideConcern():
            return f"{_concern(decision.concern)} is hidden, with its quotes."
        case Redact():
            words = f"{decision.count} word{'' if decision.count == 1 else 's'}"
            return f"{_quote(decision.quote) if decision.quote else words} redacted wherever it is said."
        case Same() | NotSame():
            names = " and ".join(f"“{name}”" for name in decision.names)
            return f"{names} are {'' if isinstance(decision, Same) else 'not '}the same."


def _concern(ref: ConcernRef) -> str:
    return f"“{ref.name}”"


def _quotes(quotes: tuple[Anchor, ...]) -> str:
    return f"{len(quotes)} quote{'' if len(quotes) == 1 else 's'}"


def _quote(anchor: Anchor) -> str:
    if anchor.text is not None:
        return f"“{anchor.text if len(anchor.text) <= SHOWN else anchor.text[: SHOWN - 1] + '…'}”"
    line = f" on line {anchor.line}" if anchor.line else ""
    return f"The quote{line} of pad {anchor.pad}" if anchor.pad else "A quote"


PER_PAGE = 40
"""Quotes of a page of the rest."""


class View:
    """The pages of one state of the event."""

    def __init__(self, state: State, title: str) -> None:
        """`title` is the event's."""
        self._state = state
        self._title = title
        curated = state.curated
        self._settled = settled(curated.decided)
        self._segments = {one.id: one for one in curated.segments}
        self._inside = {quote: _link(one) for one in curated.concerns for quote in one.segment_ids}
        names = tuple(dict.fromkeys(pad.group for pad in state.found.redacted.pads))
        self._marks = {mark.name: mark for mark in group_marks(names)}
        self._wrote = len({one.group for one in curated.segments if one.role is LineRole.CONTENT})
        self._empty = tuple(_link_to(concern_id(name), name) for name in curated.outcome.empty)
        self.links: tuple[Link, ...] = (*map(_link, curated.concerns), *self._empty)

    def status(self) -> Status:
        """What stands on every page."""
        decisions = self._state.curation.decisions
        secrets = self._state.found.redacted.secrets
        return Status(
            title=self._title,
            version=self._state.version,
            progress=progress(self._state).words(),
            last=sentence(decisions[-1], secrets) if decisions else "",
            decisions=len(decisions),
            lost=len({orphan.decision for orphan in self._state.curated.outcome.orphans}),
        )

    def inside(self, quote: SegmentId) -> Link | None:
        """The concern that a quote is in."""
        return self._inside.get(quote)

    def called(self, name: str) -> Link | None:
        """The concern with this name."""
        return next((link for link in self.links if link.label.casefold() == name.casefold()), None)

    def overview(self) -> Overview:
        """All concerns, the most clearly recurring first."""
        concerns = self._state.curated.concerns
        outcome = self._state.curated.outcome
        hidden = (count(outcome.hidden_concerns, "concern"), count(outcome.hidden_quotes, "quote"))
        return Overview(
            status=self.status(),
            recurring=tuple(self._row(one) for one in concerns if one.recurring),
            one_group=tuple(self._row(one) for one in concerns if not one.recurring),
            empty=tuple(
                Row(link=link, strength="", quotes="no quotes", todo="needs quotes", named=True) for link in self._empty
            ),
            rest=count(len(self._rest()), "quote"),
            hidden=" and ".join(hidden) if outcome.hidden_quotes else "",
        )

    def concern(self, wanted: str, at: int) -> ConcernPage | None:
        """The page of a concern, none where there is no such; `at` is the number of the quote to be at."""
        place = next((number for number, link in enumerate(self.links) if link.id == wanted), None)
        if place is None:
            return None
        link = self.links[place]
        one = next((one for one in self._state.curated.concerns if one.id == wanted), None)
        ids = one.segment_ids if one else ()
        reasons = {reason.segment_id: reason for reason in one.reasons} if one else {}
        open_ids = [quote for quote in ids if quote not in self._settled]
        suggested = [quote for quote in open_ids if one and quote in one.suggested_ids]
        order = [*(quote for quote in open_ids if quote not in suggested), *suggested]
        order += [quote for quote in ids if quote in self._settled]
        here = min(at, len(open_ids) - 1)
        items = [
            self.item(self._segments[quote], n, focus=n == here, why=self._why(reasons.get(quote)))
            for n, quote in enumerate(order)
        ]
        first_suggested = len(open_ids) - len(suggested)
        return ConcernPage(
            status=self.status(),
            link=link,
            strength=strength(len(one.groups), self._wrote, len(one.clear_groups)) if one else "no quotes yet",
            named=one.named if one else True,
            terms=", ".join(one.terms) if one else "",
            to_check=tuple(items[:first_suggested]),
            suggested=tuple(items[first_suggested : len(open_ids)]),
            decided=tuple(items[len(open_ids) :]),
            others=tuple(other for other in self.links if other.id != wanted),
            before=self.links[place - 1] if place else None,
            after=self.links[place + 1] if place + 1 < len(self.links) else None,
        )

    def rest(self, number: int, at: int) -> RestPage:
        """A page of the quotes in no concern; those that were put in none come last."""
        quotes = sorted(self._rest(), key=lambda one: one.id in self._settled)
        pages = max(1, -(-len(quotes) // PER_PAGE))
        number = min(max(1, number), pages)
        shown = quotes[(number - 1) * PER_PAGE : number * PER_PAGE]
        return RestPage(
            status=self.status(),
            items=tuple(self.item(one, n, focus=n == min(at, len(shown) - 1)) for n, one in enumerate(shown)),
            others=self.links,
            quotes=count(len(quotes), "quote"),
            number=number,
            pages=pages,
        )

    def decisions(self) -> DecisionsPage:
        """All decisions, and which of them could not be placed."""
        secrets = self._state.found.redacted.secrets
        lost = {orphan.decision: orphan for orphan in self._state.curated.outcome.orphans}
        taken = [
            Taken(
                number=number,
                words=sentence(decision, secrets),
                lost=lost[number].why if number in lost else "",
                near=tuple(self.item(self._segments[quote], 0) for quote in lost[number].near)
                if number in lost
                else (),
            )
            for number, decision in enumerate(self._state.curation.decisions, 1)
        ]
        return DecisionsPage(status=self.status(), decisions=tuple(reversed(taken)))

    def _rest(self) -> Sequence[Segment]:
        return [one for one in self._state.curated.segments if says_something(one) and one.id not in self._inside]

    def _row(self, one: Concern) -> Row:
        unchecked = sum(quote not in self._settled for quote in one.segment_ids)
        todo = [f"{unchecked} to check"] if unchecked else []
        return Row(
            link=_link(one),
            strength=strength(len(one.groups), self._wrote, len(one.clear_groups)),
            quotes=count(len(one.segment_ids), "quote"),
            todo=", ".join(todo if one.named else [*todo, "working title"]) or "done",
            named=one.named,
        )

    def item(self, one: Segment, at: int, *, focus: bool = False, why: str = "") -> Item:
        """A quote, the one at number `at` of its page."""
        return Item(
            at=at,
            id=one.id,
            text=one.text,
            language=one.language if one.language != "und" else None,
            group=self._marks[one.group],
            where=f"pad {one.pad_id}, line {one.line}",
            why=why,
            decided=one.id in self._settled,
            inside=self._inside.get(one.id),
            focus=focus,
        )

    def _why(self, reason: Reason | None) -> str:
        """Why the program put a quote here: what it is like, and words of both."""
        if reason is None or reason.exemplar_id == reason.segment_id:
            return ""
        like = self._segments[reason.exemplar_id]
        shared = f" Both say: {', '.join(reason.shared_words)}." if reason.shared_words else ""
        return f"It is like what {like.group} wrote: “{excerpt(like.text)}”.{shared}"


def excerpt(text: str) -> str:
    """The beginning of a quote in one line."""
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else line[: _EXCERPT - 1] + "…"


_EXCERPT = 90


def _link(one: Concern) -> Link:
    return _link_to(one.id, one.label)


def _link_to(concern: str, label: str) -> Link:
    return Link(id=concern, label=label, href=f"/concern/{concern}")


MOST_MEMBERS = 5
"""Quotes that are shown of a concern that is to be named."""


def ask_page(view: View, state: State, skipped: frozenset[SegmentId]) -> AskPage | None:
    """The next question, but for quotes that were skipped; None where none is left."""
    learned, question = state.ask(skipped)
    if question is None:
        return None
    if question.ask is Ask.NAME and question.concern is not None:
        return _name_page(view, state, learned.concerns[question.concern].name)
    return _quote_page(view, state, learned, question)


def _name_page(view: View, state: State, name: str) -> AskPage | None:
    link = view.called(name)
    if link is None:
        return None
    said = next(one.yes for one in state.curated.decided.concerns if one.name == name)
    members = [one for one in state.curated.segments if one.id in said][:MOST_MEMBERS]
    return AskPage(
        status=view.status(),
        item=None,
        only=None,
        options=(),
        others=(),
        besides="",
        to_name=link,
        members=tuple(view.item(one, n) for n, one in enumerate(members)),
    )


def _quote_page(view: View, state: State, learned: Learned, question: Question) -> AskPage | None:
    """Only what can be shown is offered: a concern that was dissolved or merged away has no page."""
    if question.row is None:
        return None
    one = state.draft.encoded.segments[question.row]
    offered = [
        (link, why)
        for suggested in question.options
        if (link := view.called(learned.concerns[suggested.concern].name))
        for why in [_why(suggested, state.draft.encoded.segments)]
    ]
    certain = question.ask is Ask.BELONGS and bool(offered)
    only = Option(key="y", link=offered[0][0], why=offered[0][1]) if certain else None
    inside = view.inside(one.id)
    if only is None and inside is not None and inside not in [link for link, _ in offered]:
        offered.append((inside, "The program put it there, with what reads alike."))
    return AskPage(
        status=view.status(),
        item=view.item(one, 0, focus=True),
        only=only,
        options=() if only else tuple(Option(key=str(n), link=a, why=b) for n, (a, b) in enumerate(offered, 1)),
        others=view.links,
        besides=f"The answer helps to place {count(len(question.alike), 'quote')} like it." if question.alike else "",
        to_name=None,
        members=(),
    )


def _why(suggested: Suggestion, offered: Sequence[Segment]) -> str:
    shared = f" Both say: {', '.join(suggested.shared)}." if suggested.shared else ""
    if suggested.nearest is None:
        return f"It is like the concern’s name.{shared}"
    like = offered[suggested.nearest]
    return f"It is like what {like.group} wrote: “{excerpt(like.text)}”.{shared}"
