"""Background work of the directory."""

from __future__ import annotations

from uuid import UUID

from ponte.core.actors import Actor
from ponte.core.jobs import enqueue, every, job
from ponte.directory.services.deletion import PURGE_CHUNK, purge_expired
from ponte.directory.services.duplicate_decisions import merge_certain, undo_merges
from ponte.directory.services.duplicate_pairs import match_customers
from ponte.directory.services.duplicate_search import search_everybody
from ponte.directory.services.email_domains import check_domains, forget_domains, gather_domains
from ponte.directory.services.found_bulk import carry_on_filling
from ponte.directory.services.lookups import carry_on_lookups
from ponte.directory.services.merge_closing import CLOSE_CHUNK, close_merges
from ponte.directory.services.quality import note_counted, refresh_after, refresh_quality, take_snapshot
from ponte.directory.services.standardising import find_suggestions, forget_accepted
from ponte.directory.services.stewards import tell_stewards
from ponte.directory.services.tag_retiring import refresh_tagged, retire_chunk


@every("40 5 * * *", name="directory.purge_bin", queue="bulk")
def purge_bin() -> None:
    """Delete for good what has rested in the bin for 30 days, a chunk a job."""
    purged = purge_expired(actor=Actor.for_job("directory.purge_bin"))
    if purged == PURGE_CHUNK:
        enqueue("directory.purge_bin")


@every("55 5 * * *", name="directory.close_merges", queue="bulk")
def close_old_merges() -> None:
    """Forget how merges older than 30 days were made, and what their tombstones still say, a chunk a job."""
    if close_merges() == CLOSE_CHUNK:
        enqueue("directory.close_merges")


@job("directory.retire_tag", queue="bulk")
def retire_tag_job(*, tag_id: str) -> None:
    """Take a tag off a chunk of its customers, or join it into another one."""
    if retire_chunk(UUID(tag_id)):
        enqueue("directory.retire_tag", tag_id=tag_id)


@job("directory.refresh_tagged", queue="bulk")
def refresh_tagged_job(*, tag_id: str, after: str = "") -> None:
    """Write the search text of a renamed tag's customers anew, a chunk a job."""
    last = refresh_tagged(UUID(tag_id), UUID(after) if after else None)
    if last is not None:
        enqueue("directory.refresh_tagged", tag_id=tag_id, after=str(last))


@job("directory.match_customers", queue="bulk")
def match_customers_job(*, party_ids: list[str]) -> None:
    """Compare new and changed customers with all others."""
    match_customers(party_ids=[UUID(one) for one in party_ids])


@job("directory.find_duplicates", queue="bulk", transaction=False)
def find_duplicates(*, run_id: str) -> None:
    """Search the whole base for duplicates."""
    search_everybody(UUID(run_id))


@job("directory.merge_certain", queue="bulk", transaction=False)
def merge_certain_job(*, run_id: str) -> None:
    """Merge the certain duplicates somebody asked for."""
    merge_certain(UUID(run_id))


@job("directory.undo_merges", queue="bulk", transaction=False)
def undo_merges_job(*, run_id: str, merged_by_run: str) -> None:
    """Undo the merges of a background run."""
    undo_merges(UUID(run_id), UUID(merged_by_run))


@every("10 6 * * *", name="directory.check_quality", queue="bulk")
def check_quality() -> None:
    """Look through all records each night, a chunk a job, and keep the day's snapshot at the end."""
    forget_accepted()
    check_quality_on()


@job("directory.check_quality_on", queue="bulk")
def check_quality_on(*, after: str = "", run_id: str = "") -> None:
    """Look through the next chunk of records; past the last one, keep the day's snapshot."""
    last = refresh_after(UUID(after) if after else None)
    if last is None:
        take_snapshot()
        tell_stewards()
    else:
        enqueue("directory.check_quality_on", after=str(last), run_id=run_id)
    if run_id:
        note_counted(UUID(run_id), finished=last is None)


@job("directory.check_quality_of", queue="bulk")
def check_quality_of(*, party_ids: list[str], suggest: bool = True) -> None:
    """Look at customers that are new or changed; very many at once wait for the night with their suggestions."""
    ids = [UUID(one) for one in party_ids]
    refresh_quality(ids)
    gather_domains(ids)
    if suggest:
        find_suggestions(ids)


@every("20 3 * * *", name="directory.gather_domains", queue="bulk")
def gather_domains_job() -> None:
    """Note the domains of e-mails, and ask the DNS for those that are new or due again; where it is switched on."""
    gather_domains()
    enqueue("directory.check_domains", once="email-domains")


@job("directory.check_domains", queue="bulk", transaction=False)
def check_domains_job() -> None:
    """Ask the DNS for domains of e-mails, a minute's worth a job."""
    check_domains()


@job("directory.forget_domains", queue="bulk")
def forget_domains_job() -> None:
    """Forget what the DNS said once nobody wants it asked any more, a chunk of customers a job."""
    if forget_domains():
        enqueue("directory.forget_domains")


@job("directory.look_up", queue="bulk", transaction=False)
def look_up_job(*, run_id: str) -> None:
    """Look customers up in a register, a minute's worth a job."""
    carry_on_lookups(UUID(run_id))


@job("directory.fill_found", queue="bulk", transaction=False)
def fill_found_job(*, run_id: str) -> None:
    """Accept what registers say of empty fields."""
    carry_on_filling(UUID(run_id))
