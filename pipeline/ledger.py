"""The ledger: exactly one account for every line of every pad, from its role, its segments and their concerns.

A role that was assigned before anything was clustered is also an account, of the same name.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from fetch.corpus_records import Pad, PadId
from fetch.errors import PadharvestError
from pipeline.analysis_records import Account, Concern, Ledger
from pipeline.segment_records import Kind, Line, LineRole, Segment, SegmentId


class LedgerError(PadharvestError):
    """A line of a pad is not accounted for exactly once, so nothing is rendered: no line may vanish."""


PRECEDENCE = (
    *(Account.CONCERN, Account.ONE_GROUP, Account.QUESTION, Account.NEXT_STEP, Account.UNCLUSTERED),
    *(Account.HIDDEN, Account.REDACTED),
)
"""A content line counts once, under the first of these that any of its segments has; so one is counted as hidden or
redacted only where nothing else is on it."""


def account(lines: Sequence[Line], segments: Sequence[Segment], concerns: Sequence[Concern]) -> Ledger:
    """Return the ledger of all `lines`, given the segments on them and the concerns these are in.

    A content line takes the strongest account (`PRECEDENCE`) of the segments that cover any of it; a sentence
    may span several lines. Raises LedgerError if a line is missing or counted twice, or if a content line has no
    segment.
    """
    by_pad = _by_pad(lines)
    strongest = _strongest(by_pad, segments, concerns)
    accounts = {
        pad_id: tuple(_account_of(line, strongest.get((pad_id, line.number))) for line in pad_lines)
        for pad_id, pad_lines in by_pad.items()
    }
    found = Counter(entry for entries in accounts.values() for entry in entries)
    return Ledger(total=len(lines), counts={entry: found[entry] for entry in Account}, lines=accounts)


def check(ledger: Ledger, pads: Sequence[Pad]) -> None:
    r"""Raise LedgerError unless `ledger` has one account for each line (split at `\n`) of each of `pads`."""
    if sorted(ledger.lines) != sorted(pad.pad_id for pad in pads):
        raise LedgerError("The ledger and the corpus name different pads; analyse the event again.")
    for pad in pads:
        want, have = pad.text.count("\n") + 1, len(ledger.lines[pad.pad_id])
        if want != have:
            raise LedgerError(
                f"Pad {pad.pad_id}: it has {want} lines but the ledger accounts for {have}; analyse the event again."
            )
    summed = Counter(entry for entries in ledger.lines.values() for entry in entries)
    if ledger.counts != {entry: summed[entry] for entry in Account} or ledger.total != summed.total():
        raise LedgerError("The ledger's sums do not match its lines; analyse the event again.")


def _by_pad(lines: Sequence[Line]) -> dict[PadId, list[Line]]:
    """Return the lines of each pad, which must run from 1 without a gap or a repeat."""
    by_pad: dict[PadId, list[Line]] = defaultdict(list)
    for line in lines:
        by_pad[line.pad_id].append(line)
    for pad_id, pad_lines in by_pad.items():
        for expected, line in enumerate(pad_lines, start=1):
            if line.number != expected:
                wrong = "counted twice" if line.number < expected else "missing"
                which = min(expected, line.number)
                raise LedgerError(f"Pad {pad_id}: line {which} is {wrong}, so not every line is accounted for.")
    return dict(by_pad)


def _strongest(
    by_pad: Mapping[PadId, list[Line]], segments: Sequence[Segment], concerns: Sequence[Concern]
) -> dict[tuple[PadId, int], Account]:
    """Return the strongest account that any segment gives to each (pad, line number)."""
    claims = _claims(concerns)
    starts = {pad_id: [line.start for line in lines] for pad_id, lines in by_pad.items()}
    strongest: dict[tuple[PadId, int], Account] = {}
    for segment in segments:
        claim = claims.get(segment.id) or _by_kind(segment)
        pad_starts = starts[segment.pad_id]
        for number in range(bisect_right(pad_starts, segment.start), bisect_left(pad_starts, segment.end) + 1):
            place = (segment.pad_id, number)
            strongest[place] = min(strongest.get(place, claim), claim, key=PRECEDENCE.index)
    return strongest


def _claims(concerns: Sequence[Concern]) -> dict[SegmentId, Account]:
    """Return the account that concerns give their segments; a recurring concern wins over one of a single group."""
    claims: dict[SegmentId, Account] = {}
    for concern in sorted(concerns, key=lambda concern: concern.recurring):
        claims |= dict.fromkeys(concern.segment_ids, Account.CONCERN if concern.recurring else Account.ONE_GROUP)
    return claims


def _by_kind(segment: Segment) -> Account:
    """Return the account of a segment that is in no concern."""
    if segment.role in {LineRole.HIDDEN, LineRole.REDACTED}:
        return Account(segment.role)
    if segment.kind is Kind.QUESTION:
        return Account.QUESTION
    return Account.NEXT_STEP if segment.kind is Kind.ACTION else Account.UNCLUSTERED


def _account_of(line: Line, strongest: Account | None) -> Account:
    if line.role is not LineRole.CONTENT:
        return Account(line.role)
    if strongest is None:
        raise LedgerError(
            f"Pad {line.pad_id}: line {line.number} has words but no segment was made of it, so it would vanish."
        )
    return strongest
