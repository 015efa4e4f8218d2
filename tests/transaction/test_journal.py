"""The journal as a format: its version, what an earlier version wrote, and one that nobody here knows."""

from __future__ import annotations

import json

import pytest
from boxes import changed, do, root_of, session_on, state
from places import DATA

from esosh.errors import Damaged, Refused
from esosh.executors.step import Expect, Replace, Run, Step, Write
from esosh.sandbox import Sandbox
from esosh.session import store
from esosh.transaction import apply, encoding, git, journal, notices, recovery

OLD = DATA / "journal-0.1.0"  # a commit that waits for its confirm: alua, scst, net and svc, 16 steps, and its candidate
FOLDER = store.folder("default@root")


def old_journal(box: Sandbox) -> str:
    """The first line of the journal that esosh 0.1.0 wrote, as if it had been written on this box."""
    head = json.loads((OLD / "journal").read_text().split("\n")[0])
    return json.dumps({**head, "boot": apply.boot(box)}) + "\n"


def leave(box: Sandbox, taken: int, *marks: str) -> None:
    """Leave the box as 0.1.0 does when it is killed after so many steps, and these marks."""
    for name in ("edits.esh", "base-1.json"):
        box.replace(f"{FOLDER}/{name}", (OLD / name).read_text(), 0o600)
    begun = [f"begun {number}" for number in range(1, taken + 1)]
    box.replace(journal.JOURNAL, old_journal(box) + "".join(f"{mark}\n" for mark in (*begun, *marks)), 0o600)
    commit = journal.journal(box)
    assert commit is not None and len(commit.steps) == 16
    for step in commit.steps[:taken]:
        step.do.perform(box)


STAYS = ("var/lib/esosh/", "/.count")  # the candidate, and the kernel's count of what was exported, which only goes up


def changes(before, after):
    """What differs besides what stays."""
    return {path for path in changed(before, after) if not any(part in path for part in STAYS)}


@pytest.mark.parametrize("taken", [0, 1, 6, 11, 15, 16])
def test_a_commit_of_0_1_0_that_was_cut_short_is_undone(box, taken):
    before = state(box)
    leave(box, taken)
    assert recovery.recover(box)
    assert changes(before, state(box)) == set()
    assert journal.journal(box) is None
    assert session_on(box).candidate.count == 6


def test_a_commit_of_0_1_0_that_nobody_confirmed_is_undone_and_its_edits_are_pending(box):
    before = state(box)
    leave(box, 16, "until 0")
    assert recovery.recover(box)
    assert changes(before, state(box)) == set()
    assert "was not confirmed" in notices.notice(box)
    assert session_on(box).candidate.count == 6


@pytest.mark.parametrize("marks", [("until 1e9", "confirm"), ("stands",)])
def test_a_commit_of_0_1_0_that_was_confirmed_stands_and_its_candidate_goes(box, marks):
    leave(box, 16, *marks)
    assert recovery.recover(box)
    assert journal.journal(box) is None
    assert store.candidates(box) == ()
    assert [(commit.number, commit.subject) for commit in git.commits(box)] == [(1, "from 0.1.0")]
    assert box.read("/sys/class/net/bond0/bonding/miimon").strip() == "100"


def test_the_program_itself_recovers_a_commit_of_0_1_0(box, esosh):
    leave(box, 9)
    assert "was cut short at step 9 of 16: everything was undone and checked" in esosh("recover").out


def test_a_journal_of_a_version_that_is_not_known_is_kept_and_named(box, esosh):
    text = old_journal(box).replace('"version": 1', '"version": 3')
    box.replace(journal.JOURNAL, text, 0o600)
    with pytest.raises(Refused, match="is of version 3, which this esosh does not know") as refused:
        journal.journal(box)
    assert refused.value.code == "E228"
    done = esosh("recover")
    assert (done.status, "run: esosh recover" in done.err) == (1, True)
    assert box.read(journal.JOURNAL) == text


