"""Cut the blocks of a pad into segments, each with its headings, its prompt and the segment that it is under."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from pipeline.segment.lines import BOLD_RANK, LineType, ParsedLine, ParsedPad, remaining_spans
from pipeline.segment.sentences import Block, split_sentences
from pipeline.segment_records import Kind, Line, LineNo, LineRole, Segment, SegmentId
from pipeline.text import (
    checkbox_state,
    is_question,
    mask_variables,
    normalize,
    normalized_words,
    strip_emphasis,
    trim,
    word_list,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segmentation:
    r"""All pads as lines and segments, in pad order, then in reading order.

    Lines are the pieces of `text.split("\n")`: a pad that ends in a newline has an empty last line, as in Etherpad.
    A segment covers every line that its span touches: the sentence of a wrapped paragraph spans several, and its
    text then holds the newlines. Each visible character of a content line is in exactly one segment, except for its
    marks (bullet, number, check box, quote, table bars) and what was struck out.
    """

    lines: tuple[Line, ...]
    segments: tuple[Segment, ...]


_ITEM_RANK = 20  # of a prompt that is a bullet: any heading ends it


@dataclass(frozen=True, slots=True)
class _Prompt:
    """A prompt; `level` is that of a bullet that asks only for the deeper bullets under it, else 0."""

    rank: int
    level: int
    text: str


class Outline:
    """Where the next statement of a pad stands, while its lines are entered from top to bottom."""

    def __init__(self) -> None:
        self._headings: list[tuple[int, str]] = []
        self._prompts: list[_Prompt] = []
        self._parents: list[tuple[int, SegmentId]] = []  # level and last segment of the open bullets
        self._question: SegmentId | None = None  # the last one, until a heading or prompt

    @property
    def headings(self) -> tuple[str, ...]:
        """The path of headings, outermost first."""
        return tuple(text for _, text in self._headings)

    @property
    def prompt(self) -> str | None:
        """The nearest prompt above that is still open."""
        return self._prompts[-1].text if self._prompts else None

    def enter_heading(self, line: ParsedLine) -> None:
        """Close headings and prompts of the same rank and below, and open this heading."""
        self._close(line.rank)
        self._headings.append((line.rank, strip_emphasis(line.kept_text)))

    def enter_prompt(self, line: ParsedLine, text: str, below: ParsedLine | None) -> None:
        """Open a prompt; as a bullet with deeper ones under it, it asks for those alone."""
        if line.type is LineType.LIST_ITEM:
            self.enter_block(line)
            rank = _ITEM_RANK + line.level
            self._prompts = [prompt for prompt in self._prompts if prompt.rank < rank]
            level = line.level if below is not None and below.level > line.level else 0
        else:
            rank, level = line.rank or BOLD_RANK, 0
            self._close(rank)
        self._prompts.append(_Prompt(rank, level, text))
        self._question = None

    def enter_block(self, line: ParsedLine) -> SegmentId | None:
        """Enter a bullet or a paragraph, and return the segment that it is under."""
        self._prompts = [prompt for prompt in self._prompts if not prompt.level or line.level > prompt.level]
        self._parents = [(level, last) for level, last in self._parents if level < line.level]
        return self._parents[-1][1] if self._parents else None

    def leave_block(self, line: ParsedLine, last: SegmentId, *, is_lead: bool) -> None:
        """Leave a bullet, or a paragraph that leads to the bullets under it; `last` is its last segment."""
        if line.level or is_lead:
            self._parents.append((line.level, last))

    def parent_of(self, segment: Segment, under: SegmentId | None, before: Segment | None) -> SegmentId | None:
        """Return the parent of a segment: an answer, and the rest of its bullet, belong to the question.

        `under` is what its bullet is under, `before` the segment before it in the same bullet.
        """
        asks = is_question(segment.text) or _has_label(segment.text, "question")
        parent = before.parent if before and not asks else under
        if _has_label(segment.text, "answer"):
            parent = self._question or under
        if asks:
            self._question = segment.id
        return parent

    def _close(self, rank: int) -> None:
        self._headings = [heading for heading in self._headings if heading[0] < rank]
        self._prompts = [prompt for prompt in self._prompts if prompt.rank < rank]
        self._parents.clear()
        self._question = None


def _has_label(text: str, kind: str) -> bool:
    """Return whether a statement calls itself a "question" or an "answer": `Q: …`, `**A:** …`."""
    label, colon, _ = text[:40].partition(":")
    return bool(colon) and " ".join(normalized_words(label)) in word_list("dialogue.toml", kind)


_CELL = re.compile(r"[^|\t]+")
_PROMPT_WORDS = 3
_SENTENCE_WORDS = 8  # a cell this long is a statement by itself


def compose_segments(
    parsed: ParsedPad,
    roles: Sequence[LineRole],
    blocks: Sequence[Block],
    wording: Mapping[str, str],
    fields: AbstractSet[int] = frozenset(),
) -> list[Segment]:
    """Return the segments of a pad in reading order; `wording` maps the normal form of a line to its prompt's text.

    `fields` are the indices of the lines of a form, which are nobody's statements.
    """
    return list(_Composer(parsed, roles, wording, fields).compose({block.first: block for block in blocks}))


class _Composer:
    def __init__(
        self, parsed: ParsedPad, roles: Sequence[LineRole], wording: Mapping[str, str], fields: AbstractSet[int]
    ) -> None:
        self.fields = fields
        self.pad = parsed.pad
        self.lines = parsed.lines
        self.starts = [line.start for line in parsed.lines]
        self.roles = roles
        self.wording = wording
        self.outline = Outline()
        self.per_line: Counter[int] = Counter()

    def compose(self, blocks: Mapping[int, Block]) -> Iterator[Segment]:
        for at, line in enumerate(self.lines):
            role = self.roles[at]
            if role is LineRole.HEADING:
                self.outline.enter_heading(line)
            elif role is LineRole.PROMPT:
                text = strip_emphasis(line.kept_text)
                self.outline.enter_prompt(line, self._prompt(text) or text, self._written_below(at))
            elif role is LineRole.BOILERPLATE:
                yield from self._boilerplate(line)
            elif at in blocks:
                yield from self._content(blocks[at])

    def _written_below(self, at: int) -> ParsedLine | None:
        return next((self.lines[below] for below in range(at + 1, len(self.lines)) if self.lines[below].text), None)

    def _boilerplate(self, line: ParsedLine) -> Iterator[Segment]:
        is_item = line.type is LineType.LIST_ITEM
        parent = self.outline.enter_block(line) if is_item else None
        spans = remaining_spans(self.pad.text, (line.text_start, line.text_end), line.struck)
        segments = [replace(self._segment(line, span, LineRole.BOILERPLATE), parent=parent) for span in spans]
        yield from segments
        if segments and is_item:
            self.outline.leave_block(line, segments[-1].id, is_lead=False)

    def _content(self, block: Block) -> Iterator[Segment]:
        head, role = self.lines[block.first], self.roles[block.first]
        spans = [
            span
            for whole in self._statements(head, self.lines[block.last].text_end)
            for span in remaining_spans(self.pad.text, whole, head.struck)
        ]
        under = self.outline.enter_block(head)
        label, _, value = head.kept_text[:200].partition(":")
        label_prompt = self._prompt(label) if value.strip("*_ ") else None  # "Who: everyone" answers "Who?"
        last: Segment | None = None
        for span in spans:
            text = self.pad.text[slice(*span)]
            may_repeat = len(spans) > 1 and role is LineRole.CONTENT  # a prompt, in front of its answer
            is_whole = is_question(text) or len(text.split()) >= _PROMPT_WORDS  # "Done." may also be the answer
            if may_repeat and is_whole and (prompt := self._prompt(text)):
                yield replace(self._segment(head, span, LineRole.BOILERPLATE), parent=under)
                self.outline.enter_prompt(head, prompt, self._written_below(block.last))
                continue
            segment = self._segment(head, span, role)
            parent = self.outline.parent_of(segment, under, last)
            checkbox = (None if last else head.checkbox) or checkbox_state(text)
            last = replace(segment, parent=parent, checkbox=checkbox) if parent or checkbox else segment
            if label_prompt:
                last = replace(last, prompt=label_prompt)
            if block.first in self.fields:
                last = replace(last, kind=Kind.OTHER)
            yield last
        if last:
            self.outline.leave_block(head, last.id, is_lead=self._is_lead(block, last.text))

    def _is_lead(self, block: Block, text: str) -> bool:
        """Return whether a paragraph leads to the bullets under it; an address alone does not."""
        below = self.lines[block.last + 1 : block.last + 2]
        leads = text.endswith((":", "?")) or any(line.type is LineType.LIST_ITEM for line in below)
        return leads and bool(mask_variables(text).strip("0 "))

    def _statements(self, head: ParsedLine, end: int) -> list[tuple[int, int]]:
        """Return the spans of a block: sentences; a table's row as a whole, or by cells if they are sentences."""
        text = self.pad.text
        if head.type is LineType.CODE:
            return [(head.text_start, end)]
        if head.type is not LineType.TABLE_ROW:
            sentences = split_sentences(text[head.text_start : end])
            return [(head.text_start + start, head.text_start + stop) for start, stop in sentences]
        cells = [
            trim(text, head.text_start + cell.start(), head.text_start + cell.end())
            for cell in _CELL.finditer(head.text)
        ]
        cells = [(start, stop) for start, stop in cells if start < stop]
        if any(_is_sentence(text[start:stop]) for start, stop in cells):
            return cells
        return [(cells[0][0], cells[-1][1])]

    def _prompt(self, text: str) -> str | None:
        return self.wording.get(normalize(strip_emphasis(text)))

    def _segment(self, head: ParsedLine, span: tuple[int, int], role: LineRole) -> Segment:
        line = self.lines[bisect_right(self.starts, span[0]) - 1].number
        self.per_line[line] += 1
        return Segment(
            id=SegmentId(f"{self.pad.pad_id}:{line}:{self.per_line[line] - 1}"),
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
