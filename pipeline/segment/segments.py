"""What segmentation hands on.

Where a statement stands: the headings and the prompt above it, and the bullet or question that it hangs under.

From a pad's rows and roles to its segments, each where it stands.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from fetch.corpus_records import Pad
from pipeline.analysis_records import Kind, Line, LineNo, LineRole, Segment, SegmentId
from pipeline.segment import sentences
from pipeline.segment.lines import BOLD, Row, Shape, Sheet, cut
from pipeline.segment.sentences import Block
from pipeline.text import frame, is_question, normalize, normalized_words, strip_emphasis, trim, word_list


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    r"""All pads as lines and segments, in pad order, then in reading order.

    Lines are the pieces of `text.split("\n")`: a pad that ends in a newline has an empty last line, as in Etherpad.
    A segment covers every line that its span touches: the sentence of a wrapped paragraph spans several, and its
    text then holds the newlines. A content line's every written character lies in exactly one segment, its marks
    (bullet, number, check box, quote, table bars) and what was struck out apart.
    """

    lines: tuple[Line, ...]
    segments: tuple[Segment, ...]


_UNDER_ALL = 20  # rank of a prompt that is a bullet: any heading ends it


@dataclass(frozen=True, slots=True)
class _Prompt:
    """`level` is the bullet's whose deeper bullets alone it asks for; 0 where it asks for all that follows."""

    rank: int
    level: int
    text: str


class Outline:
    """Read a pad from top to bottom, telling it each line; it answers where the next statement stands."""

    def __init__(self) -> None:
        self._headings: list[tuple[int, str]] = []
        self._prompts: list[_Prompt] = []
        self._open: list[tuple[int, SegmentId]] = []
        self._asked: SegmentId | None = None

    @property
    def headings(self) -> tuple[str, ...]:
        """The path of headings, outermost first."""
        return tuple(text for _, text in self._headings)

    @property
    def prompt(self) -> str | None:
        """The nearest prompt above that still asks."""
        return self._prompts[-1].text if self._prompts else None

    def heading(self, row: Row) -> None:
        """A heading closes what stands at its own rank and below, prompts too."""
        self._close(row.rank)
        self._prompts = [prompt for prompt in self._prompts if prompt.rank < row.rank]
        self._headings.append((row.rank, strip_emphasis(row.said)))

    def ask(self, row: Row, text: str, below: Row | None) -> None:
        """A prompt; as a bullet with deeper ones under it, it asks for those alone."""
        if row.shape is Shape.ITEM:
            self.reach(row)
            level = row.level if below is not None and below.level > row.level else 0
            self._prompts = [prompt for prompt in self._prompts if prompt.rank < _UNDER_ALL + row.level]
            self._prompts.append(_Prompt(_UNDER_ALL + row.level, level, text))
        else:
            rank = row.rank or BOLD
            self._close(rank)
            self._prompts = [prompt for prompt in self._prompts if prompt.rank < rank]
            self._prompts.append(_Prompt(rank, 0, text))
        self._asked = None

    def reach(self, row: Row) -> SegmentId | None:
        """Come to a bullet or a paragraph; the segment that it hangs under, if any."""
        self._prompts = [p for p in self._prompts if not p.level or row.level > p.level]
        while self._open and self._open[-1][0] >= row.level:
            self._open.pop()
        if not row.level:
            self._open.clear()
        return self._open[-1][1] if self._open else None

    def leave(self, row: Row, last: SegmentId, *, leads: bool) -> None:
        """Done with a bullet, or with a paragraph that `leads` to the bullets under it; `last` is its last segment."""
        if row.level or leads:
            self._open.append((row.level, last))

    def answer(self, segment: Segment, hangs: SegmentId | None, before: Segment | None) -> SegmentId | None:
        """What a segment hangs under: an answer, and what follows it in its bullet, under the question.

        `hangs` is what its bullet hangs under, `before` the segment before it in the same bullet.
        """
        asks = is_question(segment.text) or is_labelled(segment.text, "question")
        if is_labelled(segment.text, "answer"):
            parent = self._asked or hangs
        else:
            parent = before.parent if before and not asks else hangs
        if asks:
            self._asked = segment.id
        return parent

    def _close(self, rank: int) -> None:
        self._headings = [(other, text) for other, text in self._headings if other < rank]
        self._open.clear()
        self._asked = None


def is_labelled(text: str, kind: str) -> bool:
    """Whether a statement says of itself that it is a "question" or an "answer": `Q: …`, `**A:** …`."""
    label, colon, _ = text[:40].partition(":")
    return bool(colon) and " ".join(normalized_words(label)) in word_list("dialogue.toml", kind)


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
                said = strip_emphasis(row.said)
                self.outline.ask(row, self.wording.get(normalize(said), said), self._below(at))
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
        return self.wording.get(normalize(strip_emphasis(text))) if whole else None

    def _label(self, text: str) -> str | None:
        """The prompt that a line fills in behind its colon ("Who: everyone")."""
        label, colon, filler = text[:200].partition(":")
        return self.wording.get(normalize(strip_emphasis(label))) if colon and filler.strip("*_ ") else None

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
    return len(normalized_words(cell)) >= _SENTENCE_WORDS or (" " in cell and cell.endswith((".", "?", "!")))
