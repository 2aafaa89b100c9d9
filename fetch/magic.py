"""Words in a pad by which its authors decide whether it may be kept; etherdump and etherpump use the same."""

from fetch.records import Publish

NO = "__NOPUBLISH__"
YES = "__PUBLISH__"


def why_withheld(text: str, publish: Publish) -> str | None:
    """Why a pad with this text is not to be kept, as a clause; None where it may be."""
    if NO in text:
        return f"its authors wrote {NO} into it"
    if publish is Publish.OPT_IN and YES not in text:
        return f"its authors did not write {YES} into it"
    return None
