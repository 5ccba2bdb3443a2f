from pathlib import Path

import pytest

from interviewer.errors import InputError
from interviewer.settings import Settings


def test_an_empty_environment_gives_the_defaults() -> None:
    found = Settings.from_environ({})
    assert (found.host, found.port) == ("127.0.0.1", 7860)
    assert (found.model, found.secret, found.bank) == ("", "", None)
    assert found.threads >= 1
    assert found.data != found.cache
    assert found.data not in found.cache.parents


def test_empty_variables_count_as_unset() -> None:
    names = ("HOST", "PORT", "DATA", "CACHE", "MODEL", "THREADS", "BANK", "SECRET", "MENTORS")
    assert Settings.from_environ({f"INTERVIEWER_{n}": "" for n in names}) == Settings.from_environ(
        {}
    )


def test_every_variable_is_read() -> None:
    found = Settings.from_environ(
        {
            "INTERVIEWER_HOST": "0.0.0.0",  # noqa: S104 - a value to read, nothing listens
            "INTERVIEWER_PORT": " 8000 ",
            "INTERVIEWER_DATA": "/srv/data",
            "INTERVIEWER_CACHE": "~/weights",
            "INTERVIEWER_MODEL": " none\n",
            "INTERVIEWER_THREADS": "3",
            "INTERVIEWER_BANK": "content",
            "INTERVIEWER_SECRET": " kept as it is ",
            "INTERVIEWER_MENTORS": " ann:hash ",
        }
    )
    assert found == Settings(
        host="0.0.0.0",  # noqa: S104 - as above
        port=8000,
        data=Path("/srv/data"),
        cache=Path.home() / "weights",
        model="none",
        threads=3,
        bank=Path("content"),
        secret=" kept as it is ",  # noqa: S106 - no password of anything
        mentors="ann:hash",
    )


@pytest.mark.parametrize(
    ("environ", "in_space", "oauth"),
    [
        ({"SPACE_ID": "someone/interviewer"}, True, False),
        ({"OAUTH_CLIENT_SECRET": "x"}, False, False),
        ({"SPACE_ID": "someone/interviewer", "OAUTH_CLIENT_SECRET": "x"}, True, True),
    ],
)
def test_oauth_is_on_in_a_space_with_its_secret_alone(
    environ: dict[str, str], in_space: bool, oauth: bool
) -> None:
    found = Settings.from_environ(environ)
    assert (found.in_space, found.oauth) == (in_space, oauth)


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEWER_PORT", "4321")
    assert Settings.from_environ().port == 4321


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INTERVIEWER_PORT", "http"),
        ("INTERVIEWER_PORT", "-1"),
        ("INTERVIEWER_PORT", "65536"),
        ("INTERVIEWER_PORT", "80.0"),
        ("INTERVIEWER_THREADS", "0"),
        ("INTERVIEWER_THREADS", "many"),
        ("INTERVIEWER_THREADS", "²"),
    ],
)
def test_a_wrong_number_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(InputError, match=name) as caught:
        Settings.from_environ({name: value})
    assert repr(value) in str(caught.value)
    assert "expected a whole number" in str(caught.value)
