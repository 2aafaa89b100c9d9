"""Whether a server's answer is the pad that was asked for. Status 200 is not enough: login pages have it, too."""

from fetch.errors import PadFailure
from fetch.transport import Answer

OK = 200
NOT_MODIFIED = 304


class Refusal(PadFailure):
    """A server answered, but not with the pad."""


class Gone(Refusal):
    """There is no such pad."""


class Locked(Refusal):
    """The pad is there for others, not for us."""


REASONS = {
    401: "its server asks for a login; put it into ~/.netrc, or into PADHARVEST_USER and PADHARVEST_PASSWORD.",
    403: "its server does not show it to us; a group's pad needs the cookie sessionID, in PADHARVEST_SESSION.",
    404: "its server has no pad of that name.",
    410: "its server has no pad of that name any more.",
    429: "its server still finds that we ask too often; try again later.",
}
KINDS = {401: Locked, 403: Locked, 404: Gone, 410: Gone}

TEXT = ("text/plain",)
ETHERPAD = ("application/octet-stream", "application/json")
MARKDOWN = ("text/markdown", "text/x-markdown", "text/plain")


def body_of(answer: Answer, types: tuple[str, ...]) -> bytes:
    """The body of an answer that is what was asked for: 200, an attachment, of one of `types`; raises Refusal."""
    if answer.status != OK:
        sentence = REASONS.get(answer.status, f"its server could not give it (HTTP {answer.status}).")
        raise KINDS.get(answer.status, Refusal)(sentence)
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    attached = answer.headers.get("Content-Disposition", "").strip().lower().startswith("attachment")
    if not attached or kind not in types:
        raise Refusal(f"its server sent {kind or 'something'} instead of the pad; is a login needed?")
    if answer.too_big:
        raise Refusal(f"it is larger than {len(answer.body) / 1e6:.0f} MB.")
    return answer.body
