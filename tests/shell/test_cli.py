"""The program as it is called: exit statuses, JSON, --check, standard input, what it imports and what it leaves alone."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from boxes import changed, do, environment, root_of, session_on, snapshot, state
from logins import ESX1, EXPORTS, log_in
from places import DATA

T = "iqn.2026-11.local.esos1:target1"
LINES = ("alua dgrp add esos", "svc enable opensm")


def pending(esosh, *lines):
    """Edits in the candidate."""
    for line in lines or LINES:
        assert esosh(*line.split()).status == 0


@pytest.mark.parametrize("words, status, said", [
    (["show", "alua"], 0, ""),
    (["alua", "dgrp", "add", "esos"], 0, ""),
    (["alua", "dgrp", "del", "esos"], 1, "no device group esos"),
    (["svc", "stop", "opensm"], 1, "ended with status 1"),
    (["--as", "esos2", "show"], 1, "is box esos1, not esos2"),
    (["-f", "/nowhere.esh"], 1, "no such file"),
    (["-f", f"{DATA}/scst/mid.conf"], 2, "to bring it in: copy it to /etc/scst.conf, then: reapply scst"),
    (["alua", "dgrp", "addd", "esos"], 2, "did you mean: alua dgrp add esos"),
    (["svc", "enable"], 2, "incomplete"),
    ([""], 2, "does not fit"),
    (["--candidate", "../x", "show"], 2, "is no name for a candidate"),
    (["--commit", "svc", "enable", "sbd"], 2, "--commit goes with -f FILE"),
    (["-f", "-", "show"], 2, "takes no line"),
    (["--frob"], 2, "unrecognized arguments"),
])
def test_the_exit_status_says_what_kind_of_error_it_is(esosh, words, status, said):
    done = esosh(*words)
    assert (done.status, said in done.err) == (status, True), done.err
    assert "Traceback" not in done.err


def test_3_the_checks_refuse_the_commit(esosh):
    pending(esosh, "net bond bond0 slaves eth9")
    for words in (["commit"], ["check"], ["--check", "commit"]):
        done = esosh(*words)
        assert (done.status, "E320 net bond0: slave eth9" in done.err) == (3, True)


def test_4_somebody_else_changed_the_same(esosh, box):
    pending(esosh, "net general hostname=san1")
    box.replace("/etc/network.conf", box.read("/etc/network.conf").replace("hostname = localhost", "hostname = other"))
    before = snapshot(esosh.directory)
    done = esosh("commit")
    assert (done.status, "it was localhost, is now other, yours is san1" in done.err) == (4, True), done.err
    assert changed(before, snapshot(esosh.directory)) == []


def test_5_a_step_failed_and_all_was_undone(esosh, box):
    pending(esosh)
    before = state(box)
    done = esosh("commit", faults="replace /etc/rc.conf EIO\n")
    assert (done.status, "step 3 of 4 failed; steps 3 to 1 undone and checked" in done.err) == (5, True)
    assert "input/output error: /etc/rc.conf" in done.err
    assert changed(before, state(box)) == []
    assert esosh("commit").status == 0


def test_6_undoing_failed_too_and_what_remains_is_listed(esosh):
    pending(esosh)
    done = esosh("commit", faults="replace /etc/rc.conf EIO\nwrite */device_groups/mgmt EBUSY after 1\n")
    assert (done.status, done.err.count("device_groups/mgmt")) == (6, 2), done.err
    assert "what remains:" in done.err
    assert esosh("commit").status == 0


def test_7_the_lock_was_not_to_be_had(esosh, box):
    with session_on(box).hold():
        done = esosh("--lock-timeout", "0.1", *LINES[0].split())
        assert (done.status, "candidate default@root is in use by root on tty1 (pid 1)" in done.err) == (7, True)
        assert esosh("--lock-timeout", "0.1", "show", "alua").status == 0
    pending(esosh)
    with box.lock("/var/lock/conf_sync", 0):
        done = esosh("--lock-timeout", "0.1", "commit")
    assert (done.status, "a sync (conf_sync.sh) is running" in done.err) == (7, True)


def test_70_is_a_bug_told_in_one_line(esosh, box):
    broken = "import sys; del sys.argv[1:3]; import esosh.session; esosh.session.handler = None; from esosh.__main__ import main; sys.exit(main())"
    done = esosh("show", python=("-c", broken))
    assert (done.status, done.err.count("\n")) == (70, 1)
    assert done.err.startswith("bug: TypeError")


@pytest.mark.parametrize("words, shape", [
    (["show", "alua"], {"lines": list, "config": dict}),
    (["plan"], {"id": str, "edits": int, "disruption": str, "steps": list, "findings": list}),
    (["status", "net"], list), (["save", "-"], {"lines": list}),
    (["status", "alua"], {"kind": str, "name": type(None), "running": bool, "device_groups": list}),
    (["history"], list),
    (["commit"], {"number": int, "steps": int, "warning": str, "follow": list}),
])
def test_with_json_every_view_is_one_object(esosh, words, shape):
    pending(esosh)
    done = esosh(*words, json=True)
    found = json.loads(done.out)
    assert (found["version"], found["notices"], set(found)) == (2, [], {"version", "view", "notices"})
    view = found["view"]
    assert isinstance(view, list) if shape is list else {key: type(value) for key, value in view.items()} == shape
    assert done.err == ""


@pytest.mark.parametrize("words, error", [
    (["alua", "dgrp", "addd", "x"], {"code": "E101", "status": 2, "hint": "alua dgrp add x"}),
    (["svc", "enable", "opensmm"], {"code": "E202", "status": 1, "hint": "svc enable opensm"}),
])
def test_with_json_every_error_is_one_object(esosh, words, error):
    done = esosh(*words, json=True)
    found = json.loads(done.out)["error"]
    assert {key: found[key] for key in error} == error
    assert found["where"] == {"file": "", "line": 1, "column": found["where"]["column"], "text": " ".join(words)}
    assert done.status == error["status"]
    assert done.err == ""


def test_with_json_a_batch_is_one_object_a_line(esosh):
    done = esosh("-f", "-", stdin="svc enable sbd\ndiff\ncommit\nshow svc sbd\n", json=True)
    assert [set(json.loads(line)) for line in done.out.splitlines()] == [{"version", "view", "notices"}] * 4
    wrong = esosh("-f", "-", stdin="svc enabel sbd\n\nfrob\n", json=True)
    assert [json.loads(line)["error"]["where"]["line"] for line in wrong.out.splitlines()] == [1, 3]


@pytest.mark.parametrize("words, stdin, status", [
    (["--check", "alua", "dgrp", "add", "more"], "", 0), (["--check", "alua", "dgrp", "del", "more"], "", 1),
    (["--check", "svc", "start", "opensm"], "", 0), (["--check", "sync"], "", 0), (["--check", "undo"], "", 0),
    (["--check", "-f", "-"], "net bond bond0 slaves eth1\nsvc enable sbd\n", 1), (["--check", "-f", "-"], "svc enable nothing\n", 1),
    (["--check", "--commit", "-f", "-"], "net bond bond0 slaves eth1\nsvc enable sbd\n", 0),
    (["--check", "-f", "-"], "svc enabel sbd\n", 2), (["--check", "-f", "-"], "svc enable sbd\ncommit\nsvc start sbd\n", 0),
    (["--check", "abort"], "", 0), (["--check", "load", "/nowhere.esh"], "", 1), (["--check", "show"], "", 0),
])
def test_check_says_whether_it_fits_and_keeps_nothing(esosh, words, stdin, status):
    pending(esosh)
    before = snapshot(esosh.directory)
    done = esosh(*words, stdin=stdin)
    assert done.status == status, done
    assert changed(before, snapshot(esosh.directory)) == []


@pytest.mark.parametrize("line", [
    "svc stop scst", "svc restart scst", "svc stop scst allow link", "svc stop opensmm", "scst device resync disk09", "scst target lip 21:00:00:00:00:00:00:09",
    "confirm", "revert", "history init", "commit", "commit force why", "commit plan 0000", 'commit probe "true"',
])
def test_check_of_a_line_that_acts_is_refused_as_the_line_is(esosh, box, line):
    do(session_on(box), *EXPORTS[:2], f"scst target enable {T}", "scst driver enable iscsi", "commit")
    log_in(box, ESX1)
    pending(esosh, f"scst lun del {T} 1")
    before = snapshot(esosh.directory)
    check = esosh("--check", *shlex.split(line))
    assert changed(before, snapshot(esosh.directory)) == []

    done = esosh(*shlex.split(line))
    assert done.status and (check.status, check.err) == (done.status, done.err)
    if line.startswith("svc"):
        assert esosh("--check", "-f", "-", stdin=f"{line}\n").status == done.status


@pytest.mark.parametrize("line", ["svc stop scst allow io", "svc start opensm", "scst device resync disk01", "sync", "commit allow link"])
def test_check_of_a_line_that_acts_fits_where_the_line_would_act_and_does_nothing(esosh, box, line):
    do(session_on(box), *EXPORTS[:2], f"scst target enable {T}", "scst driver enable iscsi", "commit")
    log_in(box, ESX1)
    pending(esosh, "net bond bond0 slaves eth1 mode=active-backup miimon=100" if "commit" in line else "svc enable nut")
    before = snapshot(esosh.directory)
    assert esosh("--check", *shlex.split(line)).status == 0
    assert changed(before, snapshot(esosh.directory)) == []


@pytest.mark.parametrize("stdin, status, said", [
    ("svc enable sbd\n", 1, "edits are left over"),
    ("svc enable sbd\nsvc start nut\ncommit\n", 1, "standard input:2:1: E232 svc start nut acts at once"),
    ("svc enable sbd\nsync\ncommit\n", 1, "standard input:2:1: E232 sync acts at once"),
    ("net bond bond0 slaves eth9\ncommit\n", 3, "standard input:2:1"),
    ("svc enabel sbd\nfrob\nalua dgrp add x y\n", 2, "standard input:3:"),
    ("svc enable sbd\ncommit\nsvc stop opensm\nsvc enable nut\ncommit\n", 1, "standard input:3:1"),
    ("svc enable sbd\nundo\n", 0, ""),
    ("quit\nsvc enable sbd\n", 0, ""),
    ("alua\ndgrp add esos\nup\nsvc\nenable sbd\ncommit\n", 0, "committed: number 1"),
    ("svc start nut\nsvc enable nut\ncommit\nsvc stop nut\n", 0, "nut: stopped"),
    ("# caf\udce9\nsvc enable \\\n  sbd # too\ncommit\n", 0, "committed"),
    ("", 0, ""),
])
def test_a_batch_is_read_rehearsed_and_run(esosh, box, stdin, status, said):
    before = state(box)
    done = subprocess.run(esosh.argv("-f", "-"), input=stdin.encode("utf-8", "surrogateescape"), capture_output=True,
                          env=environment(), check=False)
    text = (done.stdout + done.stderr).decode()
    assert (done.returncode, said in text) == (status, True), text
    if status and "svc stop" not in stdin:
        assert changed(before, state(box)) == []


def test_a_late_refusal_says_what_stands_and_what_did_not_run(esosh):
    done = esosh("-f", "-", stdin="svc enable sbd\ncommit\nsvc stop opensm\nsvc enable nut\ncommit\n")
    assert "the commit before it stands" in done.err
    assert "the 2 lines behind it did not run" in done.err


def test_an_error_of_the_commit_that_follows_a_file_is_placed_in_no_line_of_it(esosh):
    done = esosh("-f", "-", "--commit", stdin=f"scst lun add {T} 0 disk01\nscst target enable {T}\ncommit\nscst target disable {T}\n")
    assert (done.status, "standard input:" in done.err) == (3, False)
    assert "E301 " in done.err and "--commit, behind the last line of standard input" in done.err


def test_a_commit_of_one_step_says_so(box, session):
    box.write("/sys/kernel/scst_tgt/poll_us", "1\n")
    do(session, "scst set setup_id=7", "commit")
    box.write("/sys/kernel/scst_tgt/poll_us", "2\n")
    assert do(session, "reapply scst", "commit").startswith("committed: number 2, 1 step\n")


def test_a_batch_has_a_candidate_of_its_own(esosh):
    pending(esosh)
    assert esosh("-f", "-", "--commit", stdin="svc enable sbd\n").status == 0
    assert esosh("diff").out.splitlines() == ["+ alua dgrp add esos", "- svc disable opensm", "+ svc enable opensm"]


def test_reading_writes_nothing(esosh):
    pending(esosh)
    before = snapshot(esosh.directory)
    for line in ("show", "status", "diff", "check", "plan", "history", "help svc", "explain svc start nut", "status svc", "show scst", "net", "up"):
        assert esosh(*line.split()).status == 0
    assert changed(before, snapshot(esosh.directory)) == []


@pytest.mark.parametrize("words, stdin, never", [
    (["--version"], "", {"lark", "prompt_toolkit", "rich", "asyncio", "argparse", "json"}),
    (["show"], "", {"argparse", "getpass", "shutil", "textwrap", "traceback", "pydoc"}),
    (["show"], "", {"prompt_toolkit", "rich", "asyncio", "pygments"}),
    (["--json", "status"], "", {"prompt_toolkit", "rich", "asyncio", "pygments"}),
    (["svc", "enable", "sbd"], "", {"prompt_toolkit", "rich", "asyncio", "pygments"}),
    (["-f", "-"], "svc enable sbd\ncommit\n", {"prompt_toolkit", "rich", "asyncio", "pygments"}),
    (["frob"], "", {"prompt_toolkit", "rich", "asyncio", "pygments"}),
])
def test_what_is_not_needed_is_not_imported(esosh, words, stdin, never):
    argv = [sys.executable, "-X", "importtime", "-m", "esosh", *words] if words == ["--version"] else esosh.argv(
        *words, python=("-X", "importtime"))
    done = subprocess.run(argv, input=stdin, capture_output=True, text=True, env=environment(), check=False)
    found = set(re.findall(r"\|\s+(\w+)[\w.]*$", done.stderr, re.M))
    assert "esosh" in found
    assert found & never == set()


def test_the_version_is_said_without_a_box(tmp_path):
    done = subprocess.run([sys.executable, "-m", "esosh", "--version"], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert re.fullmatch(r"esosh \d+\.\d+(\.\d+)?\n", done.stdout)
    assert os.listdir(tmp_path) == []


def test_a_sandbox_without_a_directory_lies_in_the_user_s_state(tmp_path):
    def run(*words):
        return subprocess.run([sys.executable, "-m", "esosh", *words], capture_output=True, text=True, check=False,
                              env={**environment(), "XDG_STATE_HOME": str(tmp_path)})

    assert run("--sandbox", "--as", "esos2", "status").stdout.startswith("sandbox:esos2")
    assert run("--sandbox", "svc", "enable", "sbd").returncode == 0
    assert (tmp_path / "esosh/sandbox/hardware").exists()
    assert run("--as", "esos1", "show").returncode == 2


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_letters_that_the_terminal_does_not_have_are_no_bug(esosh, encoding):
    pending(esosh)
    esosh("commit", "comment", "caf\u00e9 \u2014 \u2713")
    done = subprocess.run(esosh.argv("history"), capture_output=True, env={**environment(), "PYTHONIOENCODING": encoding}, check=False)
    assert (done.returncode, b"caf" in done.stdout) == (0, True)


def test_a_reader_that_goes_away_is_no_bug(esosh):
    process = subprocess.Popen(esosh.argv("show"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 128 + signal.SIGPIPE


def _begun(journal):
    try:
        return "begun" in journal.read_text()
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("number, status", [(signal.SIGTERM, 0), (signal.SIGHUP, 0), (signal.SIGINT, 5)])
def test_a_commit_outlives_its_terminal_and_ctrl_c_undoes_it(esosh, box, number, status):
    pending(esosh, "alua dgrp add esos", *(f"alua tgrp add esos t{at} group_id={at}" for at in range(1, 8)), "net bond bond0 slaves eth1 eth2")
    box.path("/faults").write_text("write */device_groups/mgmt EAGAIN for 50\n")  # so that the signal comes in its midst
    before = state(box)
    process = subprocess.Popen(esosh.argv("commit"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    journal, until = Path(esosh.directory, "var/lib/esosh/journal"), time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until and not _begun(journal):
        time.sleep(0.001)
    process.send_signal(number)
    done = process.communicate(timeout=60)
    assert process.returncode == status, done
    assert ("committed" in done[0].decode()) == (status == 0)
    assert (changed(before, state(box)) == []) == (status == 5)
    assert ("interrupted" in done[1].decode()) == (status == 5)


def test_the_edits_of_a_shell_s_user_and_of_another_do_not_mix(esosh, box):
    pending(esosh)
    other = subprocess.run(esosh.argv("svc", "enable", "nut"), env={**environment(), "LOGNAME": "anna"}, check=False)
    assert other.returncode == 0
    assert do(session_on(box), "diff").count("\n") == 3
    assert sorted(box.list("/var/lib/esosh/candidates")) == ["default@anna", "default@root"]
    assert root_of(box).startswith("/")


@pytest.mark.parametrize("words", [["frob"], ["svc", "enabel", "sbd"], ["--candidate", "../x", "show"]])
def test_a_line_that_is_refused_needs_the_language_alone(words):
    argv = [sys.executable, "-X", "importtime", "-m", "esosh", *words]
    done = subprocess.run(argv, capture_output=True, text=True, env=environment(), check=False)
    found = set(re.findall(r"\|\s+([\w.]+)$", done.stderr, re.M))
    rooms = {"host.local", "executors", "transaction", "session", "sandbox", "commands.svc", "errors.codes", "shell.start"}
    heavy = {"argparse", "json", "getpass", "shutil", "textwrap", "traceback", "subprocess", "rich", "pygments"}
    assert done.returncode == 2 and "esosh.shell.cli" in found
    assert found & {*(f"esosh.{room}" for room in rooms), *heavy} == set()


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_line_runs_although_standard_streams_are_closed(esosh, closed):
    line = f'exec "$@" {closed}'
    done = subprocess.run(["sh", "-c", line, "sh", *esosh.argv("svc", "enable", "nfsd")], env=environment(), capture_output=True,
                          text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "nfsd" in esosh("diff").out


def test_a_commit_whose_answer_cannot_be_written_says_that_it_is_done(esosh):
    pending(esosh)
    with open("/dev/full", "w") as full:
        done = subprocess.run(esosh.argv("commit"), env=environment(), stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert "it is done, and what there is to say cannot be written: no space left on device" in done.stderr
    assert esosh("commit").out == "nothing to do\n"


@pytest.mark.parametrize("file", ["-", "/dev/stdin", "/dev/fd/0"])
def test_standard_input_is_read_by_all_its_names(esosh, file):
    assert "committed" in esosh("-f", file, "--commit", stdin="svc enable nfsd\n").out
    assert "standard input:1:" in esosh("-f", file, stdin="frob\n").err


def test_check_of_save_writes_nothing(esosh, tmp_path):
    assert esosh("--check", "save", str(tmp_path / "x")).out == "it fits\n"
    assert not (tmp_path / "x").exists()


def test_a_secret_under_a_misspelt_key_is_not_shown_by_drift(esosh, box):
    box.replace("/etc/scst.conf", f'TARGET_DRIVER iscsi {{\n\tTARGET {T} {{\n\t\tIncomingUsr "joe TOPSECRET67890"\n\t}}\n}}\n')
    for json_too in (False, True):
        shown = esosh("status", "drift", json=json_too)
        assert "IncomingUsr" in shown.out and "TOPSECRET" not in shown.out
