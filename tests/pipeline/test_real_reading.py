"""A whole reading by llama.cpp's chat server with a model so small that it answers mostly nonsense."""

import json
from pathlib import Path

import jsonschema
import pytest

from pipeline.reading.chat_server import ChatFailure
from pipeline.reading.reading_file import reading_schema
from tests.support.fair_event import Fair, fair
from tests.support.llama_server import LlamaServer, running_or_skipped

pytestmark = pytest.mark.reading_server

CONTEXT = 3000
"""Tokens: the model may write until they are used up, and writes some 50 a second."""


def table(llama: LlamaServer, summary: str = "true") -> str:
    return f'[reading]\nurl = "{llama.url}"\nmodel = "{llama.model}"\ncontext_tokens = {CONTEXT}\nsummary = {summary}\n'


def check(event: Fair) -> None:
    """Check that what is kept keeps to its schema and makes an analysis."""
    kept = event.kept()
    jsonschema.validate(kept, json.loads(reading_schema()))
    assert kept["model"] == "smollm2"
    assert event.analysis().segments


def test_whatever_a_small_model_answers_ends_in_a_sound_reading(tmp_path: Path) -> None:
    with running_or_skipped() as llama:
        event = fair(tmp_path, table(llama))
        assert event.read()
        assert any(line.startswith("In this run: ") for line in event.told)
        check(event)
        assert event.read()


def test_a_run_that_the_server_breaks_off_is_taken_up_by_the_next(tmp_path: Path) -> None:
    with running_or_skipped() as llama:
        event = fair(tmp_path, table(llama, summary="false"))

        def stop_after_the_first(_: str, done: int, total: int) -> None:
            if done == total:
                llama.stop()

        with pytest.raises(ChatFailure, match="nothing answers at its address"):
            event.read(on_progress=stop_after_the_first)
        assert event.kept()["lines"]
    with running_or_skipped() as llama:
        toml = event.folders.source / "event.toml"
        before = toml.read_text(encoding="utf-8")
        toml.write_text(before.replace(before.split('url = "')[1].split('"')[0], llama.url), encoding="utf-8")
        assert event.read()
        check(event)