@pytest.mark.parametrize("damage", [
    lambda text: text[: len(text) // 2], lambda text: "[]\n", lambda text: "\n", lambda text: text.replace('"kind": "Write"', '"kind": "Wr"'),
    lambda text: text.replace('"version": 1, ', ""), lambda text: text.replace('"steps": [', '"steps": [7, '),
    lambda text: text.replace('"path": "', '"path": 7, "x": "'), lambda text: "null\n", lambda text: '"x"\n',
])
def test_a_damaged_journal_is_named_as_damaged(box, damage):
    box.replace(journal.JOURNAL, damage(old_journal(box)), 0o600)
    with pytest.raises(Refused, match="is damaged") as refused:
        journal.journal(box)
    assert refused.value.code == "E226"


def journal_with(box, place, value):
    """The journal of a commit with one value of its first line in another way."""
    step = Step(Replace("/etc/x", "new", 0o600), (Replace("/etc/x", None),), (Expect("/etc/x", "absent"),), Expect(("ls",), "has", "x"), section="svc")
    write = Step(Write("/sys/x", "1"), (Run(("ip", "link")),))
    journal.open_journal(box, journal.Journal(1, journal.Who("root", "tty1", 1, "2026"), "boot", "", "", (step, write), ("/var/lib/esosh/x",)))
    data = json.loads(box.read(journal.JOURNAL))
    part = data
    for name in place[:-1]:
        part = part[name]
    part[place[-1]] = value
    box.replace(journal.JOURNAL, json.dumps(data) + "\n", 0o600)


STEP = ("steps", 0)


@pytest.mark.parametrize("place, values", [
    ((*STEP, "before", 0, "source"), ("", [], "x", [[]], {}, "/x\0", "/\ud800", True, None)),
    ((*STEP, "after", "source"), ("", [], ["ls\0"], [""] * 0, 7)),
    ((*STEP, "disruption"), (True, 1.5, "x", "", None, [], {})), ((*STEP, "stage"), ("x", "", 7, [])), ((*STEP, "section"), ("x", "scst.x", "\udcff", None, [])),
    ((*STEP, "do", "path"), ("", "etc/x", "/\0")), ((*STEP, "undo", 0, "path"), ("", "x", 7)), ((*STEP, "do", "text"), ("\ud800", 7)),
    ((*STEP, "do", "mode"), (True, -1, 1.5, "x", 10**9)), (("steps", 1, "undo", 0, "argv"), ([], ["\0"], "")), (("steps", 1, "do", "path"), ("", "x")),
    (("drops",), ("x", ["x"], [""])), (("boot",), (7, None)), (("probe",), (7, [])), (("who", "user"), (7, None)), (("who", "since"), ([],)),
])
def test_a_journal_with_a_value_that_esosh_never_wrote_is_damaged(box, place, values):
    for value in values:
        journal_with(box, place, value)
        with pytest.raises(Damaged, match="is damaged"):
            print(value, journal.journal(box))


@pytest.mark.parametrize("place, value", [((*STEP, "section"), "net"), ((*STEP, "section"), ""), ((*STEP, "disruption"), "io"), ((*STEP, "do", "mode"), None)])
def test_a_journal_with_a_value_that_esosh_may_have_written_is_not_damaged(box, place, value):
    journal_with(box, place, value)
    assert journal.journal(box) is not None


@pytest.mark.parametrize("mark", ["until nan", "until inf", "begun inf"])
def test_a_mark_with_a_number_that_has_no_end_is_damage(box, mark):
    journal_with(box, ("comment",), "")
    journal.mark(box, mark)
    with pytest.raises(Damaged, match="is damaged"):
        journal.journal(box)


def test_steps_are_written_with_kinds_and_keys_of_the_format_s_own():
    step = Step(Write("/sys/x", "1"), (Replace("/etc/x", None), Run(("ip", "link"))), (Expect("/sys/x", "is", "0"),),
                Expect(("ip", "addr"), "has", "1"), "set", "net", "link", ("a note",))
    assert encoding.encode([step]) == [{
        "do": {"kind": "write", "path": "/sys/x", "text": "1"},
        "undo": [{"kind": "replace", "path": "/etc/x", "text": None, "mode": None}, {"kind": "run", "argv": ["ip", "link"]}],
        "before": [{"source": "/sys/x", "how": "is", "text": "0"}],
        "after": {"source": ["ip", "addr"], "how": "has", "text": "1"},
        "stage": "set", "section": "net", "disruption": "link", "notes": ["a note"],
    }]
    assert encoding.decode(json.loads(json.dumps(encoding.encode([step])))) == (step,)


def test_a_candidate_of_a_version_that_is_not_known_is_named(box, esosh):
    box.replace(f"{FOLDER}/base-1.json", (OLD / "base-1.json").read_text().replace('"version": 1', '"version": 9'), 0o600)
    box.replace(f"{FOLDER}/edits.esh", (OLD / "edits.esh").read_text(), 0o600)
    with pytest.raises(Refused, match=r"base-1\.json is of version 9") as refused:
        do(session_on(Sandbox(root_of(box))), "diff")
    assert refused.value.code == "E229"
