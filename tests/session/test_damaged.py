"""Damaged files of esosh's own: what is said of them, and what gets rid of them."""

from __future__ import annotations

import os

import pytest
from boxes import WHO, do, session_on
from terminal import run_shell

from esosh.errors import Damaged, Locked, Refused
from esosh.session import store
from esosh.shell.editor import StoredHistory
from esosh.shell.loop import greeting, prompt
from esosh.transaction import git, journal, notices, space
from esosh.transaction.pending import PENDING, commits
from esosh.transaction.state import LARGEST

OWN = store.folder("default@root")
EDITS, BASE = f"{OWN}/edits.esh", f"{OWN}/base-1.json"
STAMP = "  # root tty1 2026-01-01 00:00:00 base 1\n"


def raising(error):
    def function(*arguments):
        raise error

    return function


@pytest.fixture
def pending(session):
    do(session, "svc enable opensm", "alua dgrp add esos")
    return session.host


def damage_of(box):
    return str(session_on(box).candidate.damage)


@pytest.mark.parametrize("file, change, told", [
    (EDITS, lambda text: text.replace("alua dgrp", "alua grp"), f"{EDITS}:2 is damaged: the line is not in the language: alua grp add esos"),
    (EDITS, lambda text: text + f"show{STAMP}", f"{EDITS}:3 is damaged: the line is no edit: show"),
    (EDITS, lambda text: text + f"undo 7{STAMP}", f"{EDITS}:3 is damaged: edits to take back: 2"),
    (EDITS, lambda text: text.replace("base 1", "base 4"), f"{EDITS}:1 is damaged: it starts from base 4, whose file is missing"),
    (BASE, lambda text: "[]\n", f"{BASE} is damaged: it is not what an edit starts from, as JSON"),
    (BASE, lambda text: text.replace('"version": 2', '"version": 9'), f"{BASE} is of version 9, which this esosh does not know"),
])
def test_the_damage_is_named_with_its_file_and_its_line(pending, file, change, told):
    pending.replace(file, change(pending.read(file)))
    assert damage_of(pending) == told
    with pytest.raises(Damaged) as damaged:
        do(session_on(pending), "diff")
    assert (str(damaged.value), bool(damaged.value.details)) == (told, True)


@pytest.mark.parametrize("facts, told", [
    ('[[["svc", "opensm", "enabled"], 7]]', "no configuration has 7 at svc/opensm/enabled"),
    ('[[["nowhere"], "x"]]', "no configuration has 'x' at nowhere"),
    ('[[["scst", "devices", "d9"], "here"]]', "an object is not whole"),
])
def test_a_base_that_no_configuration_can_be_is_damaged_and_abort_puts_it_aside(pending, facts, told):
    pending.append(BASE, facts)
    with pytest.raises(Damaged, match=told):
        do(session_on(pending), "commit")
    assert f"kept: {BASE}.deleted" in do(session_on(pending), "abort")
    do(session_on(pending), "svc enable nut", "commit")


def test_empty_lines_are_no_damage(pending):
    pending.replace(EDITS, pending.read(EDITS).replace("\n", "\n\n"))
    assert [str(edit) for edit in session_on(pending).candidate.edits] == ["svc enable opensm", "alua dgrp add esos"]


@pytest.mark.parametrize("file, left", [(EDITS, 1), (BASE, 2)])
def test_a_line_that_a_crash_cut_short_does_not_count_and_is_not_in_front_of_the_next_one(pending, file, left):
    pending.replace(file, pending.read(file)[:-9])
    session = session_on(pending)
    assert (session.candidate.damage, session.candidate.count) == (None, left)
    do(session, "svc enable nut", "svc enable sbd")
    assert (session_on(pending).candidate.damage, session_on(pending).candidate.count) == (None, left + 2)


def test_abort_drops_what_cannot_be_read_and_keeps_its_files(pending):
    text = pending.read(EDITS).replace("alua", "alu")
    pending.replace(EDITS, text)
    shown = do(session_on(pending), "abort")
    assert shown == f"the edits of default@root could not be read, and are dropped\nkept: {BASE}.deleted\nkept: {EDITS}.deleted\n"
    assert pending.read(f"{EDITS}.deleted") == text
    assert do(session_on(pending), "diff") == "no differences\n"


