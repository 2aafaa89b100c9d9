"""The errors of `pipeline`: every sentence a user may read names the thing, what is wrong and what to do."""


class PipelineError(Exception):
    """Base of every error that `pipeline` raises on purpose; its text is one plain sentence for the user."""


class UserMistake(PipelineError):
    """What was asked for cannot be done as asked (no such event, a setting that makes no sense): exit code 2."""


class VerbatimError(PipelineError):
    """A quote is not a substring of its pad, so nothing is rendered: nothing may be put in a group's mouth."""


class LedgerError(PipelineError):
    """A line of a pad is not accounted for exactly once, so nothing is rendered: nothing said may vanish."""
