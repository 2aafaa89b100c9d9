"""`python -m pipeline`."""

if __name__ == "__main__":  # not in the other process of a report, which has no use for the commands
    from pipeline.cli import run

    run()
