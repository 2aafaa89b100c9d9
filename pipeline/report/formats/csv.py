"""The report as tables for spreadsheets: concerns, quotes, next steps, entities, prompts, hand-offs, missing voices.

A cell that a spreadsheet would take for a formula begins with an apostrophe (OWASP, "CSV Injection"). The rule for
programs: **where a cell begins with an apostrophe, take that one apostrophe away**; what remains is the text, to the
character, but for control characters, which are spelled out.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Mapping

from fetch.corpus_records import PadId
from pipeline.analysis_records import Analysis
from pipeline.report.concern_views import front_ids
from pipeline.report.formats.output_format import Format, ReadQuote, Span, restore_controls, spell_out_controls
from pipeline.report.hand_off_views import hand_offs
from pipeline.report.quote_sources import Sources
from pipeline.report.report_records import PromptView, Row, Rows
from pipeline.report.theme import Theme
from pipeline.report.whole_pages import ReportView
from pipeline.segment_records import Kind, LineRole, Segment
from pipeline.translation import Translation

CONCERNS = (
    *("rank", "concern_id", "label", "recurring", "group_count", "clear_group_count", "groups", "quote_count"),
    *("named", "terms", "front", "origin"),
)
QUOTES = (
    *("segment_id", "group", "pad_id", "line", "start", "end", "text", "kind", "set_aside", "account"),
    *("concern_ids", "concerns", "prompt", "headings", "language"),
    *("owner", "due", "due_from", "due_date", "due_precision", "url", "answer", "about_group", "same_question"),
)
PROMPTS = ("prompt", "group", "wrote_anything", "answer_count")
STEPS = (
    *("segment_id", "group", "pad_id", "line", "start", "end"),
    *("owner", "due", "due_from", "due_date", "due_precision", "text"),
)
ENTITIES = (
    *("entity_id", "name", "label", "text", "group", "pad_id", "line", "start", "end", "segment_id"),
    *("first_day", "last_day"),
)
HAND_OFFS = ("segment_id", "group", "about_group", "pad_id", "line", "start", "end", "text", "url")
MISSING_VOICES = ("why", "group", "pad", "languages")

_JOIN = "; "
_STARTS_A_FORMULA = re.compile(r"[=+\-@＝＋－＠\s']")


def tables(analysis: Analysis, sources: Sources, prompts: Iterable[PromptView]) -> dict[str, Rows]:
    """Return the rows of each file by name; `start` and `end` are code points of the pad's text."""
    return {
        "concerns.csv": (CONCERNS, *_concern_rows(analysis)),
        "quotes.csv": (QUOTES, *_quote_rows(analysis, sources)),
        "steps.csv": (STEPS, *_step_rows(analysis)),
        "entities.csv": (ENTITIES, *_entity_rows(analysis, sources)),
        "prompts.csv": (PROMPTS, *_prompt_rows(prompts)),
        "hand_offs.csv": (HAND_OFFS, *_hand_off_rows(analysis, sources)),
        "missing_voices.csv": (
            MISSING_VOICES,
            *((gap.why, gap.group, gap.pad, _JOIN.join(gap.languages)) for gap in analysis.missing_voices),
        ),
    }


def _concern_rows(analysis: Analysis) -> Iterator[Row]:
    front = front_ids(analysis.concerns)
    for rank, concern in enumerate(analysis.concerns, start=1):
        yield (
            *(rank, concern.id, concern.label, concern.recurring, len(concern.groups), len(concern.agreeing_groups)),
            *(_JOIN.join(concern.groups), len(concern.segment_ids), concern.named, _JOIN.join(concern.terms)),
            *(concern.id in front, concern.origin),
        )


def _prompt_rows(prompts: Iterable[PromptView]) -> Iterator[Row]:
    for prompt in prompts:
        for own in prompt.counts:
            yield prompt.text, own.group.name, own.wrote, own.count


def _quote_rows(analysis: Analysis, sources: Sources) -> Iterator[Row]:
    best_wording = {one: members[0] for members in analysis.same_questions for one in members}
    for segment in analysis.segments:
        if segment.role is LineRole.HIDDEN:
            continue
        concerns = sources.concerns.get(segment.id, ())
        yield (
            *(segment.id, segment.group, segment.pad_id, segment.line, segment.start, segment.end, segment.text),
            segment.kind,
            None if segment.role is LineRole.CONTENT else segment.role,
            analysis.ledger.lines[segment.pad_id][segment.line - 1],
            _JOIN.join(concern.id for concern in concerns),
            _JOIN.join(concern.label for concern in concerns),
            *(segment.prompt, _JOIN.join(segment.headings), segment.language, segment.owner),
            *(segment.due, segment.due_from, segment.due_date, segment.due_precision),
            *(sources.by_pad[segment.pad_id].url, _answer_place(segment, sources), segment.about_group),
            best_wording.get(segment.id),
        )


