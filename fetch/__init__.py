"""From Etherpad, or files on disk, to corpus/: `python -m fetch --help`."""
