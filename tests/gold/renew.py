"""Write the gold files anew: `python -m tests.gold.renew`; read the difference before committing it."""

from pathlib import Path

from tests.gold.scrubs import scrubbed
from tests.support.annotated import ALLOTMENTS, read
from tests.support.reports import checked_report

GOLD = Path(__file__).parent / "report"
PAGES_OF = ("Water", "Children")
"""The groups whose pages are kept: the others would show nothing else."""


def agreed() -> dict[str, str]:
    """Return the files of the report on the invented pads that are kept as gold, by name."""
    outputs = checked_report(*read(ALLOTMENTS))
    kept = tuple(f"groups/{group}" for group in PAGES_OF)
    return {name: text for name, text in outputs.items() if not name.startswith("groups/") or name.startswith(kept)}


def renew() -> None:
    """Write these files, scrubbed, into tests/gold/report/."""
    for name, text in agreed().items():
        (GOLD / name).parent.mkdir(exist_ok=True)
        (GOLD / name).write_bytes(scrubbed(text).encode())


if __name__ == "__main__":
    renew()
