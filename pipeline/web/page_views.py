"""The pages of the curation page: from the event as decided to records that are sorted and translated for templates."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from types import MappingProxyType

from pipeline.active_learning import Question, Suggestion, learn, next_question
from pipeline.analysis_records import Concern
from pipeline.anchors import Anchor, text_sha
from pipeline.curation.concern_editor import named_concern_id
from pipeline.curation.decisions import Decision, Redact, StateDue, StateKind, StateOwner, concerns_of, quotes_of
from pipeline.curation.fact_decisions import words_in_quote
from pipeline.curation.redaction import Secrets, decision_ref, without_secrets
from pipeline.decision_text import DecisionDetails, decision_text, orphan_reason
from pipeline.report.concern_views import concern_views, finder
from pipeline.report.line_search import KINDS
from pipeline.report.line_views import STATED, group_views
from pipeline.report.quote_sources import find_sources
from pipeline.report.report_records import ReasonView
from pipeline.report.report_view import questions
from pipeline.segment_records import Kind, Label, LineRole, Segment, SegmentId
from pipeline.translation import N_, Translation
from pipeline.web.curation_session import CuratedEvent
from pipeline.web.event_editing import EventPage, Fields, event_page
from pipeline.web.page_records import (
    ConcernPage,
    ConcernRow,
    DecisionItem,
    FactsPage,
    KindButton,
    KindTab,
    LinesPage,
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

# Translators: what a quote is, and the title of the list of all such quotes.
_KINDS: Mapping[Kind, tuple[str, str, str]] = {
    Kind.ACTION: ("p", KINDS[Kind.ACTION], N_("Next steps")),
    Kind.DECISION: ("d", KINDS[Kind.DECISION], N_("Decisions")),
    Kind.QUESTION: ("q", KINDS[Kind.QUESTION], N_("Questions")),
    Kind.STATEMENT: ("i", N_("Note"), N_("Notes")),
    Kind.OTHER: ("z", N_("Says nothing"), N_("Lines that say nothing")),
}
"""The key for each kind, its name, and the title of its list."""


_NO_REASONS: Mapping[str, ReasonView] = MappingProxyType({})


class PageViews:
    """The pages of one state of the event."""

    def __init__(self, event: CuratedEvent, translation: Translation) -> None:
        """Show `event` in the language of `translation`."""
        self._event = event
        self._translation = translation
        curated = event.curated
        self._secrets = event.draft.found.redacted.secrets
        self._decided = curated.examples.decided
        self._segments = {segment.id: segment for segment in curated.segments}
        written = event.draft.found.redacted.written
        self._redacted = {text_sha(text): self._segments[quote].text for quote, text in written.items()}
        self._content = content = [one for one in curated.segments if one.role is LineRole.CONTENT]
        self._placeable = [segment.id for segment in content if segment.kind is not Kind.OTHER]
        self._decided_for = {concern.name: concern.positive for concern in curated.examples.concerns}
        self._n_concerns = Counter(quote for concern in curated.concerns for quote in concern.segment_ids)
        self._concern_of = {quote: concern for concern in curated.concerns for quote in concern.segment_ids}
        self._rest = [quote for quote in self._placeable if quote not in self._concern_of]
        corpus = event.draft.corpus
        self._sources = find_sources(event.analysis, event.draft.found.redacted.pads, translation, corpus.event.server)
        self._concerns = concern_views(event.analysis, self._sources)
        self._names: defaultdict[SegmentId, list[tuple[Label, str]]] = defaultdict(list)
        for entity in curated.entities:
            for mention in entity.mentions:
                words = self._segments[mention.segment_id].text[mention.start : mention.end]
                self._names[mention.segment_id].append((entity.label, words))
        self._empty = [Link(named_concern_id(name), name) for name in curated.outcome.empty]
        self._links = [*(Link(concern.id, concern.label) for concern in curated.concerns), *self._empty]

    def status(self) -> Status:
        """Return what every page shows."""
        decisions, edits = self._event.curation.decisions, self._event.edits
        last, undo, number = "", "decision", len(decisions)
        if edits and edits[-1].decisions >= len(decisions):
            last, undo, number = without_secrets(edits[-1].words, self._secrets), "edit", len(edits)
        elif decisions:
            last = self._decision(len(decisions), decisions[-1])
        return Status(
            event=self._event.draft.corpus.event.title,
            version=self._event.version,
            progress=self._progress(),
            last=last,
            undo=undo,
            number=number,
            orphans=len({orphan.decision.number for orphan in self._event.curated.outcome.orphans}),
        )

    def overview(self) -> OverviewPage:
        """Return the page of all concerns, in the order of the report."""
        gettext, ngettext = self._translation.gettext, self._translation.ngettext
        curated = self._event.curated
        hidden = [ngettext("%(num)s quote", "%(num)s quotes", curated.outcome.hidden_quotes)]
        if curated.outcome.hidden_concerns:
            hidden.insert(0, ngettext("%(num)s concern", "%(num)s concerns", curated.outcome.hidden_concerns))
        rows = [self._row(concern) for concern in curated.concerns]
        return OverviewPage(
            recurring=[row for row in rows if row.concern and row.concern.front],
            echoes=[row for row in rows if row.concern and row.concern.recurring and not row.concern.front],
            one_group=[row for row in rows if row.concern and not row.concern.recurring],
            empty=[
                ConcernRow(link=link, quotes=gettext("no quotes"), todo=gettext("needs quotes")) for link in self._empty
            ],
            rest=len(self._rest),
            hidden=self._translation.join(hidden) if curated.outcome.hidden_quotes else "",
        )

    def kinds(self) -> list[KindButton]:
        """Return the kinds that a quote can be said to have."""
        gettext = self._translation.gettext
        return [KindButton(value=kind, key=key, label=gettext(label)) for kind, (key, label, _) in _KINDS.items()]

    def concern(self, concern_id: str, at: int, *, stay: bool = False) -> ConcernPage | None:
        """Return the page of a concern, None if it does not exist.

        `at` is the number of the quote to be at: one to check, or, with `stay`, any.
        """
        place = next((number for number, link in enumerate(self._links) if link.id == concern_id), None)
        if place is None:
            return None
        concern = next((concern for concern in self._event.curated.concerns if concern.id == concern_id), None)
        quotes, suggested = (concern.segment_ids, concern.suggested_ids) if concern else ((), ())
        undecided = self._undecided(concern) if concern else []
        # False sorts before True: quotes to check, suggested ones, those that are decided.
        order = sorted(quotes, key=lambda quote: (quote not in undecided, quote in suggested))
        n_undecided, n_to_check = len(undecided), sum(quote not in suggested for quote in undecided)
        focus = at if stay and at < len(order) else min(at, n_undecided - 1)
        items = self._items(order, focus, self._concerns[concern.id].reasons if concern else {})
        to_check, decided = items[:n_to_check], items[n_undecided:]
        return ConcernPage(
            link=self._links[place],
            concern=self._concerns[concern.id] if concern else None,
            named=concern is None or concern.named,
            to_check=to_check,
            suggested=items[n_to_check:n_undecided],
            decided=decided,
            others=[link for link in self._links if link.id != concern_id],
            before=self._links[place - 1] if place else None,
            after=self._links[place + 1] if place + 1 < len(self._links) else None,
            any_quote=next((item.id for item in (*to_check, *decided, *items)), ""),
        )

    def lines(self, number: int) -> LinesPage | None:
        """Return the pads of the group with this number, line by line; None if there is no such group."""
        groups = [group for group in self._sources.groups if group.number == number]
        sources = replace(self._sources, groups=tuple(groups))
        views = group_views(self._event.analysis, sources, self._concerns, questions(sources)) if groups else ()
        return LinesPage(lines=views[0]) if views else None

    def event(self, typed: Fields, at: int) -> EventPage:
        """Return the page on which the event is edited; `typed` are the fields of a form that was not saved."""
        return event_page(self._event, self._sources, typed, at)

    def rest(self, number: int, at: int) -> RestPage:
        """Return a page of the quotes in no concern; those that were put in none come last."""
        quotes = sorted(self._rest, key=lambda quote: quote in self._decided)
        shown, number, pages = _page(quotes, number)
        items = self._items(shown, min(at, len(shown) - 1))
        return RestPage(items=items, others=self._links, quotes=len(quotes), number=number, pages=pages)

    def facts(self, kind: Kind, number: int, at: int) -> FactsPage:
        """Return a page of the quotes of a kind, in reading order.

        Those that the facilitator took out of it stay in the list, so that each can be gone through in one go.
        """
        found = {segment.id: segment.kind for segment in self._event.draft.found.segments}
        quotes = [one.id for one in self._content if kind in {one.kind, found[one.id]}]
        shown, number, pages = _page(quotes, number)
        n_of_kind = Counter(one.kind for one in self._content)
        return FactsPage(
            kind=kind,
            items=self._items(shown, min(at, len(shown) - 1)),
            tabs=[
                KindTab(kind=one, label=self._translation.gettext(title), quotes=n_of_kind[one])
                for one, (_, _, title) in _KINDS.items()
            ],
            number=number,
            pages=pages,
        )

    def decisions(self) -> list[DecisionItem]:
        """Return all decisions, the last first, with the reason for those that could not be applied."""
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
        return items[::-1]

    def question(self, skipped: frozenset[SegmentId]) -> QuestionPage | None:
        """Return the page of the next question, except about `skipped` quotes; None if none is left."""
        examples = self._event.curated.examples
        examples = replace(examples, hidden=examples.hidden | skipped)
        question = next_question(learn(self._event.draft.encoded, examples))
        if question is None:
            return None
        if question.concern is not None:
            members = [quote for quote in self._segments if quote in question.concern.positive]
            link = self._called(question.concern.name)
            return QuestionPage(to_name=link, members=self._items(members[:MOST_MEMBERS])) if link else None
        return self._quote_question(question, question.segment) if question.segment else None

    def _quote_question(self, question: Question, segment: Segment) -> QuestionPage:
        """Offer only what has a page: a concern that was dissolved or merged into another has none."""
        gettext, ngettext = self._translation.gettext, self._translation.ngettext
        options = [
            Option(link=link, why=self._similar_to(suggestion), why_else=self._like_the_name(suggestion))
            for suggestion in question.options
            if (link := self._called(suggestion.concern.name))
        ]
        certain = question.certain and bool(options)
        concern = self._concern_of.get(segment.id)
        if not certain and concern is not None and concern.id not in [option.link.id for option in options]:
            why = gettext("The program put it there, with similar quotes.")
            options.append(Option(link=Link(concern.id, concern.label), why_else=why))
        benefit = ngettext(
            "Your answer helps to place %(num)s similar quote.",
            "Your answer helps to place %(num)s similar quotes.",
            len(question.alike),
        )
        return QuestionPage(
            item=self._items([segment.id], focus=0)[0],
            only=options[0] if certain else None,
            options=[] if certain else options,
            others=self._links,
            benefit=benefit if question.alike else "",
        )

    def _progress(self) -> str:
        """Return what is done and left: quotes of recurring concerns to check, and concerns without a given name."""
        concerns = [concern for concern in self._event.curated.concerns if concern.recurring]
        left = sum(len(self._undecided(concern)) for concern in concerns)
        left += sum(not concern.named for concern in concerns)
        done = len(self._event.curation.decisions)
        about = N_("%(done)s of about %(total)s decisions, %(placed)s of %(quotes)s quotes placed")
        exact = N_("%(done)s of %(total)s decisions, %(placed)s of %(quotes)s quotes placed")
        return self._translation.gettext(
            about if left else exact,
            done=done,
            total=done + left,
            placed=sum(quote in self._decided or quote in self._concern_of for quote in self._placeable),
            quotes=len(self._placeable),
        )

    def _decision(self, number: int, decision: Decision) -> str:
        """Return a decision in words, without words that are redacted."""
        secrets = self._secrets
        ref, anchors = decision_ref(number, decision, secrets), quotes_of(decision)
        quote = self._excerpt(anchors[0], secrets) if anchors and not ref.names else None
        details = DecisionDetails(
            **asdict(ref),
            concerns=tuple(concern.name for concern in concerns_of(decision)),
            excerpt=quote,
            quotes=len(anchors) if ref.names else 0,
            words=decision.count if isinstance(decision, Redact) and not anchors else 0,
            also=getattr(decision, "also", False),
            of_kind=decision.kind if isinstance(decision, StateKind) else None,
            said=self._said(decision, secrets),
        )
        return without_secrets(decision_text(details, self._translation), secrets)

    def _said(self, decision: Decision, secrets: Secrets) -> str | None:
        """Return who or when a decision names, None if none, or if the words may be some of redacted ones."""
        match decision:
            case StateOwner(owner=said) | StateDue(due=said):
                words = without_secrets(said, secrets)
            case _:
                return None
        safe = not (words and secrets) or any(words_in_quote(words, one.text) for one in self._segments.values())
        return words if safe else None

    def _excerpt(self, anchor: Anchor, secrets: Secrets) -> str | None:
        """Return the text of an anchor without redacted words, of which a shortened text may have some only."""
        if anchor.text is None:
            return None
        return self._redacted.get(anchor.sha or "", without_secrets(anchor.text, secrets))

    def _called(self, name: str) -> Link | None:
        return next((link for link in self._links if link.label.casefold() == name.casefold()), None)

    def _row(self, concern: Concern) -> ConcernRow:
        gettext, ngettext = self._translation.gettext, self._translation.ngettext
        unchecked = len(self._undecided(concern))
        left = ngettext("%(num)s to check", "%(num)s to check", unchecked) if unchecked else ""
        return ConcernRow(
            link=Link(concern.id, concern.label),
            concern=self._concerns[concern.id],
            quotes=ngettext("%(num)s quote", "%(num)s quotes", len(concern.segment_ids)),
            todo=left or (gettext("done") if concern.named else gettext("to be named")),
            finder=finder(concern, self._translation),
        )

    def _undecided(self, concern: Concern) -> list[SegmentId]:
        """Return the quotes to check; one in several concerns is decided about in each of them."""
        here = self._decided_for.get(concern.label, frozenset())
        elsewhere = {quote for quote in concern.segment_ids if self._n_concerns[quote] > 1} - here
        return [quote for quote in concern.segment_ids if quote not in self._decided or quote in elsewhere]

    def _items(
        self, quotes: Iterable[SegmentId], focus: int = -1, reasons: Mapping[str, ReasonView] = _NO_REASONS
    ) -> list[QuoteItem]:
        """Return the items of `quotes`; `reasons` say by `Quote.at` why they are in their concern."""
        segments = [self._segments[quote] for quote in quotes]
        found = [self._sources.quote(segment) for segment in segments]
        return [
            QuoteItem(
                at=at,
                id=segment.id,
                quote=quote,
                why=reasons.get(quote.at),
                decided=segment.id in self._decided,
                focus=at == focus,
                kind=segment.kind,
                owner=segment.owner or "",
                due=segment.due or "",
                facts=self._facts(segment),
                who=self._named(segment, Label.PERSON, Label.ORG),
                when=self._named(segment, Label.DATE),
            )
            for at, (segment, quote) in enumerate(zip(segments, found, strict=True))
        ]

    def _facts(self, segment: Segment) -> str:
        """Return what a quote is, who does it and by when, and whether the facilitator said so."""
        gettext = self._translation.gettext
        _, kind, _ = _KINDS[segment.kind]
        stated = gettext(STATED) if segment.id in self._event.curated.facts else ""
        return " · ".join(filter(None, (gettext(kind), segment.owner, segment.due, stated)))

    def _named(self, segment: Segment, *labels: Label) -> list[str]:
        """Return the names of these kinds in a quote, each once."""
        return list(dict.fromkeys(words for label, words in self._names[segment.id] if label in labels))

    def _similar_to(self, suggestion: Suggestion) -> ReasonView | None:
        if suggestion.nearest is None:
            return None
        quote = self._sources.quote(suggestion.nearest)
        return ReasonView(similar_to=quote, shared_words=", ".join(suggestion.shared), suggested=False)

    def _like_the_name(self, suggestion: Suggestion) -> str:
        if suggestion.nearest is not None:
            return ""
        with_words = N_("Similar to the name of the concern; words in both: %(words)s")
        message = with_words if suggestion.shared else N_("Similar to the name of the concern")
        return self._translation.gettext(message, words=", ".join(suggestion.shared))


def _page(quotes: Sequence[SegmentId], number: int) -> tuple[Sequence[SegmentId], int, int]:
    """Return the quotes of the page with this number, or of the nearest one; its number; how many pages there are."""
    pages = max(1, -(-len(quotes) // PER_PAGE))
    number = min(max(1, number), pages)
    return quotes[(number - 1) * PER_PAGE : number * PER_PAGE], number, pages
