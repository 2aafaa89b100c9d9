"""What became of each pad in a run, and the tally of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a pad. The order is that of the tally."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WITHHELD = "withheld"
    GONE = "gone (copy kept)"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A pad or file, named as the user names it, and what became of it; `remarks` are clauses."""

    name: str
    outcome: Outcome
    remarks: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = "; ".join(remark.rstrip(".") for remark in self.remarks)
        return f"{self.outcome}: {self.name}{': ' if said else ''}{said}"


def failed(name: str, why: str) -> Result:
    """The result of a pad that could not be had; `why` is a clause."""
    return Result(name=name, outcome=Outcome.FAILED, remarks=(why,))


def tally(results: Iterable[Result], of: Iterable[Outcome] = tuple(Outcome)) -> str:
    """How many there were of each outcome: `3 new, 0 changed, …`."""
    counts = Counter(result.outcome for result in results)
    return ", ".join(f"{counts[outcome]} {outcome}" for outcome in of)
