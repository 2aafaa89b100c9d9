"""What takes long to import is imported when it is needed: not to print help, and not before the first stage.

No times are asserted, for they are the machine's; `make bench` measures them (docs/performance.md).
"""

import subprocess
import sys
from pathlib import Path

import pytest

SLOW = (
    "numpy",
    "scipy",
    "sklearn",
    "spacy",
    "thinc",
    "onnxruntime",
    "tokenizers",
    "jinja2",
    "babel",
    "py3langid",
    "flask",
    "waitress",
)
STAGES = (
    "scipy",
    "sklearn",
    "spacy",
    "thinc",
    "onnxruntime",
    "tokenizers",
    "jinja2",
    "babel",
    "py3langid",
    "torch",
    "flask",
)


def imported(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has after `code`."""
    told = f"{code}\nimport sys\nprint('MODULES', *{{name.partition('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True)  # noqa: S603 - ours
    return set(run.stdout.rpartition("MODULES")[2].split())


@pytest.mark.parametrize("arguments", (["--help"], ["analyze", "--help"], ["report", "--help"], ["curate", "--help"]))
def test_help_needs_nothing_slow(arguments: list[str]) -> None:
    after = imported(
        f"import contextlib, sys\nsys.argv = ['pipeline', *{arguments}]\nfrom pipeline.cli import run\n"
        "with contextlib.suppress(SystemExit): run()"
    )
    assert "typer" in after
    assert not after.intersection(SLOW)


def test_each_stage_imports_its_libraries_when_its_turn_comes() -> None:
    after = imported("import pipeline.app")
    assert "pydantic" in after
    assert not after.intersection(STAGES)


def test_a_saved_analysis_is_rendered_without_the_libraries_of_the_stages() -> None:
    after = imported("import pipeline.publishing, pipeline.report")
    assert "jinja2" in after
    assert not after.intersection({"numpy", "scipy", "sklearn", "spacy", "onnxruntime", "tokenizers", "flask"})


def test_segmentation_needs_no_library_of_a_later_stage() -> None:
    after = imported(
        "from tests.support.builders import pad\nfrom pipeline.segment import segment\nsegment([pad('A', 'b')], ())"
    )
    assert "py3langid" in after
    assert not after.intersection({"scipy", "sklearn", "spacy", "onnxruntime", "jinja2"})


def test_the_bundled_tagger_runs_without_spacy(tmp_path: Path) -> None:
    after = imported(
        "from pathlib import Path\nfrom pipeline.app import tagger_for\n"
        "from pipeline.inference import BundledModels\nfrom pipeline.settings import Settings\n"
        f"models = BundledModels(Path({str(tmp_path)!r}, 'lines.sqlite'))\n"
        "tagger_for(Settings(), {}, models).spot(['ask Maria Lopez'])"
    )
    assert "onnxruntime" in after
    assert "spacy" not in after
