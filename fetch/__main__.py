"""`python -m fetch`."""

from fetch.cli import app
from fetch.errors import run_command

if __name__ == "__main__":
    run_command(app)
