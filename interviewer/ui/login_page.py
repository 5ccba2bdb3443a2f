"""The pages around a mentor's login as HTML (pure)."""

from html import escape

_STYLE = """
:root { color-scheme: light dark; --line: #cbd5e1; --ink: #1e293b; --paper: #f8fafc; --card: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --line: #475569; --ink: #e2e8f0; --paper: #0f172a; --card: #1e293b; } }
body { font: 16px/1.5 ui-sans-serif, system-ui, sans-serif; color: var(--ink);
  background: var(--paper); margin: 0; padding: 3rem 1rem; }
main { max-width: 24rem; margin: 0 auto; padding: 1.5rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 12px; }
h1 { font-size: 1.15rem; margin: 0 0 1rem; } small { font-weight: 400; opacity: .65; }
label { display: block; font-size: .85rem; margin: .7rem 0 .2rem; }
input { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem .7rem; color: inherit;
  background: transparent; border: 1px solid var(--line); border-radius: 8px; }
button { font: inherit; font-weight: 600; margin-top: 1rem; padding: .5rem 1.2rem; border: 0;
  border-radius: 8px; background: #0f766e; color: #fff; cursor: pointer; }
.said { color: #b91c1c; } code { overflow-wrap: anywhere; } a { color: #0d9488; }
@media (prefers-color-scheme: dark) { .said { color: #fca5a5; } a { color: #5eead4; } }
"""


def login_page(token: str, next: str, said: str, *, oauth: bool) -> str:
    """The form; `said` tells why the last try failed."""
    told = f'<p class="said" id="said" role="alert">{escape(said)}</p>' if said else ""
    # in a Space's frame Hugging Face's page does not open: hence the new tab
    hub = '<p><a href="/login/huggingface?_target_url=/login/space" target="_blank">'
    hub = f"{hub}Log in with Hugging Face</a></p>" if oauth else ""
    return _page(
        f'{told}<form method="post" action="/login" id="login">{_hidden("csrf", token)}'
        f"{_hidden('next', next)}"
        '<label for="name">Name</label>'
        '<input id="name" name="name" autocomplete="username" required autofocus maxlength="63">'
        '<label for="password">Password</label><input id="password" name="password" '
        'type="password" autocomplete="current-password" required maxlength="256">'
        f"<button>Log in</button></form>{hub}"
        "<p><small>For those who review answers and write rubrics. To practise, "
        '<a href="/">go to the interview</a>: it needs no login.</small></p>'
    )


def off_page() -> str:
    """What is shown where the settings name no mentor."""
    return _page(
        '<p id="said">Mentor logins are off on this server.</p><p><small>Whoever runs it turns '
        "them on: <code>python -m interviewer mentor add NAME</code> prints an entry for the "
        "setting <code>INTERVIEWER_MENTORS</code>.</small></p>"
        '<p><a href="/">Go to the interview</a></p>'
    )


def welcome_page(name: str, token: str) -> str:
    """For who is logged in: where to go and how to leave."""
    return _page(
        f'<p>You are logged in as <b id="mentor">{escape(name)}</b>.</p>'
        '<p><a href="/mentor/review">Review interviews</a><br>'
        '<a href="/mentor/studio">Edit rubrics</a></p>'
        f'<form method="post" action="/logout" id="logout">{_hidden("csrf", token)}'
        "<button>Log out</button></form>"
    )


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'


def _page(body: str) -> str:
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    title = "<h1>Interviewer <small>for mentors</small></h1>"
    return (
        f'<!doctype html><html lang="en"><head>{head}<title>Interviewer: mentors</title>'
        f"<style>{_STYLE}</style></head><body><main>{title}{body}</main></body></html>"
    )
