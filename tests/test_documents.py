"""What the documents promise of themselves: links that lead somewhere, short decisions, and names that exist."""

import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
import typer

from fetch.cli import app as fetch_app
from fetch.corpus_records import NameLabel, PublishPolicy
from fetch.event_file import KNOWN_KEYS, parse_event
from fetch.formats import FORMS, form_of
from pipeline import anchors
from pipeline.cli import app as pipeline_app
from pipeline.curation import decision_file
from pipeline.report.formats import FORMATS
from pipeline.serialization import ANALYSIS_FILE, schema_json
from pipeline.settings import Settings
from pipeline.translation import available, catalogue, is_complete, translation
from tests.support import damaged
from tests.support.fuzz import TARGETS

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "pipeline/models/*/CARD.md", "corpus/sample/*.md", "tests/**/README.md")
    for path in ROOT.glob(pattern)
    if ".venv" not in path.parts
)
DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)")
MOST_WORDS = 300


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def links(document: Path) -> Iterator[Path]:
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        yield (document.parent / target).resolve()


def toml_blocks(document: str) -> list[str]:
    return re.findall(r"```toml\n(.*?)```", text_of(document), re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_to_a_file_leads_to_one(document: Path) -> None:
    assert [target for target in links(document) if not target.exists()] == []


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_short_and_has_the_usual_sections(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")
    assert len(text.split()) <= MOST_WORDS
    for section in ("## Status", "## Context", "## Decision", "## Consequences"):
        assert section in text


def test_decisions_have_different_numbers() -> None:
    numbers = [path.name[:4] for path in DECISIONS]
    assert len(set(numbers)) == len(numbers)


def test_files_and_sections_that_comments_cite_exist() -> None:
    cited = {
        (path, name)
        for folder in ("fetch", "pipeline", "tests", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        for name in re.findall(r"docs/[\w/.-]*\w", path.read_text(encoding="utf-8"))
    }
    missing = [
        (path.name, name) for path, name in cited if not ((ROOT / name).exists() or list(ROOT.glob(f"{name}*.md")))
    ]
    assert missing == []


def test_test_files_that_documents_cite_exist() -> None:
    tests = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")]
    cited = {
        (document.name, name)
        for document in DOCUMENTS
        for name in re.findall(r"(?:\w+/)*\btest_\w+\.py", document.read_text(encoding="utf-8"))
    }
    assert len(cited) > 20
    assert [one for one in cited if not any(f"/{test}".endswith(f"/{one[1]}") for test in tests)] == []


def test_every_test_of_what_comes_from_elsewhere_is_a_target_of_make_fuzz_and_has_properties() -> None:
    targets = {f"tests/{file}" for files in TARGETS.values() for file in files}
    texts = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py")}
    assert [name for name in targets if "@given(" not in texts[name]] == []
    hostile = {name for name, text in texts.items() if "@given(" in text and f"from {damaged.__name__} import" in text}
    assert hostile <= targets


def test_make_targets_that_the_readme_names_exist() -> None:
    readme = text_of("README.md")
    named = set(re.findall(r"^make ([\w-]+)|`make ([\w-]+)", readme, re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    assert {first or second for first, second in named} <= targets


def test_make_help_lists_every_target_that_a_user_types() -> None:
    makefile = text_of("Makefile")
    [phony] = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    explained = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert set(phony.split()) == explained


def test_the_guide_lists_every_setting_with_its_default() -> None:
    guide = text_of("docs/fetch.md")
    for name in Settings.__dataclass_fields__:
        default = getattr(Settings(), name)
        row = next((line for line in guide.split("\n") if line.startswith(f"| `{name}`")), "")
        assert str(default) in row, name
        assert row, name


@pytest.mark.parametrize("document", ("README.md", "docs/fetch.md"))
def test_the_event_file_that_a_guide_shows_can_be_read(document: str) -> None:
    [example] = [block for block in toml_blocks(document) if block.startswith("title")]
    path = Path("corpus/spring/event.toml")
    assert parse_event(example, path).title
    tomllib.loads(example)


def test_the_guide_shows_every_key_of_an_event_file_and_names_every_value_of_a_choice() -> None:
    [example] = [block for block in toml_blocks("docs/fetch.md") if block.startswith("title")]
    tables = tomllib.loads(example)
    assert {*tables, "settings"} == set(KNOWN_KEYS[""])
    for table in ("pad", "name"):
        assert {key for entry in tables[table] for key in entry} == set(KNOWN_KEYS[table])
    for value in (*get_args(NameLabel), *PublishPolicy):
        assert re.search(rf"\b{re.escape(value)}\b", example), value


def test_the_guide_lists_the_commands_of_fetch_and_the_options_that_it_names_exist() -> None:
    guide = text_of("docs/fetch.md")
    table = guide.partition("| command | effect |")[2].partition("\n\n")[0]
    commands = typer.main.get_group(fetch_app).commands
    assert set(re.findall(r"python -m fetch (\w+)", table)) == set(commands)
    options = {name for command in commands.values() for option in command.params for name in option.opts}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", guide)) - {"--help"} <= options


def test_make_runs_commands_that_exist() -> None:
    recipes = text_of("Makefile")
    for module, app in (("fetch", fetch_app), ("pipeline", pipeline_app)):
        named = set(re.findall(rf"-m {module} (\w+)", recipes))
        assert named <= set(typer.main.get_group(app).commands)


def test_the_guides_name_every_variable_of_the_environment_that_is_read() -> None:
    variable = re.compile(r"\bPADHARVEST_[A-Z_]+\b")
    code = {
        name
        for folder in ("fetch", "pipeline")
        for path in (ROOT / folder).rglob("*.py")
        for name in variable.findall(path.read_text(encoding="utf-8"))
    }
    guides = ("README.md", "docs/fetch.md", "docs/reading.md")
    assert code == {name for guide in guides for name in variable.findall(text_of(guide))}


def test_the_readme_names_the_most_concerns_that_are_shown() -> None:
    assert f"At most {Settings().most_concerns} recurring concerns are shown." in text_of("README.md")


def test_what_the_curation_guide_tells_programmers_exists() -> None:
    programs = text_of("docs/curation.md").partition("## For programs")[2]
    assert "`pipeline.curation` reads, adds and removes decisions" in " ".join(programs.split())
    assert {"read_curation", "add", "remove"} <= set(vars(decision_file))
    assert callable(anchors.anchor_of)
    assert '"curation"' in schema_json()
    assert '"suggested_ids"' in schema_json()


def test_what_the_guide_for_translators_shows_is_so() -> None:
    guide = text_of("docs/translating.md")
    [example] = re.findall(r'msgid "(.*)"\n', guide)
    spanish = catalogue("es")
    assert example in spanish
    assert is_complete(spanish)
    [mark] = re.findall(r"`# (Complete: yes)`", guide)
    assert mark in spanish.header_comment


def test_the_limits_in_the_readme_are_those_that_were_measured() -> None:
    measured = text_of("docs/quality.md").partition("### Two events that nothing was tuned on")[2]
    [_, card_p, found] = map(float, re.findall(r"\d*\.\d+", measured.partition("| **ours** |")[2].partition("\n")[0]))
    readme = " ".join(text_of("README.md").split())
    assert "fewer than half of the quotes of a card are about its main concern" in readme
    assert 0.4 < card_p < 0.5
    assert "1 in 3 shared concerns has a card" in readme
    assert abs(found - 1 / 3) < 0.05


def test_the_licence_of_the_taggers_weights_is_the_same_wherever_it_is_named() -> None:
    licence = json.loads(text_of("pipeline/models/tagger/meta.json"))["license"]
    assert f"SPDX-License-Identifier: {licence}" in text_of("pipeline/models/tagger/CARD.md")
    section = text_of("NOTICE").partition("pipeline/models/tagger")[2]
    assert re.search(r"SPDX-License-Identifier: (.*)", section)[1] == licence  # type: ignore[index]  # it is there
    assert f"The tagger's weights (`pipeline/models/tagger`) are under {licence}" in text_of("README.md")


def test_the_guide_names_the_kinds_of_files_that_can_be_added() -> None:
    [row] = [line for line in text_of("docs/fetch.md").splitlines() if line.startswith("| files |")]
    documented = re.findall(r"`(\.\w+)`", row)
    assert {form_of(Path(f"notes{suffix}")) for suffix in documented} == set(FORMS.values())


def test_what_git_ignores_because_it_is_made_is_removed_by_make_clean() -> None:
    [recipe] = re.findall(r"^clean:.*\n((?:\t.*\n?)+)", text_of("Makefile"), re.MULTILINE)
    made = {line.rstrip("/") for line in text_of(".gitignore").splitlines() if line.endswith("/")}
    assert len(made) > 5
    assert [name for name in made if not re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", recipe)] == []
    assert "corpus" not in recipe


def test_the_readme_names_the_oldest_python_that_make_accepts_and_the_code_is_checked_for() -> None:
    [(major, minor)] = re.findall(r"You need Python (\d)\.(\d+) or later", text_of("README.md"))
    assert f"sys.version_info < ({major}, {minor})" in text_of("Makefile")
    assert f'target-version = "py{major}{minor}"' in text_of("pyproject.toml")


def test_the_readme_lists_every_file_of_a_report() -> None:
    readme = text_of("README.md")
    files = {name for known in FORMATS for name in (*known.quotes, *known.quotes_nothing)}
    files |= {f"groups/*{ending}" for known in FORMATS for ending in known.group_pages}
    assert [name for name in (*files, ANALYSIS_FILE) if f"`{name}`" not in readme] == []


def test_the_readme_names_each_language_of_the_report() -> None:
    readme = text_of("README.md")
    assert [code for code in available() if translation().language_name(code) not in readme] == []


def test_notice_names_every_model_and_word_list_under_another_licence() -> None:
    notice = text_of("NOTICE")
    for name in ("pipeline/models/tagger", "pipeline/models/encoder", "pipeline/data/stop_words.txt", "corpus/sample/"):
        assert name in notice
        assert (ROOT / name).exists()


def test_no_committed_text_names_a_package_registry() -> None:
    hosts = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "registry.npm" + "js")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607 - git
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    texts = {
        path: path.read_bytes() for path in files if path.is_file() and path.suffix not in {".onnx", ".npz", ".png"}
    }
    assert [str(path) for path, content in texts.items() if any(host.encode() in content for host in hosts)] == []
