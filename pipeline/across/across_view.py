"""From what several events have in common to the view that the templates print, with links into each event's report.

Groups have the same mark in all events. Pads are numbered through all events, so that a quote's place (`9:120-180`) is
unambiguous. Links are relative: the folders of the events stand beside that of this report.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from fetch.corpus_records import PadId
from pipeline.across.across_pages import (
    AcrossView,
    AppearanceView,
    AskedAgainView,
    CameBackView,
    CellView,
    EventView,
    NotAgainView,
    PlacedQuote,
    StepView,
)
from pipeline.across.across_records import (
    AcrossEvents,
    Appearance,
    EventId,
    EventLine,
    LapsedConcern,
    RecurringConcern,
    RepeatedQuestion,
    RepeatedStep,
)
from pipeline.analysis_records import Analysis, PadInfo
from pipeline.report.quote_sources import (
    REPORT_PAGE,
    anchor,
    group_marks,
    language_tag,
    timeslider,
)
from pipeline.report.report_records import Figure, GroupMark, Quote
from pipeline.translation import Translation

STRONGEST = 5
"""So many concerns that came back are named at a glance."""

MOST_TITLES = 4
"""Events whose titles are all named in that of the report."""

_NUMBER = "\0"
"""Stands for a number that is to be emphasised in a message; no message holds it."""


def build_view(across: AcrossEvents, analyses: Sequence[Analysis], translation: Translation, title: str) -> AcrossView:
    """Return the view of `across`, which was made of `analyses`; "" as `title` names the events."""
    return _Views(across, analyses, translation).whole(title)


def pad_numbers(analyses: Sequence[Analysis]) -> dict[int, tuple[EventId, PadInfo]]:
    """Return the event and the pad of each number, from 1, by which places of quotes name pads."""
    pads = ((EventId(analysis.event.id), info) for analysis in analyses for info in analysis.pads)
    return dict(enumerate(pads, start=1))


@dataclass(frozen=True)
class _Views:
    """Makes the views of one report."""

    across: AcrossEvents
    analyses: Sequence[Analysis]
    translation: Translation

    def whole(self, title: str) -> AcrossView:
        across, translation = self.across, self.translation
        came_back = tuple(map(self._came_back, across.came_back))
        steps, questions = across.steps, across.questions
        in_events = [
            (
                self._events[event.id],
                tuple(self._not_again(one) for one in across.not_again if one.appearance.event == event.id),
            )
            for event in across.events
        ]
        groups = len({group for event in across.events for group in event.groups})
        return AcrossView(
            language=translation.language,
            direction=translation.direction,
            title=title or self._title(),
            size=translation.ngettext("%(num)s group", "%(num)s groups", groups),
            events=tuple(self._events.values()),
            undated=self._undated(),
            figures=self._figures(),
            came_back=came_back,
            strongest=came_back[:STRONGEST],
            ticked=tuple(self._step(one) for one in steps if one.ticked),
            not_ticked=tuple(self._step(one) for one in steps if not one.ticked),
            answered=tuple(self._asked(one) for one in questions if one.answered_later),
            unanswered=tuple(self._asked(one) for one in questions if not one.answered_later),
            not_again=tuple((event, views) for event, views in in_events if views),
            left_out=self._left_out(),
            generated=translation.moment(across.generated),
            generated_iso=across.generated,
        )

    def _title(self) -> str:
        """Return the titles of the events, or the first and the last of many."""
        titles = [event.title for event in self.across.events]
        if len(titles) <= MOST_TITLES:
            return self.translation.join(titles)
        # Translators: the titles of the first and the last event of a series, "January to December".
        return self.translation.gettext("%(first)s to %(last)s", first=titles[0], last=titles[-1])

    @cached_property
    def _events(self) -> Mapping[EventId, EventView]:
        translation = self.translation
        return {
            event.id: EventView(
                id=event.id,
                title=event.title,
                when=translation.day(event.date) if event.date else translation.gettext("no date"),
                iso_date=event.date.isoformat() if event.date else None,
                size=translation.ngettext("%(num)s group", "%(num)s groups", len(event.groups)),
                href=f"../{event.id}/{REPORT_PAGE}",
                made=translation.moment(event.generated),
                corpus_sha256=event.corpus_sha256,
            )
            for event in self.across.events
        }

    @cached_property
    def _marks(self) -> Mapping[str, GroupMark]:
        names = dict.fromkeys(group for event in self.across.events for group in event.groups)
        return {mark.name: mark for mark in group_marks(list(names))}

    @cached_property
    def _pads(self) -> Mapping[tuple[EventId, PadId], tuple[int, PadInfo]]:
        return {(event, info.pad_id): (number, info) for number, (event, info) in pad_numbers(self.analyses).items()}

    @cached_property
    def _several(self) -> frozenset[tuple[EventId, str]]:
        """The groups that have several pads in an event."""
        pads = [(EventId(analysis.event.id), info.group) for analysis in self.analyses for info in analysis.pads]
        return frozenset(one for one in pads if pads.count(one) > 1)

    def _quote(self, line: EventLine) -> Quote:
        number, info = self._pads[line.event, line.pad_id]
        page, _, line_of_page = line.href.partition("#")
        gettext = self.translation.gettext
        if (line.event, line.group) in self._several:
            where = gettext("line %(line)s of %(pad)s", line=str(line.line), pad=line.pad_id)
        else:
            where = gettext("line %(line)s", line=str(line.line))
        return Quote(
            text=line.text,
            language=language_tag(line.language, self.translation.language),
            at=f"{number}:{line.start}-{line.end}",
            group=self._marks[line.group],
            line=line.line,
            where=where,
            page=page,
            anchor=line_of_page,
            url=timeslider(info, None),
        )

    def _placed(self, lines: Iterable[EventLine]) -> tuple[PlacedQuote, ...]:
        return tuple(PlacedQuote(event=self._events[line.event], quote=self._quote(line)) for line in lines)

    def _appearance(self, one: Appearance) -> AppearanceView:
        event, translation = self._events[one.event], self.translation
        return AppearanceView(
            event=event,
            label=one.label,
            anchor=anchor("concern", one.concern_id),
            groups=tuple(self._marks[group] for group in one.groups),
            group_names=translation.join(one.groups),
            strength=translation.ngettext("%(num)s group", "%(num)s groups", len(one.groups)),
            quotes=tuple(map(self._quote, one.lines)),
            more=one.quotes - len(one.lines),
        )

    def _came_back(self, concern: RecurringConcern) -> CameBackView:
        appearances = tuple(map(self._appearance, concern.appearances))
        by_event = {one.event.id: one for one in appearances}
        before, _, after = self.translation.ngettext(
            "%(raised)s of %(num)s event", "%(raised)s of %(num)s events", len(self.across.events), raised=_NUMBER
        ).partition(_NUMBER)
        raised = self.translation.number(len(appearances))
        return CameBackView(
            label=concern.label,
            anchor=anchor("concern", concern.id),
            raised=raised,
            strength=f"{before}{raised}{after}",
            around=(before, after),
            course=self._course(concern),
            cells=tuple(_cell(event, by_event.get(event.id)) for event in self._events.values()),
            appearances=appearances,
            decisions=self._placed(concern.decisions),
            after_decisions=self._after_decisions(concern),
        )

    def _course(self, concern: RecurringConcern) -> str:
        """Return in a sentence in which events a concern is, and in which since its first it was not found."""
        gettext = self.translation.gettext
        raised = self._titles(one.event for one in concern.appearances)
        if len(concern.appearances) == len(self.across.events):
            return gettext("Raised in every event.")
        if not concern.absent_from:
            return gettext("Raised in %(events)s.", events=raised)
        absent = self._titles(concern.absent_from)
        return gettext("Raised in %(events)s; not found in %(absent)s.", events=raised, absent=absent)

    def _after_decisions(self, concern: RecurringConcern) -> str:
        """Return what is known after the last decision; that nobody raised it is no sign that it was resolved."""
        if not concern.decisions:
            return ""
        gettext, order = self.translation.gettext, list(self._events)
        decided = max(order.index(one.event) for one in concern.decisions)
        raised = max(order.index(one.event) for one in concern.appearances)
        if raised > decided:
            return gettext("It was raised again after that.")
        if decided == len(order) - 1:
            return gettext("That is the last of these events.")
        return gettext("No later event raises it.")

    def _not_again(self, concern: LapsedConcern) -> NotAgainView:
        return NotAgainView(
            appearance=self._appearance(concern.appearance),
            similar=self._placed(one for one in concern.similar if one not in concern.decisions),
            decisions=self._placed(concern.decisions),
        )

    def _step(self, one: RepeatedStep) -> StepView:
        [step] = self._placed([one.step])
        return StepView(step=step, owner=one.owner, due=one.due, later=self._placed(one.later))

    def _asked(self, one: RepeatedQuestion) -> AskedAgainView:
        return AskedAgainView(asked=self._placed(one.asked), answers=self._placed(one.answers))

    def _titles(self, events: Iterable[EventId]) -> str:
        return self.translation.join([self._events[event].title for event in events])

    def _figures(self) -> tuple[Figure, ...]:
        across, ngettext = self.across, self.translation.ngettext
        ticked = sum(step.ticked for step in across.steps)
        answered = sum(question.answered_later for question in across.questions)
        # Translators: a caption stands below its number, which is set in large type.
        captions = {
            "came-back": (
                len(across.came_back),
                ngettext("concern came back", "concerns came back", len(across.came_back)),
            ),
            "written-again": (
                ticked,
                ngettext("next step was ticked or dropped later", "next steps were ticked or dropped later", ticked),
            ),
            "asked-again": (
                answered,
                ngettext("question may have been answered later", "questions may have been answered later", answered),
            ),
            "not-again": (
                len(across.not_again),
                ngettext("concern was not found again", "concerns were not found again", len(across.not_again)),
            ),
        }
        return tuple(
            Figure(number=self.translation.number(number), caption=caption, anchor=name)
            for name, (number, caption) in captions.items()
            if number or name == "came-back"
        )

    def _undated(self) -> str:
        """Return which events have no date, so that somebody else decided what is earlier; "" if all have one."""
        undated = [event.id for event in self.across.events if event.date is None]
        if not undated:
            return ""
        return self.translation.ngettext(
            "%(events)s has no date, and so stands where it was named. What is “later” here depends on that.",
            "%(events)s have no date, and so stand where they were named. What is “later” here depends on that.",
            len(undated),
            events=self._titles(undated),
        )

    def _left_out(self) -> str:
        if not self.across.left_out:
            return ""
        return self.translation.ngettext(
            "%(num)s note is left out, because another of these events hides or redacts its words.",
            "%(num)s notes are left out, because another of these events hides or redacts their words.",
            self.across.left_out,
        )


_SOME, _MANY = 2, 4


def _cell(event: EventView, appearance: AppearanceView | None) -> CellView:
    raised = len(appearance.groups) if appearance else 0
    weight = (raised > 0) + (raised >= _SOME) + (raised >= _MANY)
    return CellView(event=event, raised=raised, weight=weight, anchor=appearance.anchor if appearance else "")
