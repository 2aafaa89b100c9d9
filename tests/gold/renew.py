"""Write the gold files anew: `python -m tests.gold.renew`; read the difference before committing it."""

from pathlib import Path

from tests.gold.scrubs import scrubbed
from tests.support.annotated import ALLOTMENTS, read
from tests.support.reports import checked_report

GOLD = Path(__file__).parent / "report"


def renew() -> None:
    """Write every file of the report on the invented pads, scrubbed, into tests/gold/report/."""
    for name, text in checked_report(*read(ALLOTMENTS)).items():
        (GOLD / name).write_bytes(scrubbed(text).encode())


if __name__ == "__main__":
    renew()
