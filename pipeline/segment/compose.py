"""From a pad's rows and roles to its segments, each where it stands."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from fetch.records import Pad
from pipeline.records import Kind, LineNo, LineRole, Segment, SegmentId
from pipeline.segment import sentences
from pipeline.segment.outline import Outline
from pipeline.segment.paragraphs import Block
from pipeline.segment.rows import Row, Shape, Sheet
from pipeline.segment.structured import cut
from pipeline.segment.words import frame, is_question, normal, plain, trim, words

OPEN_TASKS = frozenset({"[ ]", "[]", "[>]", "[<]", "[/]", "[~]", "☐"})
"""Check boxes of what is still to be done or was handed on; `[x]` and `[-]` are done or dropped."""

_CELL = re.compile(r"[^|\t]+")
_PROMPT_WORDS = 3
_SENTENCE_WORDS = 8  # a cell this long says something by itself


def compose(
    sheet: Sheet, roles: Sequence[LineRole], blocks: Sequence[Block], wording: Mapping[str, str]
) -> list[Segment]:
    """The segments of a pad in reading order; `wording` gives the text of a prompt by the normal form of a line."""
    return list(_Composer(sheet, roles, wording).run({block.first: block for block in blocks}))


class _Composer:
    def __init__(self, sheet: Sheet, roles: Sequence[LineRole], wording: Mapping[str, str]) -> None:
        self.pad: Pad = sheet.pad
        self.rows = sheet.rows
        self.starts = [row.start for row in sheet.rows]
        self.roles = roles
        self.wording = wording
        self.outline = Outline()
        self.count: Counter[int] = Counter()

    def run(self, blocks: Mapping[int, Block]) -> Iterator[Segment]:
        for at, row in enumerate(self.rows):
            role = self.roles[at]
            if role is LineRole.HEADING:
                self.outline.heading(row)
            elif role is LineRole.PROMPT:
                said = plain(row.said)
                self.outline.ask(row, self.wording.get(normal(said), said), self._below(at))
            elif role is LineRole.BOILERPLATE:
                yield from self._boilerplate(row)
            elif at in blocks:
                yield from self._content(blocks[at])

    def _below(self, at: int) -> Row | None:
        return next((self.rows[below] for below in range(at + 1, len(self.rows)) if self.rows[below].text), None)

    def _boilerplate(self, row: Row) -> Iterator[Segment]:
        parent = self.outline.reach(row) if row.shape is Shape.ITEM else None
        last: Segment | None = None
        for span in cut(self.pad.text, (row.body, row.stop), row.struck):
            last = replace(self._segment(row, span, LineRole.BOILERPLATE), parent=parent)
            yield last
        if last and row.shape is Shape.ITEM:
            self.outline.leave(row, last.id, leads=False)

    def _content(self, block: Block) -> Iterator[Segment]:
        head, role = self.rows[block.first], self.roles[block.first]
        whole = self._spans(head, self.rows[block.last].stop)
        spans = [piece for span in whole for piece in cut(self.pad.text, span, head.struck)]
        hangs = self.outline.reach(head)
        label = self._label(head.said)
        last: Segment | None = None
        for span in spans:
            text = self.pad.text[slice(*span)]
            asked = self._repeated(text) if len(spans) > 1 and role is LineRole.CONTENT else None
            if asked:
                yield replace(self._segment(head, span, LineRole.BOILERPLATE), parent=hangs)
                self.outline.ask(head, asked, self._below(block.last))
                continue
            segment = self._segment(head, span, role)
            parent = self.outline.answer(segment, hangs, last)
            todo = last is None and head.task in OPEN_TASKS and role is LineRole.CONTENT
            kind = Kind.ACTION if todo else segment.kind
            last = replace(segment, parent=parent, kind=kind, prompt=label or segment.prompt)
            yield last
        if last:
            self.outline.leave(head, last.id, leads=self._leads(block, last.text))

    def _leads(self, block: Block, text: str) -> bool:
        """Whether a paragraph leads on to the bullets under it; an address alone does not."""
        if not frame(text).strip("0 "):
            return False
        below = self.rows[block.last + 1] if block.last + 1 < len(self.rows) else None
        return text.endswith((":", "?")) or (below is not None and below.shape is Shape.ITEM)

    def _spans(self, head: Row, stop: int) -> list[tuple[int, int]]:
        """What a block is cut into: sentences; a table's row whole, or by cells where they are sentences."""
        if head.shape is Shape.CODE:
            return [(head.body, stop)]
        if head.shape is Shape.TABLE:
            return self._cells(head)
        return [(head.body + start, head.body + end) for start, end in sentences.split(self.pad.text[head.body : stop])]

    def _cells(self, row: Row) -> list[tuple[int, int]]:
        cells = [
            trim(self.pad.text, row.body + cell.start(), row.body + cell.end()) for cell in _CELL.finditer(row.text)
        ]
        cells = [(start, end) for start, end in cells if start < end]
        if any(_is_sentence(self.pad.text[start:end]) for start, end in cells):
            return cells
        return [(cells[0][0], cells[-1][1])]

    def _repeated(self, text: str) -> str | None:
        """The prompt that a sentence repeats in front of its answer; a word like "Done." may also be one."""
        whole = is_question(text) or len(text.split()) >= _PROMPT_WORDS
        return self.wording.get(normal(plain(text))) if whole else None

    def _label(self, text: str) -> str | None:
        """The prompt that a line fills in behind its colon ("Who: everyone")."""
        label, colon, filler = text[:200].partition(":")
        return self.wording.get(normal(plain(label))) if colon and filler.strip("*_ ") else None

    def _segment(self, head: Row, span: tuple[int, int], role: LineRole) -> Segment:
        line = self.rows[bisect_right(self.starts, span[0]) - 1].number
        self.count[line] += 1
        return Segment(
            id=SegmentId(f"{self.pad.pad_id}:{line}:{self.count[line] - 1}"),
            pad_id=self.pad.pad_id,
            group=self.pad.group,
            line=LineNo(line),
            start=span[0],
            end=span[1],
            text=self.pad.text[slice(*span)],
            kind=Kind.STATEMENT if role is LineRole.CONTENT else Kind.OTHER,
            role=role,
            prompt=self.outline.prompt,
            headings=self.outline.headings,
            level=head.level,
        )


def _is_sentence(cell: str) -> bool:
    return len(words(cell)) >= _SENTENCE_WORDS or (" " in cell and cell.endswith((".", "?", "!")))
