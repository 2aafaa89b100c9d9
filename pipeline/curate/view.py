"""View: from the event as decided to what each page shows."""

from collections.abc import Sequence

from pipeline.curate.desk import State
from pipeline.curate.records import ConcernPage, DecisionsPage, Item, Link, Overview, RestPage, Row, Status, Taken
from pipeline.curate.said import sentence
from pipeline.curate.tally import progress, says_something, settled
from pipeline.curation.emit import concern_id
from pipeline.records import Concern, LineRole, Reason, Segment, SegmentId
from pipeline.report.marks import group_marks
from pipeline.report.words import count, strength

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
