"""Writes the gold files anew: `python -m tests.gold.renew`; read the difference before committing it."""

from pathlib import Path

from pipeline.report import render_report
from tests.gold.scrubs import scrubbed
from tests.support.annotated import ALLOTMENTS, read

GOLD = Path(__file__).parent / "report"


def renew() -> None:
    """Every file of the report on the invented pads, scrubbed, into tests/gold/report/."""
    for name, text in render_report(*read(ALLOTMENTS)).items():
        (GOLD / name).write_bytes(scrubbed(text).encode())


if __name__ == "__main__":
    renew()
