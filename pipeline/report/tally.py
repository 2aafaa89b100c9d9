"""The ledger as a table whose shares add up to 100 %."""

from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.records import Account, Ledger
from pipeline.report.backmatter import GroupLedger, LedgerRow, LedgerView
from pipeline.report.sources import Sources
from pipeline.report.words import strings

TENTHS = 1000
"""Shares are given in tenths of a percent."""

_WORDS = strings("account")


def ledger_view(ledger: Ledger, known: Sources) -> LedgerView:
    """The rows of the ledger that hold any line, for the event and for each group."""
    used = [entry for entry in Account if ledger.counts[entry]]
    shares = largest_remainder([ledger.counts[entry] for entry in used])
    return LedgerView(
        rows=tuple(_rows(used, shares, ledger)),
        groups=tuple(_groups(used, ledger, known)),
        total=f"{ledger.total:,}",
        share=_percent(sum(shares)),
    )


def largest_remainder(counts: Sequence[int]) -> tuple[int, ...]:
    """The share of each count in tenths of a percent, adding up to 1000 (Hamilton's method; 0 for no counts at all)."""
    total = sum(counts)
    if not total:
        return tuple(0 for _ in counts)
    shares = [number * TENTHS // total for number in counts]
    by_remainder = sorted(range(len(counts)), key=lambda index: (-(counts[index] * TENTHS % total), index))
    for index in by_remainder[: TENTHS - sum(shares)]:
        shares[index] += 1
    return tuple(shares)


def _rows(used: Sequence[Account], shares: Sequence[int], ledger: Ledger) -> Iterator[LedgerRow]:
    x = 0
    for entry, share in zip(used, shares, strict=True):
        yield LedgerRow(
            account=entry.value,
            words=_WORDS[entry.value],
            lines=f"{ledger.counts[entry]:,}",
            share=_percent(share),
            x=x,
            width=share,
        )
        x += share


def _groups(used: Sequence[Account], ledger: Ledger, known: Sources) -> Iterator[GroupLedger]:
    for group in known.groups:
        pads = [source.info.pad_id for source in known.by_pad.values() if source.group == group]
        found = Counter(entry for pad_id in pads for entry in ledger.lines[pad_id])
        yield GroupLedger(group=group, counts=tuple(found[entry] for entry in used), total=f"{found.total():,}")


def _percent(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10} %"
