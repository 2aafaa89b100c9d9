"""Three invented days of one gathering as analyses, and the report across them as it would be written."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.across.across_files import check_across, render_across
from pipeline.across.across_records import AcrossEvents
from pipeline.across.across_view import build_view
from pipeline.across.event_series import EventSeries, in_order
from pipeline.across.follow_ups import compare_events
from pipeline.analysis_records import Analysis, EventInfo
from pipeline.curation.redaction import Secrets
from pipeline.transformer import embed
from pipeline.translation import translation
from tests.support.analysis import NOW
from tests.support.annotated import build

DAY_1 = {
    "1 Water": "* the tap is shut all winter   ‖ concern=tap\n"
    "* we carry cans up the hill, as the tap is shut   ‖ concern=tap\n"
    "* Ana asks the council for a key   ‖ action open owner=Ana\n"
    "* Ben writes down what the pump costs   ‖ action open owner=Ben\n"
    "* do we need a permit for the hives?   ‖ question",
    "2 Soil": "* nobody can water the beds while the tap is shut   ‖ concern=tap\n"
    "* newcomers do not know whom to ask   ‖ concern=newcomers",
    "3 Bees": "* newcomers ask us everything, as they do not know whom to ask   ‖ concern=newcomers\n"
    "* who takes the honey to the fair?   ‖ question",
}
DAY_2 = {
    "1 Paths": "* the tap was shut again, so there was no water   ‖ concern=water\n"
    "* decided: the tap stays open from March to November   ‖ decision concern=water\n"
    "* the path is too steep for wheelchairs   ‖ concern=steep_path",
    "2 Soil": "* we wait for water because the tap is shut   ‖ concern=water\n"
    "* wheelchairs cannot go up the steep path   ‖ concern=steep_path\n"
    "* Ana asks the council for a key   ‖ done\n"
    "* Ben writes down what the pump costs   ‖ action open\n"
    "* do we need a permit for the hives?   ‖ question\n"
    "    * yes, one for each hive\n"
    "* who takes the honey to the fair?   ‖ question",
}
DAY_3 = {
    "1 Bees": "* the steep path keeps wheelchairs away from the hives   ‖ concern=path\n"
    "* no wheelchair gets up that steep path   ‖ concern=path"
}


def event(event_id: str, title: str, day: dt.date | None, pads: Mapping[str, str]) -> Analysis:
    """Return the analysis of an event with annotated pads (see `annotated`)."""
    analysis, _ = build(pads)
    return replace(analysis, event=EventInfo(id=event_id, title=title, date=day))


def three_days() -> tuple[Analysis, Analysis, Analysis]:
    return (
        event("day1", "Friday", dt.date(2026, 5, 15), DAY_1),
        event("day2", "Saturday", dt.date(2026, 5, 16), DAY_2),
        event("day3", "Sunday", dt.date(2026, 5, 17), DAY_3),
    )


def compared(analyses: Sequence[Analysis], secrets: Secrets = ()) -> AcrossEvents:
    """Return what analyses have in common."""
    return compare_events(EventSeries(analyses=in_order(analyses), secrets=secrets, embed=embed), NOW)


def across_report(analyses: Sequence[Analysis], language: str = "en", secrets: Secrets = ()) -> dict[str, str]:
    """Return the files of the report across events, checked as before they are written."""
    across, in_language = compared(analyses, secrets), translation(language)
    view = build_view(across, in_order(analyses), in_language, "")
    outputs = render_across(across, view, in_language)
    check_across(outputs, across, analyses)
    return outputs
