"""The page where mentors edit rubrics and try them: /mentor/studio.

The TOML in the pane is the draft and the truth; the form shows it and edits it. Nothing of a
draft is kept on the server until it is saved.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, Literal

import gradio as gr

from interviewer.content import RUBRIC_FILES, Change, Content
from interviewer.errors import ConflictError, ContentError, InputError, InterviewerError
from interviewer.marking import Grading
from interviewer.overlay import digest
from interviewer.publish import DraftFault, draft_faults, open_texts, publish
from interviewer.studio import (
    FIELDS,
    Claim,
    ClaimKind,
    add_claim,
    read_form,
    remove_claim,
    write_fields,
)
from interviewer.trial import chosen, try_samples
from interviewer.types import Item, Rubric, Sample
from interviewer.ui import panels, studio_view
from interviewer.ui.mentors import Mentors
from interviewer.ui.studio_page import FIELD_NAMES, Page, lay_out

log = logging.getLogger(__name__)
Updates = dict[Any, Any]
UNSAVED = "You have edits that are not saved: save or discard them first."
FAULTY = "Not saved: mend the faults first."
MEND = "Nothing was judged: mend the faults of the TOML first."
MOST_SHOWN = 3  # faults under one field


def build_studio(content: Content, grader: Grading, mentors: Mentors) -> gr.Blocks:
    """The Blocks of the studio."""
    blocks: gr.Blocks
    with gr.Blocks(title="Interviewer: rubric studio", analytics_enabled=False) as blocks:
        Handlers(content, grader, mentors, lay_out(content.slugs())).connect(blocks)
    return blocks


class Handlers:
    """What happens on the page. Each handler asks for the mentor first."""

    def __init__(self, content: Content, grader: Grading, mentors: Mentors, page: Page) -> None:
        self._content = content
        self._grader = grader
        self._mentors = mentors
        self._page = page

    def connect(self, blocks: gr.Blocks) -> None:
        """Join components to handlers."""
        page = self._page
        fields, marks = list(page.fields.values()), list(page.marks.values())
        draft = [page.opened, page.rubric, page.samples]
        form = [page.claims, page.shown, *fields, *marks]
        told = [page.said, page.keep_mine, page.faults]
        every = [*draft, page.item, page.status, page.who, *form, *told, page.verdicts, page.grid]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        typing: dict[str, Any] = {**quiet, "trigger_mode": "always_last"}
        blocks.load(self.load, None, every, **quiet)
        page.item.input(self.open, [*draft, page.item], every, **quiet)
        page.discard.click(self.discard, [page.opened], every, **quiet)
        shown = [*form, *told]
        gr.on(
            [page.rubric.input, page.samples.input],
            self.typed,
            [*draft, page.claims],
            shown,
            **typing,
        )
        page.claims.input(self.choose, [*draft, page.claims], shown, **quiet)
        held = [page.shown, *fields]  # what the form holds: it may be ahead of the pane
        edited = [page.rubric, page.claims, *marks, page.faults]
        # not on change: that comes too while the form is being filled, when half of it is blank
        left = [event for each in fields for event in (each.blur, each.submit)]
        gr.on(left, self.edit, [*draft, *held], edited, **typing)
        for button, act in (
            (page.add_criterion, self.add("criteria")),
            (page.add_misconception, self.add("misconceptions")),
            (page.remove, self.remove),
        ):
            button.click(act, [*draft, page.claims], [page.rubric, *shown], **quiet)
        page.check.click(self.check, [*draft, *held], [page.faults], **quiet)
        saved = [page.opened, page.rubric, *told]
        page.save.click(self.save, [*draft, *held], saved, **quiet)
        page.keep_mine.click(self.keep_mine, draft, [page.opened, *told], **quiet)
        slow: dict[str, Any] = {**quiet, "concurrency_limit": 1, "concurrency_id": "trials"}
        one = page.judge.click(self.judge, [*draft, page.answer, *held], [page.verdicts], **slow)
        many = page.judge_samples.click(
            self.judge_samples, [*draft, page.limit, *held], [page.grid], **slow
        )
        page.stop.click(None, None, None, cancels=[one, many])

    def load(self, request: gr.Request) -> Updates:
        """The list of items; the one that the address names is opened."""
        mentor = self._mentor(request)
        page = self._page
        who = f'<a id="mentor" href="/login">{escape(mentor)} · log out</a>'
        links = f'<nav class="links"><a href="/mentor/review">Review</a> {who}</nav>'
        slugs = self._content.slugs()
        named = request.query_params.get("item") or ""
        slug = named if named in slugs else None
        updates: Updates = {
            page.who: links,
            page.status: self._status(),
        }
        with _shown_errors():
            updates |= self._opened(slug) if slug else {}
        return {**updates, page.item: gr.Dropdown(choices=list(slugs), value=slug)}

    def open(
        self, opened: str, rubric: str, samples: str, slug: str, request: gr.Request
    ) -> Updates:
        """Another item, unless edits of this one would be lost."""
        self._mentor(request)
        now, _ = _held(opened)
        if now and now != slug and self._unsaved(now, rubric, samples):
            gr.Warning(UNSAVED)
            return {self._page.item: now}
        with _shown_errors():
            return self._opened(slug)

    def discard(self, opened: str, request: gr.Request) -> Updates:
        """The item as it is saved now."""
        self._mentor(request)
        with _shown_errors():
            return self._opened(_slug(opened))

    def typed(
        self, opened: str, rubric: str, samples: str, claim: str | None, request: gr.Request
    ) -> Updates:
        """The form of what was typed into a pane."""
        self._mentor(request)
        with _shown_errors():
            return self._form(_slug(opened), rubric, samples, claim)

    def choose(
        self, opened: str, rubric: str, samples: str, claim: str | None, request: gr.Request
    ) -> Updates:
        """Another claim in the form."""
        self._mentor(request)
        with _shown_errors():
            return self._form(_slug(opened), rubric, samples, claim)

    def edit(
        self,
        opened: str,
        rubric: str,
        samples: str,
        shown: str,
        request: gr.Request,
        *fields: str | None,
    ) -> Updates:
        """The TOML with what was typed into the form; fields that were not touched stay."""
        self._mentor(request)
        with _shown_errors():
            text = _with_form(rubric, shown, fields)
            if text == rubric:  # the form itself was filled
                return {self._page.rubric: gr.skip()}
            updates = self._form(_slug(opened), text, samples, _shown_claim(shown)[0])
        page = self._page
        for component in (page.shown, *page.fields.values()):
            updates.pop(component)  # whoever is typing there must not be overwritten
        return {**updates, page.rubric: text}

    def add(self, kind: ClaimKind) -> Any:
        """A handler that adds a claim and shows it."""

        def act(
            opened: str, rubric: str, samples: str, claim: str | None, request: gr.Request
        ) -> Updates:
            self._mentor(request)
            with _shown_errors():
                slug = _slug(opened)
                text, index = add_claim(rubric, kind)
                shown = self._form(slug, text, samples, f"{kind}/{index}")
                return {self._page.rubric: text, **shown}

        return act

    def remove(
        self, opened: str, rubric: str, samples: str, claim: str | None, request: gr.Request
    ) -> Updates:
        """Take the claim that is shown out of the draft."""
        self._mentor(request)
        with _shown_errors():
            slug = _slug(opened)
            text = remove_claim(rubric, *_key(claim))
            return {self._page.rubric: text, **self._form(slug, text, samples, claim)}

    def check(
        self,
        opened: str,
        rubric: str,
        samples: str,
        shown: str,
        request: gr.Request,
        *fields: str | None,
    ) -> Any:
        """All faults, as `python -m interviewer check` would name them."""
        self._mentor(request)
        with _shown_errors():
            rubric = _with_form(rubric, shown, fields)
            found = draft_faults(self._content, _slug(opened), _texts(rubric, samples))
            return studio_view.faults(found, asked=True)

    def save(
        self,
        opened: str,
        rubric: str,
        samples: str,
        shown: str,
        request: gr.Request,
        *fields: str | None,
    ) -> Updates:
        """Put the draft into the overlay, or say why not; the panes keep what is in them."""
        mentor = self._mentor(request)
        page = self._page
        with _shown_errors():
            rubric = _with_form(rubric, shown, fields)
        slug, digests = _held(opened)
        texts = _texts(rubric, samples)
        changes = [Change(name, text, digests.get(name, "")) for name, text in texts.items()]
        try:
            done = publish(self._content, slug, changes)
        except ContentError:
            found = draft_faults(self._content, slug, texts)
            gr.Warning(FAULTY)
            return {page.said: "", page.rubric: rubric, page.faults: studio_view.faults(found)}
        except ConflictError as error:
            told = studio_view.conflict(error.name, error.text, texts[error.name])
            return {page.said: told, page.keep_mine: gr.Button(visible=True)}
        except InterviewerError as error:
            return {page.said: studio_view.said(f"Not saved. {error}", "failed")}
        log.info("%s saved rubric %s: %s -> %s", mentor, slug, done.before, done.version)
        return {
            page.opened: _remembered(slug, open_texts(self._content, slug)),
            page.rubric: rubric,
            page.said: studio_view.saved(done),
            page.keep_mine: gr.Button(visible=False),
            page.faults: studio_view.faults(()),
        }

    def keep_mine(self, opened: str, rubric: str, samples: str, request: gr.Request) -> Updates:
        """The next save may replace what someone else saved meanwhile: it has been shown."""
        self._mentor(request)
        with _shown_errors():
            slug = _slug(opened)
            page, now = self._page, open_texts(self._content, slug)
        return {
            page.opened: _remembered(slug, now),
            page.said: studio_view.said("Save replaces their text by yours.", "merged"),
            page.keep_mine: gr.Button(visible=False),
        }

    def judge(
        self,
        opened: str,
        rubric: str,
        samples: str,
        answer: str,
        shown: str,
        request: gr.Request,
        *fields: str | None,
    ) -> Iterator[str]:
        """The draft's verdicts on an answer, one after the other."""
        self._mentor(request)
        with _shown_errors():
            if self._grader.state != "ready":
                yield studio_view.no_judge("verdicts", self._grader.status)
                return
            rubric = _with_form(rubric, shown, fields)
            item, draft = self._draft(_slug(opened), rubric, samples)
            steps: list[studio_view.Step] = []
            yield studio_view.tried(draft, answer, steps, self._grader.info)
            for step in self._grader.grade_stream(item, draft, answer):
                steps.append(step)
                yield studio_view.tried(draft, answer, steps, self._grader.info)

    def judge_samples(
        self,
        opened: str,
        rubric: str,
        samples: str,
        limit: float | None,
        shown: str,
        request: gr.Request,
        *fields: str | None,
    ) -> Iterator[str]:
        """The draft's verdicts on samples, as they are judged."""
        self._mentor(request)
        with _shown_errors():
            if self._grader.state != "ready":
                yield studio_view.no_judge("grid", self._grader.status)
                return
            slug, rubric = _slug(opened), _with_form(rubric, shown, fields)
            item, draft = self._draft(slug, rubric, samples)
            few = chosen(self._samples(slug, rubric, samples), int(limit or 1))
            for trials in try_samples(self._grader, item, draft, few):
                yield studio_view.grid(draft, trials, len(few), self._grader.info)

    def _draft(self, slug: str, rubric: str, samples: str) -> tuple[Item, Rubric]:
        content = self._content.drafted(slug, _texts(rubric, samples))
        try:
            return content.item(slug), content.rubric(slug)
        except ContentError as error:
            raise InputError(MEND) from error

    def _samples(self, slug: str, rubric: str, samples: str) -> tuple[Sample, ...]:
        try:
            return self._content.drafted(slug, _texts(rubric, samples)).samples(slug)
        except ContentError as error:
            raise InputError(MEND) from error

    def _opened(self, slug: str) -> Updates:
        page, opened = self._page, open_texts(self._content, slug)
        rubric, samples = (next(c.text for c in opened if c.name == n) for n in _PANES)
        return {
            page.opened: _remembered(slug, opened),
            page.item: slug,
            page.status: self._status(),
            page.rubric: rubric,
            page.samples: samples,
            page.said: '<div id="said"></div>',
            page.keep_mine: gr.Button(visible=False),
            page.verdicts: '<div id="verdicts"></div>',
            page.grid: '<div id="grid"></div>',
            **self._form(slug, rubric, samples, None),
        }

    def _form(self, slug: str, rubric: str, samples: str, claim: str | None) -> Updates:
        """Claims, the fields of the one chosen, and all faults."""
        page = self._page
        found = draft_faults(self._content, slug, _texts(rubric, samples))
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

    def _unsaved(self, slug: str, rubric: str, samples: str) -> bool:
        texts = _texts(rubric, samples)
        return any(_lf(self._content.text(slug, name)) != text for name, text in texts.items())

    def _status(self) -> str:
        return panels.model_status(self._grader.state, self._grader.status)

    def _mentor(self, request: gr.Request) -> str:
        with _shown_errors():
            return self._mentors.of(request)


