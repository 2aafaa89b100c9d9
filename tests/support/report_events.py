"""The report on four invented events: an ordinary one, also as read by a model, a hostile one, one without pads."""

from tests.support.annotated import ALLOTMENTS, build, read
from tests.support.hostile import HOSTILE, event_of
from tests.support.read_event import read_allotments
from tests.support.reports import checked_report

REPORTS = {
    "allotments": checked_report(*read(ALLOTMENTS)),
    "read by a model": checked_report(*read_allotments()),
    "hostile": checked_report(*event_of(HOSTILE)),
    "no pads": checked_report(*build({})),
}
