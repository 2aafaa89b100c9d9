"""From the event as decided to what each page of the curation page shows, in the page's language."""

from collections.abc import Iterable, Sequence

from pipeline.active_learning import Ask, Question, Suggestion
from pipeline.analysis_records import Concern, Kind, LineRole, Reason, Segment, SegmentId
from pipeline.curation.concern_editor import named_concern_id
from pipeline.curation.decisions import Decision, Redact, concerns_of, names_of, quotes_of
from pipeline.curation.redaction import without_secrets
from pipeline.decision_text import DecisionDetails, decision_text, orphan_reason
from pipeline.report.concern_views import strength
from pipeline.report.quote_sources import group_marks
from pipeline.translation import Translation
from pipeline.web.curation_session import CuratedEvent
from pipeline.web.page_records import (
    ConcernPage,
    ConcernRow,
    DecisionItem,
    DecisionsPage,
    Link,
    Option,
    OverviewPage,
    QuestionPage,
    QuoteItem,
    RestPage,
    Status,
)

PER_PAGE = 40
"""Quotes of a page of those in no concern."""

MOST_MEMBERS = 5
"""Quotes that are shown of a concern that is to be named."""

MOST_SHOWN = 90
"""Characters of a similar quote that a reason repeats."""


class PageViews:
    """The pages of one state of the event."""

    def __init__(self, event: CuratedEvent, title: str, translation: Translation) -> None:
        """`title` is the event's, `translation` is into the language of the pages."""
        self._event = event
        self._title = title
        self._translation = translation
        curated = event.curated
        self._decided = curated.examples.decided
        self._segments = {segment.id: segment for segment in curated.segments}
        self._concern_of = {quote: concern for concern in curated.concerns for quote in concern.segment_ids}
        names = tuple(dict.fromkeys(pad.group for pad in event.found.redacted.pads))
        self._marks = {mark.name: mark for mark in group_marks(names)}
        self._groups = len({segment.group for segment in curated.segments if segment.role is LineRole.CONTENT})
        self._empty = tuple(_link(named_concern_id(name), name) for name in curated.outcome.empty)
        self._links = (*(_link(concern.id, concern.label) for concern in curated.concerns), *self._empty)

    def overview(self) -> OverviewPage:
        """Return the page of all concerns, the most clearly recurring first."""
        gettext, ngettext = self._translation.gettext, self._translation.ngettext
        curated = self._event.curated
        hidden = [ngettext("%(num)s quote", "%(num)s quotes", curated.outcome.hidden_quotes)]
        if curated.outcome.hidden_concerns:
            hidden.insert(0, ngettext("%(num)s concern", "%(num)s concerns", curated.outcome.hidden_concerns))
        return OverviewPage(
            status=self._status(),
            recurring=tuple(self._row(concern) for concern in curated.concerns if concern.recurring),
            one_group=tuple(self._row(concern) for concern in curated.concerns if not concern.recurring),
            empty=tuple(
                ConcernRow(link=link, strength="", quotes=gettext("no quotes"), todo=gettext("needs quotes"))
                for link in self._empty
            ),
            rest=len(self._rest()),
            hidden=self._translation.join(hidden) if curated.outcome.hidden_quotes else "",
        )

    def concern(self, concern_id: str, at: int) -> ConcernPage | None:
        """Return the page of a concern, None if it does not exist; `at` is the number of the quote to be at."""
        place = next((number for number, link in enumerate(self._links) if link.id == concern_id), None)
        if place is None:
            return None
        concern = next((one for one in self._event.curated.concerns if one.id == concern_id), None)
        quotes = concern.segment_ids if concern else ()
        suggested_ids = concern.suggested_ids if concern else ()
        reasons = {reason.segment_id: reason for reason in concern.reasons} if concern else {}
        # False sorts before True: quotes to check, suggested ones, those that are decided.
        order = sorted(quotes, key=lambda quote: (quote in self._decided, quote in suggested_ids))
        undecided = sum(quote not in self._decided for quote in quotes)
        suggested = sum(quote in suggested_ids and quote not in self._decided for quote in quotes)
        focus = min(at, undecided - 1)
        items = [
            self._item(self._segments[quote], n, focus=n == focus, why=self._why(reasons.get(quote)))
            for n, quote in enumerate(order)
        ]
        return ConcernPage(
            status=self._status(),
            link=self._links[place],
            strength=self._strength(concern) if concern else self._translation.gettext("no quotes yet"),
            named=concern.named if concern else True,
            to_check=tuple(items[: undecided - suggested]),
            suggested=tuple(items[undecided - suggested : undecided]),
            decided=tuple(items[undecided:]),
            others=tuple(link for link in self._links if link.id != concern_id),
            before=self._links[place - 1] if place else None,
            after=self._links[place + 1] if place + 1 < len(self._links) else None,
        )

    def rest(self, number: int, at: int) -> RestPage:
        """Return a page of the quotes in no concern; those that were put in none come last."""
        quotes = sorted(self._rest(), key=lambda segment: segment.id in self._decided)
        pages = max(1, -(-len(quotes) // PER_PAGE))
        number = min(max(1, number), pages)
        shown = quotes[(number - 1) * PER_PAGE : number * PER_PAGE]
        focus = min(at, len(shown) - 1)
        return RestPage(
            status=self._status(),
            items=tuple(self._item(segment, n, focus=n == focus) for n, segment in enumerate(shown)),
            others=self._links,
            quotes=len(quotes),
            number=number,
            pages=pages,
        )

    def decisions(self) -> DecisionsPage:
        """Return the page of all decisions, with those that could not be applied."""
        orphans = {orphan.decision.number: orphan for orphan in self._event.curated.outcome.orphans}
        items = [
            DecisionItem(
                number=number,
                text=self._decision(number, decision),
                orphaned=orphan_reason(orphans[number], self._translation) if number in orphans else "",
                near=self._items(orphans[number].near if number in orphans else ()),
            )
            for number, decision in enumerate(self._event.curation.decisions, 1)
        ]
        return DecisionsPage(status=self._status(), decisions=tuple(reversed(items)))

    def question(self, skipped: frozenset[SegmentId]) -> QuestionPage | None:
        """Return the page of the next question, except about `skipped` quotes; None if none is left."""
        question = self._event.next_question(skipped)
        if question is None:
            return None
        if question.concern is not None:
            members = [quote for quote in self._segments if quote in question.concern.positive]
            link = self._called(question.concern.name)
            shown = self._items(members[:MOST_MEMBERS])
            return QuestionPage(status=self._status(), to_name=link, members=shown) if link else None
        return self._quote_question(question, question.segment) if question.segment else None

    def _quote_question(self, question: Question, segment: Segment) -> QuestionPage:
        """Offer only what has a page: a concern that was dissolved or merged into another has none."""
        offered = [
            (link, self._suggestion_reason(option))
            for option in question.options
            if (link := self._called(option.concern.name))
        ]
        certain = question.ask is Ask.BELONGS and bool(offered)
        concern = self._concern_of.get(segment.id)
        if not certain and concern is not None and concern.id not in [link.id for link, _ in offered]:
            reason = self._translation.gettext("The program put it there, with similar quotes.")
            offered.append((_link(concern.id, concern.label), reason))
        options = tuple(Option(key=str(n), link=link, why=why) for n, (link, why) in enumerate(offered, 1))
        benefit = self._translation.ngettext(
            "Your answer helps to place %(num)s similar quote.",
            "Your answer helps to place %(num)s similar quotes.",
            len(question.alike),
        )
        return QuestionPage(
            status=self._status(),
            item=self._item(segment, 0, focus=True),
            only=options[0] if certain else None,
            options=() if certain else options,
            others=self._links,
            benefit=benefit if question.alike else "",
        )

    def _status(self) -> Status:
        decisions = self._event.curation.decisions
        return Status(
            title=self._title,
            version=self._event.version,
            progress=self._progress(),
            last=self._decision(len(decisions), decisions[-1]) if decisions else "",
            decisions=len(decisions),
            orphans=len({orphan.decision.number for orphan in self._event.curated.outcome.orphans}),
        )

    def _progress(self) -> str:
        """Return what is done and left: quotes of recurring concerns to check, and concerns without a given name."""
        concerns = [concern for concern in self._event.curated.concerns if concern.recurring]
        left = sum(quote not in self._decided for concern in concerns for quote in concern.segment_ids)
        left += sum(not concern.named for concern in concerns)
        done = len(self._event.curation.decisions)
        quotes = [segment.id for segment in self._event.curated.segments if _can_be_in_concern(segment)]
        values = {
            "done": done,
            "total": done + left,
            "placed": sum(quote in self._decided or quote in self._concern_of for quote in quotes),
            "quotes": len(quotes),
        }
        if left:
            return self._translation.gettext(
                "%(done)s of about %(total)s decisions, %(placed)s of %(quotes)s quotes placed", **values
            )
        return self._translation.gettext(
            "%(done)s of %(total)s decisions, %(placed)s of %(quotes)s quotes placed", **values
        )

    def _decision(self, number: int, decision: Decision) -> str:
        """Return a decision in words, without words that are redacted."""
        anchors = quotes_of(decision)
        about_one = bool(anchors) and not names_of(decision)
        details = DecisionDetails(
            number=number,
            kind=decision.kind,
            names=names_of(decision),
            pad=anchors[0].pad if about_one else None,
            line=anchors[0].line if about_one else None,
            concerns=tuple(concern.name for concern in concerns_of(decision)),
            excerpt=anchors[0].text if about_one else None,
            quotes=len(anchors) if names_of(decision) else 0,
            words=decision.count if isinstance(decision, Redact) and not anchors else 0,
            also=getattr(decision, "also", False),
        )
        return without_secrets(decision_text(details, self._translation), self._event.found.redacted.secrets)

    def _called(self, name: str) -> Link | None:
        return next((link for link in self._links if link.label.casefold() == name.casefold()), None)

    def _rest(self) -> Sequence[Segment]:
        return [
            segment
            for segment in self._event.curated.segments
            if _can_be_in_concern(segment) and segment.id not in self._concern_of
        ]

    def _row(self, concern: Concern) -> ConcernRow:
        gettext, ngettext = self._translation.gettext, self._translation.ngettext
        unchecked = sum(quote not in self._decided for quote in concern.segment_ids)
        if not unchecked:
            todo = gettext("done") if concern.named else gettext("working title")
        elif concern.named:
            todo = ngettext("%(num)s to check", "%(num)s to check", unchecked)
        else:
            todo = ngettext("%(num)s to check, working title", "%(num)s to check, working title", unchecked)
        return ConcernRow(
            link=_link(concern.id, concern.label),
            strength=self._strength(concern),
            quotes=ngettext("%(num)s quote", "%(num)s quotes", len(concern.segment_ids)),
            todo=todo,
        )

    def _strength(self, concern: Concern) -> str:
        return strength(len(concern.groups), self._groups, len(concern.clear_groups), self._translation)

    def _items(self, quotes: Iterable[SegmentId]) -> tuple[QuoteItem, ...]:
        return tuple(self._item(self._segments[quote], n) for n, quote in enumerate(quotes))

    def _item(self, segment: Segment, at: int, *, focus: bool = False, why: str = "") -> QuoteItem:
        return QuoteItem(
            at=at,
            id=segment.id,
            text=segment.text,
            language=segment.language if segment.language != "und" else None,
            group=self._marks[segment.group],
            where=self._translation.gettext("pad %(pad)s, line %(line)s", pad=segment.pad_id, line=str(segment.line)),
            why=why,
            decided=segment.id in self._decided,
            focus=focus,
        )

    def _why(self, reason: Reason | None) -> str:
        """Return why the program put a quote in its concern."""
        if reason is None or reason.exemplar_id == reason.segment_id:
            return ""
        return self._similarity(self._segments[reason.exemplar_id], reason.shared_words)

    def _suggestion_reason(self, suggestion: Suggestion) -> str:
        if suggestion.nearest is not None:
            return self._similarity(suggestion.nearest, suggestion.shared)
        if suggestion.shared:
            return self._translation.gettext(
                "Similar to the name of the concern. Both contain: %(words)s.", words=", ".join(suggestion.shared)
            )
        return self._translation.gettext("Similar to the name of the concern.")

    def _similarity(self, other: Segment, words: Sequence[str]) -> str:
        text = " ".join(other.text.split())
        quote = text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"
        if words:
            return self._translation.gettext(
                "Similar to what %(group)s wrote: “%(quote)s”. Both contain: %(words)s.",
                group=other.group,
                quote=quote,
                words=", ".join(words),
            )
        return self._translation.gettext(
            "Similar to what %(group)s wrote: “%(quote)s”.", group=other.group, quote=quote
        )


def _can_be_in_concern(segment: Segment) -> bool:
    return segment.role is LineRole.CONTENT and segment.kind is not Kind.OTHER


def _link(concern_id: str, label: str) -> Link:
    return Link(id=concern_id, label=label, href=f"/concern/{concern_id}")
