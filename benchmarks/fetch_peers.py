"""Odd pads of a real Etherpad, fetched by etherpump and by Padharvest; not run by `make`.

    .venv/bin/python -m benchmarks.fetch_peers [--etherpump COMMAND]

Without --etherpump, etherpump 0.0.20 is installed into a folder of its own, with markupsafe 2.0.1, without which it
does not start. A pad counts as saved if its file has the server's own text, as wrong if the file has another text, and
as skipped if there is no file.
"""

import argparse
import functools
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import unquote

from fetch.add import add_links, pads_at
from fetch.corpus import read_manifest
from fetch.locations import Place
from fetch.pull import PullOptions, pull
from tests.support.etherpad_server import API_KEY, Etherpad, running
from tests.support.pad_writer import PadWriter, written

Texts = dict[str, str]
"""The text that was saved of each pad, by the pad's name."""

NAMES = ("..", "CON", "a\\b", "%41", "pad.txt", "emoji😀", "Simple", "simple", "r&d", "~1", "ä", "100%", "notes.html")
"""Names that Etherpad allows, real ones or similar to real ones."""

LONG = "😀" * 25
"""Another name that Etherpad allows; separate from the others because etherpump stops at it."""


def made_with(text: str) -> PadWriter:
    """Return a pad that a script made with all its text and that nobody has edited: its revision is 0."""
    pad = PadWriter()
    pad.edit("", 0, 0, text)
    return pad


def odd_pads() -> dict[str, PadWriter]:
    """Return 22 pads: half were made by a script, as templates and imports are, half were typed in."""
    struck = written("\t* keep this, not that\n")
    struck.mark("a.two", 12, 20, "strikethrough", "true")
    lost = written("one\ntwo\n")
    lost.revisions[1] = None
    contents = {
        "template": made_with("Who should be involved?\nHow?\n"),
        "large": made_with("A line of an imported document, 49 characters.\n" * 2_100),
        "minutes": made_with("Present: nine people\n\nThey agreed.\n"),
        "lists": written("*Heading\n\t* one\n\t\t* two\n\t1. first\n* literal\n"),
        "signs": written("nel \x85 ls \u2028 vt \x0b bidi \u202e private \ue000 \ufeff 😀\n"),
        "struck": struck,
        "lost": lost,
        "empty": written("\n"),
        "ordinary": written("just notes\nof a group\n"),
    }
    named = {name: (made_with if n % 2 else written)(f"pad {n}\n") for n, name in enumerate(NAMES)}
    return {**named, **contents}


def by_us(server: Etherpad, pads: Mapping[str, PadWriter], folder: Path) -> Texts:
    """Return what `fetch pull` saves, without a key."""
    refs = pads_at([Place(server=server.base, name=name, etherpad=True).page for name in pads])
    add_links(folder / "camp", refs)
    list(pull(folder / "camp", PullOptions(now="2026-05-04T12:00:00+00:00", environment={})))
    entries = read_manifest(folder / "camp")
    return {pad_id: (folder / "camp" / one.file).read_bytes().decode() for pad_id, one in entries.items()}


def by_etherpump(command: list[str], server: Etherpad, folder: Path) -> Texts:
    """Return what `etherpump pull --text` saves, with the key it needs; its files have the quoted names of the pads."""
    (folder / ".etherpump").mkdir()
    settings = {"apiurl": f"{server.base}/api/1.2.9/", "apikey": API_KEY}
    (folder / ".etherpump" / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    arguments = [*command, "pull", "--meta", "--text"]
    subprocess.run(arguments, cwd=folder, timeout=600, check=False, stdin=subprocess.DEVNULL, capture_output=True)  # noqa: S603 - our own words
    return {
        unquote(path.name.removesuffix(".raw.txt")): path.read_bytes().decode() for path in folder.glob("p/*.raw.txt")
    }


def expected(server: Etherpad, name: str) -> set[str]:
    """Return the server's own texts of a pad: its plain export, and its API's (without tabs and bullets)."""
    page = Place(server=server.base, name=name, etherpad=True).page.removeprefix(f"{server.base}/p/")
    return {server.text(page), server.api("getText", padID=name)["text"]}


def row(tool: str, server: Etherpad, pads: Mapping[str, PadWriter], fetched: Callable[[], Texts]) -> str:
    """Return a row of the table: how many of the pads a tool saved, and how long it took."""
    start = time.monotonic()
    texts = fetched()
    seconds = time.monotonic() - start
    right = sum(name in texts and texts[name] in expected(server, name) for name in pads)
    wrong = sum(name in texts for name in pads) - right
    return f"| {tool} | {len(pads)} | {right} | {len(pads) - right - wrong} | {wrong} | {seconds:.1f} |"


def installed_etherpump(folder: Path) -> list[str]:
    """Install etherpump into a folder of its own and return its command."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)  # noqa: S603 - our own words
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--quiet", "install", "etherpump==0.0.20", "markupsafe==2.0.1"]
    subprocess.run(pip, check=True)  # noqa: S603 - our own words
    return [str(folder / "bin" / "etherpump")]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--etherpump", help="an etherpump that is installed already")
    command = parser.parse_args().etherpump
    print("| tool | pads | saved | skipped | wrong | seconds |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as place:
        etherpump = [command] if command else installed_etherpump(Path(place) / "venv")
        for additional in ({}, {LONG: written("a long name\n")}):
            pads = {**odd_pads(), **additional}
            with (
                running(pads) as server,
                tempfile.TemporaryDirectory() as ours,
                tempfile.TemporaryDirectory() as theirs,
            ):
                fetched = functools.partial(by_etherpump, etherpump, server, Path(theirs))
                print(row("etherpump 0.0.20, with the key", server, pads, fetched))
                print(row("Padharvest, without", server, pads, functools.partial(by_us, server, pads, Path(ours))))


if __name__ == "__main__":
    main()
