"""From a pad's rows and what the pads share to the role of each line."""

from collections.abc import Mapping, Sequence

from pipeline.records import LineRole
from pipeline.segment.paragraphs import goes_on, wrapped_at
from pipeline.segment.rows import Row, Shape, Sheet


def assign(sheet: Sheet, template: Mapping[int, LineRole]) -> list[LineRole]:
    """The role of each row; `template` holds the roles of those that the pads share. Nothing is a duplicate yet."""
    roles: list[LineRole] = []
    for at, row in enumerate(sheet.rows):
        if row.shape is Shape.BLANK:
            roles.append(LineRole.STRUCK if row.gone else LineRole.EMPTY)
        elif at in sheet.routine:
            roles.append(LineRole.BOILERPLATE)
        elif at in template:
            roles.append(template[at])
        else:
            roles.append(LineRole.HEADING if row.shape is Shape.HEADING else LineRole.CONTENT)
    _spill(sheet.rows, roles)
    return roles


def _spill(rows: Sequence[Row], roles: list[LineRole]) -> None:
    """Make boilerplate of the wrapped rest of a boilerplate line."""
    width = wrapped_at(rows)
    head = -1
    for at, row in enumerate(rows):
        if roles[at] is not LineRole.BOILERPLATE:
            head = -1
            continue
        head = at if head < 0 or row.marked else head
        below = at + 1
        loose = {LineRole.CONTENT, LineRole.PROMPT}
        if below < len(rows) and roles[below] in loose and _is_rest(rows[head], row, rows[below], width):
            roles[below] = LineRole.BOILERPLATE


def _is_rest(head: Row, row: Row, below: Row, width: int) -> bool:
    listed = row.text.endswith(",") and below.shape is Shape.TEXT and not below.marked and below.indent > head.indent
    return listed or goes_on(head, row, below, width)