def test_abort_of_one_section_does_not_drop_what_cannot_be_read(pending):
    pending.replace(EDITS, "x\n")
    with pytest.raises(Damaged):
        do(session_on(pending), "abort svc")
    assert pending.read(EDITS) == "x\n"


def test_a_damaged_candidate_is_listed_used_reset_and_deleted(pending):
    do(session_on(pending, name="web"), "svc enable nut")
    file = f"{store.folder('web')}/edits.esh"
    pending.replace(file, "\0\n")
    assert [row.split()[:2] for row in do(session_on(pending), "cib list").splitlines()[1:]] == [["*", "live"], ["web", "damaged"]]
    assert f"{file}:1 is damaged" in do(session_on(pending), "cib use web")
    assert f"kept: {file}.deleted" in do(session_on(pending), "cib reset web")
    pending.replace(file, "\0\n")
    assert do(session_on(pending), "cib delete web") == "web is gone; undo brings it back\n"
    assert store.candidates(pending) == ("default@root",)


def test_another_candidate_is_deleted_where_one_s_own_is_damaged(pending):
    do(session_on(pending, name="web"), "svc enable nut")
    pending.replace(EDITS, "\0\n")
    assert f"kept: {store.folder('web')}/edits.esh.deleted" in do(session_on(pending), "cib delete web")
    assert store.candidates(pending) == ("default@root",)


def test_the_overview_the_prompt_and_the_greeting_tell_of_the_damage(pending):
    pending.replace(EDITS, "x y\n")
    told = f"{EDITS}:1 is damaged: the line is not in the language: x y"
    session = session_on(pending)
    assert f" !  edits    {told}  abort" in do(session, "status")
    assert prompt(session) == f"esosh(live/{pending.name})*?# "
    assert f"{told}; abort" in [line.text for line in greeting(session)]


@pytest.mark.parametrize("text", ["", "\0\xff", "[", "null", '["x"]', '[1, "root"]', "[" * 100_000])
def test_a_commit_that_git_did_not_take_and_nobody_knows_any_more_stops_nothing(session, text):
    session.host.replace(PENDING, text)
    shown = do(session, "svc enable opensm", "commit")
    assert "committed: number 1" in shown
    assert (f"line 1 of {PENDING} was damaged, and is kept in {PENDING}.damaged" in shown) == bool(text)
    assert not text or not session.host.exists(PENDING)


def test_a_notice_that_cannot_be_read_is_told_and_goes(session):
    session.host.mkdir(notices.NOTICE)
    assert f"{notices.NOTICE} cannot be read: it is no regular file" in do(session, "status")
    do(session, "svc enable opensm")
    assert not session.host.exists(notices.NOTICE)


# the journal


@pytest.fixture
def with_journal(pending):
    pending.replace(journal.JOURNAL, "{}\n")
    return pending


@pytest.mark.parametrize("line", ["svc enable nut", "commit", "undo", "confirm", "revert"])
def test_a_damaged_journal_stops_what_changes_something_and_names_recover(with_journal, line):
    with pytest.raises(Damaged, match=f"{journal.JOURNAL}, is damaged") as damaged:
        do(session_on(with_journal), line)
    assert (damaged.value.code, damaged.value.hint) == ("E226", "recover")


def test_recover_puts_a_damaged_journal_aside_and_all_works_again(with_journal):
    assert f"is kept as {journal.ABANDONED}" in do(session_on(with_journal), "recover")
    assert with_journal.read(journal.ABANDONED) == "{}\n"
    assert "committed: number 1" in do(session_on(with_journal), "commit")
    assert do(session_on(with_journal), "recover") == "nothing to recover\n"


