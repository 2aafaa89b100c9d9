"""`make etherpad`: a real Etherpad on this machine that has the sample event's pads, as several people wrote them."""

import signal
import sys
from pathlib import Path
from urllib.parse import urlsplit

from fetch.corpus import read_corpus
from tests.support.etherpad_server import Unavailable, installed, running
from tests.support.pad_writer import PadWriter, written

SAMPLE = Path(__file__).resolve().parents[2] / "corpus" / "sample"

INSTRUCTIONS = """\
An Etherpad with the sample event's pads runs at {base}, for example {base}/p/{pad}
In another terminal:
  make fetch EVENT=sample       fetches them; edit one in a browser and fetch again
  make analyze EVENT=sample
Ctrl-C ends it; nothing of it is kept."""


def sample_pads() -> dict[str, PadWriter]:
    """The sample's pads, written line by line by three people in turn."""
    return {pad.pad_id: written(pad.text) for pad in read_corpus(SAMPLE).pads}


def main() -> int:
    """Run until Ctrl-C; 1 where there is no such server to be had."""
    server = urlsplit(read_corpus(SAMPLE).event.server or "")
    say(
        "Starting Etherpad 1.8.14 (the first time, npm installs 150 MB into your cache; that takes about three minutes)"
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        installed()
        with running(sample_pads(), port=server.port) as etherpad:
            say(INSTRUCTIONS.format(base=etherpad.base, pad="volunteers"))
            signal.pause()
    except Unavailable as reason:
        say(str(reason))
        return 1
    except KeyboardInterrupt:
        say("Ended.")
    return 0


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
