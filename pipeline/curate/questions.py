"""Questions: from what would be most worth knowing to a page that asks it."""

from collections.abc import Sequence

from pipeline.curate.desk import State
from pipeline.curate.records import AskPage, Option
from pipeline.curate.view import View, excerpt
from pipeline.records import Segment, SegmentId
from pipeline.report.words import count
from pipeline.suggest import Ask, Question, Suggestion
from pipeline.suggest import State as Learned

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
    one = state.draft.offered[question.row]
    offered = [
        (link, why)
        for suggested in question.options
        if (link := view.called(learned.concerns[suggested.concern].name))
        for why in [_why(suggested, state.draft.offered)]
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