def test_recover_leaves_the_journal_of_another_version(with_journal):
    with_journal.replace(journal.JOURNAL, '{"version": 9}\n')
    with pytest.raises(Refused, match="of version 9"):
        do(session_on(with_journal), "recover")
    assert "of version 9" in do(session_on(with_journal), "status")
    assert with_journal.exists(journal.JOURNAL)


def test_abort_and_status_work_beside_a_damaged_journal_and_so_does_the_shell(with_journal):
    session = session_on(with_journal)
    assert f"{journal.JOURNAL}, is damaged" in do(session, "status")
    shown = run_shell(session, "abort", "diff")[1].text
    assert "- alua dgrp add esos" in shown
    assert "no differences" in shown


JOURNAL = ('{"version":2,"id":ID,"boot":"x","comment":"c","who":{"user":"root","terminal":"t","pid":1,"since":"s"},"candidate":"",'
           '"drops":DROPS,"seconds":0,"probe":"","steps":[]}')


@pytest.mark.parametrize("text", [
    JOURNAL.replace("ID", "1").replace("DROPS", "[]") + "\nbegun inf", JOURNAL.replace("ID", "1e999").replace("DROPS", "[]"),
    JOURNAL.replace("ID", "1").replace("DROPS", "[1]") + "\nstands",
])
def test_a_journal_with_values_that_none_can_have_is_put_aside(box, text):
    box.replace(journal.JOURNAL, f"{text}\n", 0o600)
    assert "is damaged" in do(session_on(box), "status")
    assert f"is kept as {journal.ABANDONED}" in do(session_on(box), "recover")
    assert "committed" in do(session_on(box), "svc enable nut", "commit")


@pytest.mark.parametrize("line", ['[1e999,"r","c",{}]', '[1,"r","c",{"/etc/rc.conf":3}]'])
def test_a_commit_for_git_with_values_that_none_can_have_is_put_aside(session, line):
    session.host.replace(PENDING, f"{line}\n", 0o600)
    assert f"line 1 of {PENDING}" in do(session, "status")
    assert do(session, "sync") == "saved to the boot medium\n"


def test_a_folder_in_the_place_of_a_file_is_told_and_the_rest_is_shown(session):
    session.host.mkdir(PENDING)
    session.host.mkdir(journal.LAST)
    shown = do(session, "status")
    assert f"{PENDING} cannot be read: it is no regular file" in shown and " scst " in shown


NO_FILES = {
    "a folder": lambda box, path: box.path(path).mkdir(),
    "a folder that is not empty": lambda box, path: box.mkdir(f"{path}/folder"),
    "a link to nowhere": lambda box, path: box.path(path).symlink_to("nowhere"),
    "a link to itself": lambda box, path: box.path(path).symlink_to(path.rpartition("/")[2]),
}
STATE = (
    PENDING, f"{PENDING}.damaged", notices.NOTICE, f"{notices.NOTICE}.damaged", journal.JOURNAL, journal.ABANDONED, journal.LAST, space.HELD,
    EDITS, BASE, f"{EDITS}.deleted", f"{BASE}.deleted",
)


@pytest.mark.parametrize("file", STATE)
@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_file_goes_and_all_works_again(pending, kind, file):
    pending.path(file).unlink(missing_ok=True)
    NO_FILES[kind](pending, file)
    do(session_on(pending), "recover")
    do(session_on(pending), "abort")
    assert "committed: number 1" in do(session_on(pending), "svc enable nut", "commit")
    assert "committed: number 2" in do(session_on(pending), "svc disable nut", "commit")
    assert (journal.journal(pending), commits(pending)) == (None, [])


@pytest.mark.parametrize("file, line, kept", [
    (PENDING, "commit", f"{PENDING}.damaged"), (notices.NOTICE, "svc enable nut", f"{notices.NOTICE}.damaged"), (space.HELD, "commit", f"{space.HELD}.damaged"),
    (journal.JOURNAL, "recover", journal.ABANDONED), (EDITS, "abort", f"{EDITS}.deleted"), (BASE, "abort", f"{BASE}.deleted"),
    (journal.LAST, "recover", f"{journal.LAST}.damaged"),
])
def test_a_folder_in_the_place_of_a_file_is_kept_with_what_is_in_it(pending, file, line, kept):
    pending.path(file).unlink(missing_ok=True)
    pending.mkdir(f"{file}/folder")
    do(session_on(pending), line)
    assert pending.list(kept) == ("folder",)


