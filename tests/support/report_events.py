"""The report on invented events: an ordinary one, also read by a model or changed, a hostile one, one without pads."""

from tests.support.annotated import ALLOTMENTS, build, read
from tests.support.changed_event import changed_allotments
from tests.support.hostile import HOSTILE, event_of
from tests.support.read_event import read_allotments
from tests.support.reports import checked_report, index_report

REPORTS = {
    "allotments": checked_report(*read(ALLOTMENTS)),
    "read by a model": checked_report(*read_allotments()),
    "changed": checked_report(*changed_allotments()),
    "hostile": checked_report(*event_of(HOSTILE)),
    "large": index_report(*read(ALLOTMENTS)),
    "hostile and large": index_report(*event_of(HOSTILE)),
    "no pads": checked_report(*build({})),
}
