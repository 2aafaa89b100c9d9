"""`python -m fetch` as people and scripts meet it: lines, tallies and exit codes."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fetch.cli import app
from tests.support.fake_server import FakeServer, answer, export
from tests.support.fetching import NOW
from tests.support.pad_writer import written

PAD = written("*Heading\n\t* item\n")


def run(tmp_path: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--corpus", str(tmp_path / "corpus")])


def command(folder: Path, path: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Python with these words, in a folder of its own."""
    environment = {"PYTHONPATH": path, "PATH": "/usr/bin:/bin", "HOME": str(folder), "TERM": "xterm", "COLUMNS": "200"}
    return subprocess.run(  # noqa: S603 - our own words
        [sys.executable, *words],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_from_links_to_a_corpus(server: FakeServer, tmp_path: Path) -> None:
    server.pad("one", export(PAD))
    page = tmp_path / "wiki.txt"
    page.write_text(f"* [{server.base}/p/one Partnerships]\n* Tech: {server.base}/p/two\n", encoding="utf-8")
    begun = run(tmp_path, "new", "camp", "--links", str(page))
    assert begun.exit_code == 0, begun.output
    assert begun.stdout.split("\n")[:2] == ["Partnerships: one", "Tech: two"]
    assert "pads added: 2, already there: 0" in begun.stdout
    pulled = run(tmp_path, "pull", "camp", "--now", NOW)
    assert pulled.exit_code == 1
    assert pulled.stdout == (
        f"new: Partnerships ({server.base}/p/one)\n"
        "camp: 1 new, 0 changed, 0 unchanged, 0 withheld, 0 gone (copy kept), 1 failed\n"
    )
    assert pulled.stderr == f"failed: Tech ({server.base}/p/two): its server has no pad of that name\n"
    server.pad("two", export(PAD))
    assert run(tmp_path, "pull", "camp").exit_code == 0


def test_links_can_be_on_a_page_of_the_web(server: FakeServer, tmp_path: Path) -> None:
    page = answer(f'<a href="{server.base}/p/one">Partnerships</a>', "text/html", attached=False)
    server.reactions["/wiki/Fair"] = page
    assert run(tmp_path, "new", "camp", "--links", f"{server.base}/wiki/Fair").stdout.startswith("Partnerships: one\n")
    gone = run(tmp_path, "new", "camp", "--links", f"{server.base}/wiki/Gone")
    assert str(gone.exception) == f"{server.base}/wiki/Gone: its server could not give it (HTTP 404)."


def test_naming_pads_again_adds_the_new_ones_only(tmp_path: Path) -> None:
    run(tmp_path, "new", "camp", "https://pads.example.org/p/a", "https://pads.example.org/p/b")
    event = tmp_path / "corpus" / "camp" / "event.toml"
    event.write_text(event.read_text(encoding="utf-8").replace('group = "a"', 'group = "Ours"'), encoding="utf-8")
    again = run(tmp_path, "new", "camp", "https://pads.example.org/p/c", "https://pads.example.org/p/a")
    assert "pads added: 1, already there: 1" in again.stdout
    assert [line for line in event.read_text(encoding="utf-8").split("\n") if line.startswith(("group", "pad"))] == [
        'group = "Ours"', 'pad = "a"', 'group = "b"', 'pad = "b"', 'group = "c"', 'pad = "c"',
    ]  # fmt: skip


def test_a_star_in_a_link_stands_for_many_pads(tmp_path: Path) -> None:
    for _ in range(2):
        run(tmp_path, "new", "camp", "https://pads.example.org/p/camp-*")
    event = (tmp_path / "corpus" / "camp" / "event.toml").read_text(encoding="utf-8")
    assert event.count('pad = "camp-*"') == 1
    assert "group" not in event


def test_a_dry_run_shows_the_plan(server: FakeServer, tmp_path: Path) -> None:
    run(tmp_path, "new", "camp", f"{server.base}/p/one")
    done = run(tmp_path, "pull", "camp", "--dry-run")
    assert done.stdout == f"one ({server.base}/p/one): ask for all of it\n"
    assert server.requests == []


def test_keeping_history_says_what_that_means(server: FakeServer, tmp_path: Path) -> None:
    server.pad("one", export(PAD))
    run(tmp_path, "new", "camp", f"{server.base}/p/one")
    done = run(tmp_path, "pull", "camp", "--keep-history")
    assert "will hold old and deleted text, chat and names" in done.stderr
    assert (tmp_path / "corpus" / "camp" / "pads" / "one.etherpad").exists()


def test_status_shows_what_is_kept_and_how_old_it_is_without_asking(server: FakeServer, tmp_path: Path) -> None:
    server.pad("one", export(PAD))
    server.pad("edited", export(PAD))
    server.pad("not", export(written("__NOPUBLISH__\n")))
    run(tmp_path, "new", "camp", *(f"{server.base}/p/{name}" for name in ("one", "edited", "not", "never")))
    run(tmp_path, "pull", "camp", "--now", NOW)
    (tmp_path / "corpus" / "camp" / "pads" / "edited.txt").write_text("mine", encoding="utf-8")
    server.requests.clear()
    revision, size = len(PAD.revisions) - 1, len("*Heading\n\t* item\n")
    assert run(tmp_path, "status", "camp", "--now", "2026-05-07T13:00:00+00:00").stdout.split("\n") == [
        "group\tpad\tstate\trevision\tsize\tage",
        f"one\tone\theld\t{revision}\t{size} B\t3 days ago",
        f"edited\tedited\tchanged by hand\t{revision}\t{size} B\t3 days ago",
        "not\tnot\twithheld\t\t\t3 days ago",
        "never\tnever\tnot fetched\t\t\t",
        "",
    ]
    assert server.requests == []
    assert run(tmp_path, "status", "camp", "--now", NOW).stdout.count("\t0 seconds ago\n") == 3


@pytest.mark.parametrize(
    ("words", "sentence"),
    (
        (["pull", "a/b"], "cannot be an event's name"),
        (["pull", "nothing"], "does not exist"),
        (["status", "nothing"], "does not exist"),
        (["new", "camp"], "Name the event's pads"),
        (["new", "camp", "https://pads.example.org/"], "is not a link to a pad"),
        (["new", "camp", "--links", "/nonexistent"], "/nonexistent: it cannot be read: it does not exist."),
        (["add", "camp", ".", "--now", "noon"], "--now 'noon' is not a time"),
    ),
)
def test_a_user_s_mistake_is_one_line_and_exit_code_2(
    root: Path, tmp_path: Path, words: list[str], sentence: str
) -> None:
    done = command(tmp_path, str(root), "-m", "fetch", *words)
    assert done.returncode == 2
    assert sentence in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1
    assert done.stdout == b""


def test_a_mistake_of_ours_is_one_line_and_goes_to_the_log(root: Path, tmp_path: Path) -> None:
    broken = "import fetch.cli\n\ndef fail(*_):\n    raise KeyError('ours')\n\nfetch.cli.read_event = fail\n"
    (tmp_path / "sitecustomize.py").write_text(broken, encoding="utf-8")
    done = command(tmp_path, f"{tmp_path}:{root}", "-m", "fetch", "status", "camp")
    assert done.returncode == 70
    assert done.stderr.count(b"\n") == 1
    assert "KeyError: 'ours'" in (tmp_path / "build" / "padharvest.log").read_text(encoding="utf-8")


def test_names_from_strangers_do_not_steer_the_terminal(server: FakeServer, tmp_path: Path) -> None:
    folder = tmp_path / "corpus" / "camp"
    folder.mkdir(parents=True)
    (folder / "event.toml").write_text(
        f'title = "x"\nserver = "{server.base}"\n[[pad]]\ngroup = "\\u001b[31mred\\u202e\\n[bold]"\npad = "a"\n',
        encoding="utf-8",
    )
    done = run(tmp_path, "pull", "camp")
    assert "failed: \ufffd[31mred\ufffd [bold] (" in done.stderr


def test_on_a_terminal_there_is_a_bar_and_only_what_changed_is_listed(
    server: FakeServer, root: Path, tmp_path: Path
) -> None:
    server.pad("one", export(PAD))
    server.pad("two", export(PAD))
    run(tmp_path, "new", "camp", f"{server.base}/p/one")
    run(tmp_path, "pull", "camp")
    run(tmp_path, "new", "camp", f"{server.base}/p/two")
    program = "import pty, sys; sys.exit(pty.spawn([sys.executable, '-m', 'fetch', 'pull', 'camp']) >> 8)"
    done = command(tmp_path, str(root), "-c", program)
    shown = done.stdout.decode()
    assert done.returncode == 0, shown
    assert "\x1b[" in shown
    assert f"new: two ({server.base}/p/two)" in shown
    assert f"unchanged: one ({server.base}/p/one)" not in shown
    assert "camp: 1 new, 0 changed, 1 unchanged" in shown
