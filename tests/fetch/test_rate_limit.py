"""How long to wait follows from the headers of an answer, by the server's own clock."""

import pytest

from fetch.rate_limit import DEFAULT_WINDOW, MAX_DELAY, delay_after_answer, delay_after_refusal

NOON = "Mon, 23 Nov 2026 12:00:00 GMT"
NOON_SECONDS = 1795435200


@pytest.mark.parametrize(
    ("headers", "seconds"),
    (
        ({}, 0),
        ({"X-RateLimit-Remaining": "3", "X-RateLimit-Reset": str(NOON_SECONDS + 60), "Date": NOON}, 0),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOON_SECONDS + 60), "Date": NOON}, 60),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOON_SECONDS - 5), "Date": NOON}, 0),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOON_SECONDS * 1000), "Date": NOON}, DEFAULT_WINDOW),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "soon", "Date": NOON}, DEFAULT_WINDOW),
        (
            {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOON_SECONDS + 60), "Date": "noonish"},
            DEFAULT_WINDOW,
        ),
        ({"X-RateLimit-Remaining": "0"}, DEFAULT_WINDOW),
        ({"X-RateLimit-Remaining": "many"}, 0),
    ),
)
def test_a_pause_lasts_until_the_window_ends(headers: dict[str, str], seconds: float) -> None:
    assert delay_after_answer(headers) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    (
        ({"Retry-After": "90"}, 90),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "Mon, 23 Nov 2026 12:00:30 GMT", "Date": NOON}, 30),
        ({"Retry-After": "Mon, 23 Nov 2026 11:00:00 GMT", "Date": NOON}, 0),
        ({"Retry-After": "later"}, DEFAULT_WINDOW),
        ({"X-RateLimit-Reset": str(NOON_SECONDS + 12), "Date": NOON}, 12),
        ({}, DEFAULT_WINDOW),
        ({"Retry-After": "86400"}, 86400),
    ),
)
def test_a_refusal_says_when_to_come_back(headers: dict[str, str], seconds: float) -> None:
    assert delay_after_refusal(headers) == seconds


def test_a_day_is_longer_than_our_patience() -> None:
    assert delay_after_refusal({"Retry-After": "86400"}) > MAX_DELAY
