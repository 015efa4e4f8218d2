"""The simulated SCST against every write recorded on a running one.

The recording and the meaning of a replay: esosh.sandbox.recording, esosh.sandbox.conformance.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from places import DATA

from esosh.errors import Refused
from esosh.host.local import LocalHost
from esosh.sandbox import Sandbox, conformance, live, recording

FILE = DATA / "scst-observations.json"
RUNS = recording.load(FILE)

# Where the sandbox does something else, and why.
DELIBERATE = {
    487: "a refused second OutgoingUser left the first one's file unreadable; a file of the sandbox stays readable",
    684: 'an initiator with "/" made its folder unlistable; the sandbox shows "a!b", as all names with "/"',
    685: "the same folder became listable again",
    1016: "a device named as the handler's mgmt took that mgmt away until SCST was loaded again; the sandbox says EEXIST",
    1033: "the initiator lived on the same box, so a disk of its own appeared in SCST's devices; the sandbox has none",
}


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.name)
def test_every_recorded_write_is_answered_as_recorded_but_for_deliberate_differences(run: recording.Run) -> None:
    verdicts = list(conformance.replay([run]))
    numbers = {case.number for case in run.cases}
    differing = {verdict.case.number: verdict.differences for verdict in verdicts if verdict.differences}
    assert {number: lines for number, lines in differing.items() if number not in DELIBERATE} == {}
    assert numbers & DELIBERATE.keys() == differing.keys()


def test_few_differences_are_deliberate() -> None:
    assert sum(len(run.cases) for run in RUNS) == 1070
    assert len(DELIBERATE) < 20
    assert FILE.stat().st_size <= 700_000


def test_a_box_that_runs_a_recording_is_afterwards_as_it_was(tmp_path: Path) -> None:
    box = Sandbox(str(tmp_path / "box"))
    walk = recording.Walk(box.path(live.ROOT), cached=False)
    before = walk.look()
    verdicts = list(live.run(box, RUNS))
    assert [verdict.case.number for verdict in verdicts if verdict.differences] == [487]
    assert len(verdicts) > 300
    assert walk.look().keys() == before.keys()


def test_what_a_recording_made_goes_also_when_it_is_interrupted(tmp_path: Path) -> None:
    box = Sandbox(str(tmp_path / "box"))
    walk = recording.Walk(box.path(live.ROOT), cached=False)
    before = walk.look()
    trial = live.run(box, RUNS)
    for _ in range(100):
        next(trial)
    assert any(live.PREFIX in path for path in walk.look())
    with pytest.raises(KeyboardInterrupt):
        trial.throw(KeyboardInterrupt)
    assert walk.look().keys() == before.keys()


def test_a_write_that_takes_long_is_waited_for(tmp_path: Path) -> None:
    Sandbox(str(tmp_path / "box"))
    (tmp_path / "box/faults").write_text("write */vdisk_nullio/mgmt EAGAIN for 2 after 2\n")
    verdicts = live.run(Sandbox(str(tmp_path / "box")), [run for run in RUNS if run.name == "o8_misc"])
    assert [verdict.differences for verdict in verdicts if verdict.differences] == []


def test_where_there_is_no_scst_nothing_is_tried(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no SCST"):
        next(live.run(LocalHost(str(tmp_path)), RUNS))


def test_what_is_left_of_another_trial_is_not_touched(tmp_path: Path) -> None:
    box = Sandbox(str(tmp_path / "box"))
    box.write(f"{live.ROOT}/device_groups/mgmt", f"create {live.PREFIX}esos")
    with pytest.raises(Refused, match="already"):
        next(live.run(box, RUNS))
    assert box.exists(f"{live.ROOT}/device_groups/{live.PREFIX}esos")


def test_differences_are_printed_case_by_case(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    raw = json.loads(FILE.read_text())
    raw["runs"] = [run for run in raw["runs"] if run["name"] == "o4_mgmtname"]
    (tmp_path / "recording").write_text(json.dumps(raw))
    assert conformance.main([str(tmp_path / "recording")]) == 1
    said = capsys.readouterr().out
    assert "handlers/vdisk_nullio/mgmt <- 'add_device mgmt\\n'\n    answer EEXIST, recorded EAGAIN" in said
    assert said.endswith("   19 of   20  cases pass\n")