_PANES = ("rubric.toml", "samples.toml")


def _texts(rubric: str, samples: str) -> dict[str, str]:
    return dict(zip(_PANES, (_lf(rubric), _lf(samples)), strict=True))


def _lf(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n")


def _remembered(slug: str, opened: Sequence[Change]) -> str:
    """What a page holds of the item that is open in it: a claim, which a save checks."""
    return json.dumps({"slug": slug, "files": {c.name: digest(c.text) for c in opened}})


def _held(opened: str) -> tuple[str, dict[str, str]]:
    """The item that is open and the digests of its files, empty when there is none."""
    try:
        found = json.loads(opened or "{}")
        files = {name: str(found["files"][name]) for name in RUBRIC_FILES}
        return str(found["slug"]), files
    except (ValueError, KeyError, TypeError, RecursionError):
        return "", {}


def _shown_claim(shown: str) -> tuple[str, dict[str, object]]:
    """The claim that the form shows and its fields as they were last put there."""
    try:
        found = json.loads(shown or "{}")
        return str(found["claim"]), dict(found["fields"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return "", {}


def _with_form(rubric: str, shown: str, fields: Sequence[str | None]) -> str:
    """The TOML with what was typed into the form since it was filled."""
    claim, before = _shown_claim(shown)
    given = {name: value or "" for name, value in zip(FIELD_NAMES, fields, strict=False)}
    changed = {name: value for name, value in given.items() if before.get(name, "") != value}
    return write_fields(rubric, *_key(claim), changed) if claim and changed else rubric


def _slug(opened: str) -> str:
    slug, _ = _held(opened)
    if not slug:
        raise InputError("Choose an item first.")
    return slug


def _key(claim: str | None) -> tuple[ClaimKind, int]:
    kind, _, index = (claim or "").partition("/")
    for known in FIELDS:
        if kind == known and index.isascii() and index.isdecimal() and len(index) < 9:
            return known, int(index)
    raise InputError("Choose a criterion or misconception first.")


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


class _shown_errors:
    """What is the mentor's fault, or ours and known, becomes a message on the page."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> Literal[False]:
        if isinstance(error, InterviewerError):
            raise gr.Error(escape(str(error)), print_exception=False) from None
        return False
