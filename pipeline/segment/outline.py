"""Where a statement stands: the headings and the prompt above it, and the bullet or question that it hangs under."""

from dataclasses import dataclass

from pipeline.records import Segment, SegmentId
from pipeline.segment.rows import BOLD, Row, Shape
from pipeline.segment.words import is_question, plain, word_list, words

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
        self._headings.append((row.rank, plain(row.said)))

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
    return bool(colon) and " ".join(words(label)) in word_list("dialogue.toml", kind)