def test_a_folder_that_was_kept_is_not_lost_to_the_next_one(session):
    for line, kept in (("svc enable nut", ".damaged"), ("svc disable nut", ".damaged-2"), ("svc enable nut", ".damaged-3")):
        session.host.mkdir(f"{PENDING}/folder")
        told = f"{PENDING} was no file, and is kept as {PENDING}{kept}: the history may lack commits"
        assert told in do(session, line, "commit")


def test_a_candidate_that_is_brought_back_has_what_is_no_file_as_it_was(pending):
    pending.path(EDITS).unlink()
    pending.mkdir(f"{EDITS}/folder")
    store.trash(pending, "default@root")
    store.restore(pending, "default@root")
    assert pending.list(EDITS) == ("folder",)


@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_file_in_the_place_of_a_candidate_s_lock_goes_by_itself(box, kind):
    box.mkdir(OWN)
    NO_FILES[kind](box, f"{OWN}/lock")
    with session_on(box).hold(), pytest.raises(Locked, match="in use by root"), store.hold(box, "default@root", WHO, 0):
        raise AssertionError("two hold it")
    assert "lock.damaged" in box.list(OWN)


def test_a_lock_that_leads_to_another_file_is_refused(box):
    box.mkdir(OWN)
    box.path(f"{OWN}/lock").symlink_to("edits.esh")
    box.append(EDITS, "")
    with pytest.raises(OSError, match="remove it"), store.hold(box, "default@root", WHO, 0):
        raise AssertionError("somebody holds it")


def test_a_commit_that_neither_git_nor_the_file_takes_stands_and_is_ended_later(session, monkeypatch):
    monkeypatch.setattr(git, "save", raising(Refused("git is ill")))
    session.host.mkdir(f"{PENDING}/folder")
    assert "committed, and not yet in the history: git is ill" in do(session, "svc enable nut", "commit")
    assert (session.host.exists(journal.JOURNAL), len(commits(session.host))) == (False, 1)


def test_a_line_typed_beside_a_folder_is_in_the_history_of_the_shell(box):
    box.mkdir(f"{journal.ROOT}/history.root/folder")
    StoredHistory(box, "root").store_string("show")
    assert StoredHistory(box, "root").load_history_strings() == ["show"]


@pytest.mark.parametrize("text", ["{}\n", '{"version": 9}\n'])
def test_a_guard_leaves_a_journal_that_nobody_understands_to_a_person(session, box, text):
    do(session, "svc enable nut", "commit confirmed 60s")
    box.replace(journal.JOURNAL, text, 0o600)
    assert "is kept as" in do(session_on(box, wait=30), "recover" if text == "{}\n" else "recover force lost")
    assert "nothing is tried any more" in box.read(notices.LOG)
    assert "committed" in do(session_on(box, wait=30), "svc enable sbd", "commit")


def test_recover_beside_a_sync_does_not_name_itself_as_the_way_out(with_journal):
    with with_journal.lock(journal.COMMIT_LOCK, 0), pytest.raises(Locked, match="a sync"):
        do(session_on(with_journal, wait=0), "recover")


def test_a_verdict_counts_behind_a_mark_that_was_cut_short(box):
    session = session_on(box)
    do(session, "svc enable nut", "commit confirmed 60s")
    box.append(journal.JOURNAL, "x")
    box.replace(journal.JOURNAL, box.read(journal.JOURNAL)[:-1], 0o600)
    assert "is confirmed" in do(session_on(box), "confirm")


# what is no file, or has no end


