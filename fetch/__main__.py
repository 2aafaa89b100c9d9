"""`python -m fetch`."""

from fetch.cli import run

if __name__ == "__main__":
    run()
