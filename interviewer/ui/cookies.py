"""How our cookies are set: no script reads them, and where there is TLS they only go over it."""

from starlette.requests import HTTPConnection


def is_https(connection: HTTPConnection) -> bool:
    """Whether the visitor came by https, perhaps to a proxy before us."""
    return "https" in (connection.url.scheme, connection.headers.get("x-forwarded-proto"))


def cookie(connection: HTTPConnection, name: str, value: str, seconds: int, *, framed: bool) -> str:
    """A Set-Cookie header; `framed` where the page is shown inside another site, as in a Space."""
    text = f"{name}={value}; Path=/; HttpOnly; Max-Age={seconds}"
    if not is_https(connection):
        return f"{text}; SameSite=Lax"
    # in another site's frame only this kind of cookie comes back
    return f"{text}; Secure; " + ("SameSite=None; Partitioned" if framed else "SameSite=Lax")
