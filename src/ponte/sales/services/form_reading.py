"""The job's part: posts that wait become leads, or are held back for a person to decide."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid, Missing
from ponte.core.services import audit
from ponte.core.setbased import update_rows
from ponte.privacy.data import ConsentData
from ponte.privacy.services.consents import record_consents
from ponte.sales.models import FormPost, HeldBecause, PostState
from ponte.sales.policies import check_sales_settings
from ponte.sales.services.capture import Captured, capture_leads
from ponte.sales.services.confirming import ask_to_confirm
from ponte.sales.services.form_interests import SOURCE, consents_of, interest_of

log = logging.getLogger(__name__)

CHUNK = 150
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LABEL = "Form"


def take_posts(*, limit: int = CHUNK) -> int | None:
    """Turn the oldest waiting posts into leads; return how many were taken up, None where somebody else is taking some.

    Call it in a transaction of its own, until it returns 0 and none wait after that transaction. A chunk that fails is tried post by
    post; what fails alone is held back.
    """
    with connection.cursor() as cursor:  # two at once would not see each other's repeats
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(current_schema() || '.form_posts'))")
        if not cursor.fetchone()[0]:
            return None
    waiting = FormPost.objects.filter(state=PostState.WAITING).select_related("form", "form__owner")
    posts = list(waiting.select_for_update(of=("self",)).order_by("id")[:limit])
    if posts:
        _settle(posts)
    return len(posts)


def _settle(posts: Sequence[FormPost]) -> None:
    fresh = _judged(posts)
    try:
        with transaction.atomic():
            become_leads(fresh)
    except Exception:
        log.exception("a chunk of form posts failed; trying one by one")
        for post in fresh:
            try:
                with transaction.atomic():
                    become_leads([post])
            except Exception:
                log.exception("form post %s can't become a lead", post.id)
                post.state, post.held_because, post.lead = PostState.HELD, HeldBecause.ERROR, None
    leads = {(post.form_id, post.digest): post.lead_id for post in fresh}
    for post in posts:
        if post.state == PostState.REPEATED and post.lead_id is None:
            post.lead_id = leads.get((post.form_id, post.digest))
    rows = [(post.id, post.state, post.held_because, post.lead_id) for post in posts]
    update_rows(FormPost, ("state", "held_because", "lead"), rows)


def _judged(posts: Sequence[FormPost]) -> list[FormPost]:
    """Hold back what is suspicious, find what was sent twice; return what is to become leads."""
    counts = _from_one_place(posts)
    repeats = _repeats(posts)
    first: dict[tuple[UUID, str], FormPost] = {}
    fresh = []
    for post in posts:
        reason = _suspicion(post, counts)
        if reason:
            post.state, post.held_because = PostState.HELD, reason
            continue
        key = (post.form_id, post.digest)
        if key in repeats:
            post.state, post.lead_id = PostState.REPEATED, repeats[key]
        elif key in first:
            post.state = PostState.REPEATED
        else:
            first[key] = post
            fresh.append(post)
    return fresh


def _suspicion(post: FormPost, counts: dict[tuple[UUID, str], int]) -> str:
    if post.is_trapped:
        return HeldBecause.TRAP
    if post.elapsed is not None and post.elapsed < post.form.least_seconds:
        return HeldBecause.HASTE
    if post.address and counts.get((post.form_id, post.address), 0) > post.form.most_per_hour:
        return HeldBecause.FLOOD
    return ""


def _from_one_place(posts: Sequence[FormPost]) -> dict[tuple[UUID, str], int]:
    """Return how many posts each network address sent to each form within the hour before its newest one here."""
    places = {(post.form_id, post.address) for post in posts if post.address}
    if not places:
        return {}
    rows = FormPost.objects.filter(
        form_id__in={form for form, _address in places},
        address__in={address for _form, address in places},
        created_at__gt=min(post.created_at for post in posts) - HOUR,
    ).exclude(state=PostState.DISCARDED)
    counted = rows.values("form_id", "address").annotate(number=Count("id"))
    return {(row["form_id"], row["address"]): row["number"] for row in counted}


def _repeats(posts: Sequence[FormPost]) -> dict[tuple[UUID, str], UUID]:
    """Return the leads that the same answers became within the last day."""
    rows = FormPost.objects.filter(
        form_id__in={post.form_id for post in posts},
        digest__in={post.digest for post in posts},
        state=PostState.DONE,
        lead__isnull=False,
        created_at__gt=timezone.now() - DAY,
    ).order_by("-id")
    found = rows.values_list("form_id", "digest", "lead_id")
    return {(form_id, digest): lead_id for form_id, digest, lead_id in found if lead_id}


def become_leads(posts: Sequence[FormPost]) -> None:
    """Make leads of posts and write down what was agreed to; the posts' new state is for the caller to save."""
    if not posts:
        return
    actor = Actor.system(LABEL)
    results = capture_leads(actor=actor, items=[interest_of(p.form, p) for p in posts], source=SOURCE)
    for post, result in zip(posts, results, strict=True):
        _note(post, result)
    entries: list[ConsentData] = []
    for post, result in zip(posts, results, strict=True):
        waits = result.party_id and post.form.double_opt_in and ask_to_confirm(post=post)
        if result.party_id and not waits:
            entries += consents_of(post, result.party_id)
    if entries:
        record_consents(actor=actor, entries=entries)


def _note(post: FormPost, result: Captured) -> None:
    if result.lead_id is None:
        log.warning("form post %s was refused: %s", post.id, [(p.field, p.code) for p in result.problems])
        post.state, post.held_because = PostState.HELD, HeldBecause.ERROR
        return
    post.state, post.held_because, post.lead_id = PostState.DONE, "", result.lead_id


@transaction.atomic
def release_post(*, actor: Actor, post_id: UUID) -> FormPost:
    """Make a lead of a post that was held back.

    Raises:
        Denied: the role doesn't let them. Missing: no such post, or it isn't held back. Invalid: it can't be a lead.
    """
    check_sales_settings(actor)
    post = _held(post_id)
    become_leads([post])
    if post.state != PostState.DONE:
        raise Invalid.on("post", "refused", _("Nothing in it says who it is from: it can't become a lead."))
    post.save(update_fields=["state", "held_because", "lead"])
    audit.record(actor=actor, act="form_post.released", target=post, changes={"state": ("held", "done")})
    return post


@transaction.atomic
def discard_post(*, actor: Actor, post_id: UUID) -> FormPost:
    """Throw away a post that was held back.

    Raises:
        Denied: the role doesn't let them. Missing: no such post, or it isn't held back.
    """
    check_sales_settings(actor)
    post = _held(post_id)
    post.state = PostState.DISCARDED
    post.save(update_fields=["state"])
    audit.record(
        actor=actor, act="form_post.discarded", target=post, changes={"state": ("held", "discarded")}
    )
    return post


def _held(post_id: UUID) -> FormPost:
    posts = FormPost.objects.select_for_update(of=("self",)).select_related("form", "form__owner")
    post = posts.filter(id=post_id, state=PostState.HELD).first()
    if post is None:
        raise Missing("form_post")
    return post
