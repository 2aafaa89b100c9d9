"""From pads to lines with roles and segments with exact places; nothing that was written is lost.

pads -> rows       each line, its marks told apart from its text
     -> structured what the pad's editor knew of lists, headings and struck-out text, where it is there
     -> markup     comments, code, tables; lists get levels, short titles become headings
     -> recurring  what the pads share: prompts and boilerplate; routine: attendees, dates, links
     -> paragraphs wrapped lines joined to blocks; duplicates within a group
     -> compose    blocks cut into sentences, each with its headings, prompt and parent
     -> language
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from fetch.corpus_records import Pad
from pipeline.analysis_records import Line, LineNo, LineRole, Segment
from pipeline.segment import boilerplate as routine
from pipeline.segment import language_identification as language
from pipeline.segment import template as recurring
from pipeline.segment.boilerplate import assign
from pipeline.segment.lines import Sheet, correct, has_headings, nest, parse_lines
from pipeline.segment.markup import find_headings, resolve
from pipeline.segment.segments import Reading, compose
from pipeline.segment.sentences import Block, join
from pipeline.text import normalize

__all__ = ["Reading", "segment"]

_REPEATED = 4  # words; shorter lines are said twice without being copied


def segment(pads: Sequence[Pad], prompts: Sequence[str]) -> Reading:
    """The lines and segments of all pads, in pad order; `prompts` are the template's lines that event.toml names.

    `pad.text[start:end] == text` for every segment; ids are `<pad>:<line>:<n>`. Headings, prompts and struck-out
    text have no segment.
    A sentence that repeats a prompt in front of its answer is a segment of its own, with the role boilerplate.
    A segment's text keeps a leading "Q:", "A:" or speaker's name, so that a quote reads as it was written. An open
    check box makes its first segment's kind ACTION; all other content is STATEMENT until it is tagged, the rest OTHER.
    """
    sheets = [_sheet(pad) for pad in pads]
    template = recurring.find_template(sheets, prompts)
    said: defaultdict[str, set[str]] = defaultdict(set)
    lines: list[Line] = []
    by_pad: list[list[Segment]] = []
    for sheet, shared in zip(sheets, template.roles, strict=True):
        roles = assign(sheet, shared)
        blocks = list(join(sheet.rows, [role is LineRole.CONTENT for role in roles]))
        _mark_duplicates(sheet, blocks, roles, said[sheet.pad.group])
        lines += _lines(sheet, blocks, roles)
        by_pad.append(compose(sheet, roles, blocks, template.wording))
    return Reading(lines=tuple(lines), segments=tuple(_spoken(by_pad)))


def _spoken(by_pad: Sequence[Sequence[Segment]]) -> Iterator[Segment]:
    """The segments with their languages; names and dates, which most boilerplate is, are of none."""
    said = [[item.text for item in segments if item.role is not LineRole.BOILERPLATE] for segments in by_pad]
    for segments, languages in zip(by_pad, language.identify(said), strict=True):
        following = iter(languages)
        for item in segments:
            yield item if item.role is LineRole.BOILERPLATE else replace(item, language=next(following))


def _sheet(pad: Pad) -> Sheet:
    rows = correct(pad, nest(resolve(pad, correct(pad, parse_lines(pad)))))
    rows = find_headings(rows, (pad.group, pad.pad_id), guess=not has_headings(pad))
    return Sheet(pad=pad, rows=tuple(rows), routine=routine.find_boilerplate(rows))


def _mark_duplicates(sheet: Sheet, blocks: Sequence[Block], roles: list[LineRole], said: set[str]) -> None:
    """Note in `roles` which blocks the group had written before, word for word; `said` grows by the others."""
    for block in blocks:
        text = normalize("\n".join(row.said for row in sheet.rows[block.first : block.last + 1]))
        if text in said:
            roles[block.first : block.last + 1] = [LineRole.DUPLICATE] * (block.last + 1 - block.first)
        elif text.count(" ") >= _REPEATED - 1:
            said.add(text)


def _lines(sheet: Sheet, blocks: Sequence[Block], roles: Sequence[LineRole]) -> list[Line]:
    """A record per row; the lines of one block share its level."""
    levels = {at: sheet.rows[block.first].level for block in blocks for at in range(block.first, block.last + 1)}
    return [
        Line(
            pad_id=sheet.pad.pad_id,
            number=LineNo(row.number),
            start=row.start,
            end=row.end,
            role=role,
            level=levels.get(at, row.level),
        )
        for at, (row, role) in enumerate(zip(sheet.rows, roles, strict=True))
    ]
