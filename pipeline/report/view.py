"""From an analysis and its pads to the view that all templates print.

Analysis, pads ──► sources ──┬─► cards     concerns, and the matrix of who raised them
├─► todo      questions, next steps, decisions, what is left over
├─► pages     every line, by group
├─► names     the index of names and dates
├─► tally     the ledger
└─► tables    the CSV files
"""

from collections.abc import Sequence

from fetch.records import Pad
from pipeline.records import Analysis
from pipeline.report.backmatter import Made, PadRow
from pipeline.report.cards import one_group_cards, quotes_by_group, recurring_cards
from pipeline.report.decided import decided
from pipeline.report.names import name_lists
from pipeline.report.pages import group_views
from pipeline.report.records import Figure, ReportView
from pipeline.report.sources import Sources, sources
from pipeline.report.tables import tables
from pipeline.report.tally import ledger_view
from pipeline.report.todo import question_views, rest, step_views
from pipeline.report.wording import wording_only
from pipeline.report.words import count, day, moment
from pipeline.steps import Steps, collect

STRONGEST = 6
"""So many concerns are named at a glance."""


def build(analysis: Analysis, pads: Sequence[Pad], server: str | None = None) -> ReportView:
    """The whole report of `analysis`, whose stored pads are `pads`; `server` is the event's Etherpad, for links."""
    known = sources(analysis, pads, server)
    segments = {segment.id: segment for segment in analysis.segments}
    steps = collect(analysis.segments)
    recurring = recurring_cards(analysis.concerns, segments, known)
    one_group = one_group_cards(analysis.concerns, segments, known)
    date = analysis.event.date
    decisions, lost = decided(analysis)
    return ReportView(
        title=analysis.event.title,
        date=day(date) if date else None,
        iso_date=date.isoformat() if date else None,
        tally=_tally(len(known.groups), len(known.wrote), analysis.ledger.total),
        groups=known.groups,
        figures=_figures(len(recurring), sum(len(group.cards) for group in one_group), steps),
        recurring=recurring,
        strongest=recurring[:STRONGEST],
        one_group=one_group,
        open_questions=quotes_by_group(known.quote(one.segment) for one in steps.questions if not one.answers),
        answered_questions=question_views((one for one in steps.questions if one.answers), known),
        next_steps=step_views(steps, known),
        decisions=quotes_by_group(map(known.quote, steps.decisions)),
        rest=rest(analysis, steps, known),
        by_group=group_views(analysis, known),
        names=name_lists(analysis.entities, segments, known),
        ledger=ledger_view(analysis.ledger, known),
        problems=analysis.problems,
        decided=decisions,
        lost=lost,
        wording_only=wording_only(analysis, known),
        made=_made(analysis, known),
        tables=tables(analysis, segments, known),
    )


def _tally(groups: int, wrote: int, lines: int) -> str:
    silent = f" ({groups - wrote} wrote nothing)" if wrote < groups else ""
    return f"{count(groups, 'group')}{silent}, {count(lines, 'line')}"


def _figures(recurring: int, one_group: int, steps: Steps) -> tuple[Figure, ...]:
    unanswered = sum(not question.answers for question in steps.questions)

    def figure(number: int, noun: str, plural: str, anchor: str) -> Figure:
        return Figure(number=f"{number:,}", words=noun if number == 1 else plural, anchor=anchor)

    return (
        figure(recurring, "concern of several groups", "concerns of several groups", "recurring"),
        figure(one_group, "concern of one group only", "concerns of one group only", "one-group"),
        figure(unanswered, "open question", "open questions", "questions"),
        figure(len(steps.next_steps), "next step", "next steps", "next-steps"),
        figure(len(steps.decisions), "decision", "decisions", "decisions"),
    )


def _made(analysis: Analysis, known: Sources) -> Made:
    return Made(
        generated=moment(analysis.generated),
        corpus_sha256=analysis.corpus_sha256,
        settings=tuple((name, str(value)) for name, value in sorted(analysis.settings.items())),
        pads=tuple(
            PadRow(
                group=source.group,
                name=source.info.pad_id,
                revision="–" if source.info.revision is None else str(source.info.revision),
                sha256=source.info.sha256,
                url=source.url,
            )
            for source in known.by_pad.values()
        ),
    )