def _answer_place(question: Segment, sources: Sources) -> str | None:
    """Return the pad and line of the segment that answers a question, `water:12`, unless that is hidden."""
    answer = sources.segments.get(question.answer) if question.answer else None
    return f"{answer.pad_id}:{answer.line}" if answer and answer.role is LineRole.CONTENT else None


def _step_rows(analysis: Analysis) -> Iterator[Row]:
    """Yield the next steps by due date; those without a date are last, in event order."""
    for step in sorted(_next_steps(analysis), key=lambda step: step.due_date or dt.date.max):
        yield (
            *(step.id, step.group, step.pad_id, step.line, step.start, step.end),
            *(step.owner, step.due, step.due_from, step.due_date, step.due_precision, step.text),
        )


def _next_steps(analysis: Analysis) -> list[Segment]:
    return [step for step in analysis.segments if step.kind is Kind.ACTION and step.role is LineRole.CONTENT]


def _hand_off_rows(analysis: Analysis, sources: Sources) -> Iterator[Row]:
    for one, about in hand_offs(analysis):
        url = sources.by_pad[one.pad_id].url
        yield one.id, one.group, about, one.pad_id, one.line, one.start, one.end, one.text, url


def _entity_rows(analysis: Analysis, sources: Sources) -> Iterator[Row]:
    for entity in analysis.entities:
        for mention in entity.mentions:
            segment = sources.segments[mention.segment_id]
            line = segment.line + segment.text.count("\n", 0, mention.start)
            yield (
                *(entity.id, entity.name, entity.label, segment.text[mention.start : mention.end]),
                *(segment.group, segment.pad_id, line),
                *(segment.start + mention.start, segment.start + mention.end, segment.id),
                *(entity.first_day, entity.last_day),
            )


def render(view: ReportView, translation: Translation, _theme: Theme) -> dict[str, str]:
    """Render the tables; yes and no are words of the report's language, columns and codes the same in each.

    CSV is as in RFC 4180; the byte order mark tells Excel that it is UTF-8.
    """
    return {name: table_text(rows, translation) for name, rows in view.tables.items()}


def table_text(rows: Iterable[Row], translation: Translation) -> str:
    """Return a table as the text of a file, its header first."""
    file = io.StringIO(newline="")
    file.write("\ufeff")
    csv.writer(file).writerows([_cell(value, translation) for value in row] for row in rows)
    return file.getvalue()


def _cell(value: str | int | dt.date | None, translation: Translation) -> str:
    if isinstance(value, bool):
        return translation.gettext("yes") if value else translation.gettext("no")
    return "" if value is None else escape(str(value))


def escape(text: str) -> str:
    """Return `text` as the content of a cell (quoting it is the CSV writer's work)."""
    written = spell_out_controls(text)
    return f"'{written}" if _STARTS_A_FORMULA.match(written) else written


def unescape(content: str) -> str:
    """Invert `escape`."""
    return restore_controls(content.removeprefix("'"))


def read_back(table: str) -> Iterator[ReadQuote]:
    """Return the cells `text` of a table that has the columns `pad_id`, `start`, `end` and `line`."""
    limit = csv.field_size_limit(max(len(table), 1))
    try:
        for row in csv.DictReader(io.StringIO(table.removeprefix("\ufeff"), newline=""), restval=""):
            pad_id, text = unescape(row["pad_id"]), unescape(row["text"])
            yield ReadQuote(pad_id, int(row["start"]), int(row["end"]), text, row["line"])
    finally:
        csv.field_size_limit(limit)


def _shown_segments(analysis: Analysis, _texts: Mapping[PadId, str]) -> Iterator[Span]:
    for segment in analysis.segments:
        if segment.role is not LineRole.HIDDEN:
            yield segment.pad_id, segment.start, segment.end


def _shown_steps(analysis: Analysis, _texts: Mapping[PadId, str]) -> Iterator[Span]:
    for step in _next_steps(analysis):
        yield step.pad_id, step.start, step.end


def _hand_offs(analysis: Analysis, _texts: Mapping[PadId, str]) -> Iterator[Span]:
    for one, _ in hand_offs(analysis):
        yield one.pad_id, one.start, one.end


def _mentions(analysis: Analysis, _texts: Mapping[PadId, str]) -> Iterator[Span]:
    segments = {segment.id: segment for segment in analysis.segments}
    for entity in analysis.entities:
        for mention in entity.mentions:
            segment = segments[mention.segment_id]
            yield segment.pad_id, segment.start + mention.start, segment.start + mention.end


FORMAT = Format(
    render=render,
    read_back=read_back,
    quotes={
        "quotes.csv": _shown_segments,
        "steps.csv": _shown_steps,
        "hand_offs.csv": _hand_offs,
        "entities.csv": _mentions,
    },
    quotes_nothing={
        "concerns.csv": "labels, terms and numbers of concerns; their quotes are in quotes.csv",
        "prompts.csv": "lines of the template and numbers of answers; the answers are in quotes.csv",
        "missing_voices.csv": "names of groups and pads, and why they are missing",
    },
)
