"""The sample event and an invented meeting two weeks later, as a user compares them."""

import datetime as dt
import re
import shutil
from pathlib import Path
from urllib.parse import unquote

import pytest
from pydantic import TypeAdapter
from typer.testing import CliRunner

from pipeline import cli
from pipeline.across.across_records import AcrossEvents
from pipeline.serialization import to_json
from tests.support.analysis import NOW
from tests.support.compared_events import event

LATER = {
    "1 Volunteers": "* new volunteers come, and still nobody is there to welcome them   ‖ concern=welcome\n"
    "* a buddy for each new volunteer, for the first shifts   ‖ concern=welcome\n"
    "* Tomaž sends the buddy checklist round by 1 June   ‖ done",
    "2 Money": "* no grant pays for running costs such as rent and heating   ‖ concern=rent\n"
    "* a grant for another laser cutter, none for the running costs   ‖ concern=rent",
}


@pytest.fixture(scope="module")
def build(analysed_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    build = tmp_path_factory.mktemp("across") / "build"
    (build / "later").mkdir(parents=True)
    (build / "sample").mkdir()
    shutil.copy(analysed_sample / "analysis.json", build / "sample")
    shutil.copy(analysed_sample.parent / "lines.sqlite", build)
    later = event("later", "Two weeks later", dt.date(2026, 5, 30), LATER)
    (build / "later" / "analysis.json").write_bytes(to_json(later))
    places = ["--corpus", str(build.parent / "corpus"), "--build", str(build), "--now", NOW]
    result = CliRunner().invoke(cli.app, ["across", "later", "sample", *places])
    assert result.exit_code == 0, result.exception
    return build


def test_the_later_meeting_has_two_concerns_of_the_sample_again_and_a_step_was_ticked(build: Path) -> None:
    across = TypeAdapter(AcrossEvents).validate_json((build / "across" / "across.json").read_bytes())
    assert [one.id for one in across.events] == ["sample", "later"]
    assert {(concern.label, concern.appearances[1].label) for concern in across.came_back} == {
        ("New volunteers come but nobody welcomes them", "welcome"),
        ("Grants never pay for running costs", "rent"),
    }
    assert [(step.step.text, step.ticked) for step in across.steps] == [
        ("Tomaž sends the buddy checklist round by 1 June", True)
    ]


def test_every_link_into_the_sample_leads_to_a_line_or_a_concern_of_its_report(
    build: Path, analysed_sample: Path
) -> None:
    ids = set(re.findall(r' id="([^"]+)"', (analysed_sample / "report.html").read_text(encoding="utf-8")))
    page = (build / "across" / "report.html").read_text(encoding="utf-8")
    targets = re.findall(r'href="\.\./sample/report\.html#([^"]+)"', page)
    assert len(targets) > 10
    assert {unquote(target) for target in targets} <= ids
