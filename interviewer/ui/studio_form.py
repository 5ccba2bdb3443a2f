"""Fills the form from the TOML: the claims, the fields of one of them, and what is at fault."""

import json
from collections.abc import Sequence
from typing import Any

import gradio as gr

from interviewer.content import Content
from interviewer.errors import InputError
from interviewer.publish import DraftFault, draft_faults
from interviewer.studio import FIELDS, Claim, read_form
from interviewer.ui import studio_draft, studio_view
from interviewer.ui.studio_page import FIELD_NAMES, Page

Updates = dict[Any, Any]
MOST_SHOWN = 3  # faults under one field


class Form:
    """The form's components, filled. Changes nothing."""

    def __init__(self, content: Content, page: Page) -> None:
        self._content = content
        self._page = page

    def filled(self, slug: str, rubric: str, samples: str, claim: str | None) -> Updates:
        """Claims, the fields of the one chosen, and all faults."""
        page = self._page
        found = draft_faults(self._content, slug, studio_draft.texts(rubric, samples))
        try:
            claims = read_form(rubric)
        except InputError:
            claims = ()  # the faults say where the TOML breaks off
        choices = [(_named(each, found), f"{each.kind}/{each.index}") for each in claims]
        keys = [key for _, key in choices]
        key = claim if claim in keys else keys[0] if keys else None
        chosen = claims[keys.index(key)] if key else None
        return {
            page.claims: gr.Radio(choices=choices, value=key),
            page.faults: studio_view.faults(found),
            **self._fields(chosen, found),
        }

    def _fields(self, claim: Claim | None, found: Sequence[DraftFault]) -> Updates:
        page = self._page
        key = f"{claim.kind}/{claim.index}" if claim else ""
        filled = dict(claim.fields) if claim else {}
        updates: Updates = {page.shown: json.dumps({"claim": key, "fields": filled})}
        names = FIELDS[claim.kind] if claim else ()
        for name in FIELD_NAMES:
            value = claim.fields.get(name, "") if claim else ""
            updates[page.fields[name]] = gr.Textbox(value=value, visible=name in names)
            at = (claim.kind, claim.index, name) if claim else ()
            messages = [each.message for each in _on(found, at)] if name in names else []
            updates[page.marks[name]] = studio_view.mark(messages[:MOST_SHOWN])
        return updates


def _named(claim: Claim, found: Sequence[DraftFault]) -> str:
    at = _on(found, (claim.kind, claim.index))
    points = claim.fields.get("points", "")
    return f"{claim.fields.get('id', '')[:60]} · {points[:12]} pt{' ⚠' if at else ''}"


def _on(found: Sequence[DraftFault], place: tuple[Any, ...]) -> list[DraftFault]:
    """The faults of the rubric at a place or inside of it."""
    return [
        each
        for each in found
        if place and each.file.endswith("/rubric.toml") and each.place[: len(place)] == place
    ]
