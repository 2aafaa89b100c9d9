"""Serve the page on this machine until it is interrupted: the shell around the app, with socket and browser."""

import logging
import socket
import webbrowser
from collections.abc import Callable

from waitress import create_server

from pipeline.curate.app import make_app
from pipeline.curate.desk import Desk
from pipeline.curate.guard import HOST, Guard
from pipeline.errors import UserMistake

THREADS = 4
"""One person's browser asks for a page, two styles and a script at once."""


def serve(desk: Desk, title: str, port: int, say: Callable[[str], None], *, browser: bool) -> None:
    """Serve the event called `title` until Ctrl-C; `port` 0 is any free one, `say` is told what the user should know.

    Raises UserMistake where the port cannot be had, or where curation.toml has a mistake in it.
    """
    desk.state()
    guard = Guard()
    listening = _listen(port)
    guard.port = listening.getsockname()[1]

    def refused() -> None:
        if not guard.has_ticket:
            say(f"To open the page once more: {guard.address()}")

    logging.getLogger("waitress").setLevel(logging.ERROR)
    server = create_server(make_app(desk, guard, title, refused), sockets=[listening], threads=THREADS, ident=None)
    address = guard.address()
    say(f"Decide here: {address}\nEvery step is saved in {desk.path}. To end, press Ctrl-C here.")
    try:
        if browser and _can_open():
            webbrowser.open(address)
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()


def _listen(port: int) -> socket.socket:
    """A listening socket on the loopback address only."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
    except (OSError, OverflowError) as error:
        listening.close()
        raise UserMistake(f"Port {port} cannot be had on this machine; leave --port out to get a free one.") from error
    return listening


def _can_open() -> bool:
    """Whether there is a browser with a window: one in the terminal would take over the terminal."""
    try:
        return type(webbrowser.get()) is not webbrowser.GenericBrowser
    except webbrowser.Error:
        return False
