"""The report on three invented events: an ordinary one, one of hostile texts, and one without pads."""

from tests.support.annotated import ALLOTMENTS, build, read
from tests.support.hostile import HOSTILE, event_of
from tests.support.reports import checked_report

REPORTS = {
    "allotments": checked_report(*read(ALLOTMENTS)),
    "hostile": checked_report(*event_of(HOSTILE)),
    "no pads": checked_report(*build({})),
}
