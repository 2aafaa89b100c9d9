"""What segmentation hands on."""

from dataclasses import dataclass

from pipeline.records import Line, Segment


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
