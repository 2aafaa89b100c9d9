"""Turn pads into lines with roles and segments with exact places; nothing that was written is lost.

pads -> parse       each line's marks apart from its text, headings found            lines, markup
     -> housekeeping attendees, dates, links                                          boilerplate
     -> template    prompts and boilerplate that the pads share                       template
     -> form        fields at the head of the pads                                    form_fields
     -> roles       heading, prompt, boilerplate, struck, empty, or content           boilerplate
     -> blocks      wrapped lines joined; a group's duplicates                        sentences
     -> segments    blocks cut into sentences, with headings, prompt and parent       segments
     -> language    of each segment                                                   language_identification
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from fetch.corpus_records import Pad, PadId
from pipeline.progress import track
from pipeline.segment.boilerplate import assign_roles, find_housekeeping
from pipeline.segment.form_fields import find_form
from pipeline.segment.language_identification import identify_languages, unload
from pipeline.segment.lines import ParsedPad, apply_structure, assign_list_levels, parse_lines
from pipeline.segment.markup import find_headings, resolve_context
from pipeline.segment.segments import Segmentation, compose_segments
from pipeline.segment.sentences import Block, join_wrapped_lines
from pipeline.segment.template import find_template, required_groups
from pipeline.segment_records import Line, LineNo, LineRole, Segment
from pipeline.text import normalize

__all__ = ["Segmentation", "divide", "identify", "segment"]

_DUPLICATE_WORDS = 4  # shorter lines are written twice without being copied


def segment(pads: Sequence[Pad], prompts: Sequence[str]) -> Segmentation:
    """Return what `divide` does, with the languages of the segments."""
    return identify(divide(pads, prompts))


def divide(pads: Sequence[Pad], prompts: Sequence[str]) -> Segmentation:
    """Return the lines and segments of all pads, in pad order; `prompts` are the template's lines in event.toml.

    `pad.text[start:end] == text` for every segment; ids are `<pad>:<line>:<n>`. Headings, prompts and struck-out
    text have no segment. A sentence that repeats a prompt in front of its answer is a segment of its own, with the role
    boilerplate. A segment's text keeps a leading "Q:", "A:" or speaker's name, so that a quote reads as it was written.
    A check box belongs to the first segment behind it. Content is a STATEMENT until it is tagged; a field of the form
    at the head of the pads, which has its label as prompt, is OTHER, and so is what was set aside.
    """
    parsed_pads = [_parse(pad) for pad in track(pads, "segment")]
    template = find_template(parsed_pads, prompts)
    form = find_form(parsed_pads, required_groups(len({pad.group for pad in pads})))
    wording = {**form.wording, **template.wording}
    texts: defaultdict[str, set[str]] = defaultdict(set)  # of each group's blocks so far
    lines: list[Line] = []
    segments: list[Segment] = []
    for parsed, template_roles, fields in zip(parsed_pads, template.roles, form.lines, strict=True):
        roles = assign_roles(parsed, template_roles)
        blocks = list(join_wrapped_lines(parsed.lines, [role is LineRole.CONTENT for role in roles]))
        _mark_duplicates(parsed, blocks, roles, texts[parsed.pad.group])
        lines += _lines(parsed, blocks, roles)
        segments += compose_segments(parsed, roles, blocks, wording, fields)
    return Segmentation(lines=tuple(lines), segments=tuple(segments))


def identify(divided: Segmentation, *, keep: bool = True) -> Segmentation:
    """Return the segments with their languages; names and dates, which most boilerplate is, have none.

    The classifier is kept for the next time unless told otherwise.
    """
    by_pad: dict[PadId, list[Segment]] = {line.pad_id: [] for line in divided.lines}
    for item in divided.segments:
        if item.role is not LineRole.BOILERPLATE:
            by_pad[item.pad_id].append(item)
    identified = identify_languages([[item.text for item in own] for own in by_pad.values()])
    if not keep:
        unload()
    written = chain.from_iterable(by_pad.values())
    languages = {item.id: language for item, language in zip(written, chain(*identified), strict=True)}
    segments = (
        replace(item, language=languages[item.id]) if item.id in languages else item for item in divided.segments
    )
    return replace(divided, segments=tuple(segments))


def _parse(pad: Pad) -> ParsedPad:
    lines = apply_structure(pad, parse_lines(pad.text))
    lines = apply_structure(pad, assign_list_levels(resolve_context(pad, lines)))
    is_marked = pad.structure is not None and any(line.heading for line in pad.structure)
    lines = find_headings(lines, (pad.group, pad.pad_id), guess=not is_marked)
    return ParsedPad(pad=pad, lines=tuple(lines), housekeeping=find_housekeeping(lines))


def _mark_duplicates(parsed: ParsedPad, blocks: Sequence[Block], roles: list[LineRole], texts: set[str]) -> None:
    """Set the role of blocks that the group has written before, word for word; add the others to `texts`."""
    for block in blocks:
        text = normalize("\n".join(line.kept_text for line in parsed.lines[block.first : block.last + 1]))
        if text in texts:
            roles[block.first : block.last + 1] = [LineRole.DUPLICATE] * (block.last + 1 - block.first)
        elif text.count(" ") >= _DUPLICATE_WORDS - 1:
            texts.add(text)


def _lines(parsed: ParsedPad, blocks: Sequence[Block], roles: Sequence[LineRole]) -> Iterator[Line]:
    """Yield a record per line; the lines of one block share the level of its first."""
    levels = {at: parsed.lines[block.first].level for block in blocks for at in range(block.first, block.last + 1)}
    for at, (line, role) in enumerate(zip(parsed.lines, roles, strict=True)):
        yield Line(
            pad_id=parsed.pad.pad_id,
            number=LineNo(line.number),
            start=line.start,
            end=line.end,
            role=role,
            level=levels.get(at, line.level),
        )
