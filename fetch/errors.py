"""The errors of `fetch`: every sentence a user may read names the thing, what is wrong and what to do."""


class FetchError(Exception):
    """Base of every error that `fetch` raises on purpose; its text is one plain sentence for the user."""


class UserMistake(FetchError):
    """What was asked for cannot be done as asked (a wrong path, key or value): exit code 2."""


class PadFailure(FetchError):
    """One pad could not be had; the others go on and the exit code is 1."""