def huge(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        file.truncate(LARGEST + 1)  # no more: a sync to the medium copies it


STRANGE = {"huge": (huge, "it is larger than"), "pipe": (os.mkfifo, "it is no regular file")}


@pytest.fixture(params=STRANGE)
def strange(request, pending):
    """Puts what cannot be read as a file into the place of one; gives what is said of it."""
    def put(file):
        pending.path(file).unlink(missing_ok=True)
        make, told = STRANGE[request.param]
        make(pending.path(file))
        return f"{file}{{}}: {told}"

    return put


def test_a_number_that_cannot_be_read_stops_the_commit_and_tells_what_to_do(pending, strange):
    told = strange(journal.LAST).format(", the number of the newest commit, is damaged")
    before = pending.read("/etc/rc.conf")
    with pytest.raises(Damaged) as damaged:
        do(session_on(pending), "commit")
    assert str(damaged.value).startswith(told) and damaged.value.hint == "recover"
    assert pending.read("/etc/rc.conf") == before and not pending.exists(journal.JOURNAL)

    assert f"{journal.LAST} could not be read, and is put aside" in do(session_on(pending), "recover")
    assert "committed: number 1" in do(session_on(pending), "commit")


@pytest.mark.parametrize("file", [EDITS, BASE])
def test_a_candidate_s_file_that_cannot_be_read_goes_with_abort(pending, strange, file):
    told = strange(file).format(" is damaged")
    with pytest.raises(Damaged) as damaged:
        do(session_on(pending), "diff")
    assert str(damaged.value).startswith(told) and damaged.value.hint == "abort"
    assert (f"kept: {file}.deleted" in do(session_on(pending), "abort")) == ("no regular" in told)
    do(session_on(pending), "svc enable nut", "commit")


def test_a_journal_that_cannot_be_read_goes_with_recover_and_is_kept_unless_it_is_too_large(pending, strange):
    kept = f"is kept as {journal.ABANDONED}" if "no regular" in strange(journal.JOURNAL) else "is gone, for it could not be kept"
    with pytest.raises(Damaged, match=journal.JOURNAL):
        do(session_on(pending), "commit")
    assert kept in do(session_on(pending), "recover")
    do(session_on(pending), "commit")


def test_other_files_that_cannot_be_read_are_named_with_what_to_do_and_stop_nothing(pending, strange):
    told = [strange(file).format(" cannot be read") for file in (PENDING, notices.NOTICE)]
    shown = do(session_on(pending), "status")
    assert all(text in shown for text in told)
    assert "committed: number 1" in do(session_on(pending), "commit")
    if "no regular" in told[0]:
        assert "owed.damaged" in pending.list(journal.ROOT)
        return
    with pytest.raises(Refused) as refused:  # or its copy would fill the boot medium
        do(session_on(pending), "sync")
    assert refused.value.details == (f"move it away, and the next commit goes on without it: mv {PENDING} {PENDING}.damaged",)


def test_a_candidate_whose_folder_is_a_link_is_named_and_nothing_is_written_where_it_leads(pending, tmp_path):
    link = pending.path(store.folder("web"))
    (tmp_path / "elsewhere").mkdir()
    link.symlink_to(tmp_path / "elsewhere")
    told = f"{store.folder('web')} is damaged: it is a symbolic link, which is not followed"

    rows = do(session_on(pending), "cib list").splitlines()[1:]
    assert [row.split()[:2] for row in rows] == [["*", "live"], ["web", "damaged"]]
    session = session_on(pending, name="web")
    with session.hold(), pytest.raises(Damaged) as damaged:
        do(session, "svc enable sbd")
    assert (str(damaged.value), damaged.value.hint) == (told, "abort")
    assert "remove the link" in damaged.value.details[0]
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("line", ["abort", "cib delete web"])
def test_such_a_link_is_removed_and_what_it_leads_to_stays(pending, tmp_path, line):
    pending.path(store.folder("web")).symlink_to(tmp_path)
    (tmp_path / "edits.esh").write_text("mine\n")
    do(session_on(pending, name="web" if line == "abort" else ""), line)
    assert store.candidates(pending) == ("default@root",)
    assert not pending.path(store.folder("web")).is_symlink() and (tmp_path / "edits.esh").read_text() == "mine\n"
