"""SCST whole: files that scstadmin wrote, SCST stopped, and a thousand devices, on simulated boxes."""

from __future__ import annotations

import difflib

import pytest
from boxes import Esosh, do, root_of, session_on
from places import DATA, EXAMPLES

from esosh.sandbox import Sandbox

SAMPLES = sorted((DATA / "scst").glob("*.conf"))
HOSTS = EXAMPLES / "two-host-alua"


def bare(box: Sandbox, *lines: str) -> Sandbox:
    """The box with an SCST that has nothing, with scst_local, and with the files that the samples are about."""
    for file in ("/dev/loop0", "/vd/f0.img"):
        box.replace(file, "")
    box.replace("/hardware", box.read("/hardware") + "module scst_local\n" + "".join(f"{line}\n" for line in lines))
    box.run(("/etc/rc.d/rc.scst", "stop"))
    box.run(("/etc/rc.d/rc.scst", "start"))
    return box


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.stem)
def test_what_scstadmin_wrote_is_kept_applied_and_shown_alike(file, new_box, tmp_path):
    text = file.read_text()
    stopped = new_box()
    stopped.run(("/etc/rc.d/rc.scst", "stop"))
    stopped.replace("/etc/scst.conf", text)
    session = session_on(stopped)
    lines = do(session, "show scst") + do(session, "show alua")

    other = bare(new_box())
    there = session_on(other)
    (tmp_path / "lines.esh").write_text(lines.replace("****", "secretsecret12"))
    do(there, f"load replace {tmp_path}/lines.esh", 'commit allow io force "the file is all"')
    assert do(there, "show scst") + do(there, "show alua") == with_ports(lines)

    assert stopped.read("/etc/scst.conf") == text
    target = next(name for name, about in session.config.scst.targets.items() if about.driver == "iscsi")
    do(session, f"scst target set {target} rel_tgt_id=77", "commit")
    changed = [line for line in difflib.ndiff(text.splitlines(), stopped.read("/etc/scst.conf").splitlines()) if line[0] in "+-"]
    assert changed == ["- \t\trel_tgt_id 1", "+ \t\trel_tgt_id 77"]


def with_ports(lines: str) -> str:
    """The lines, with those of the ports that every box has."""
    ports = [f"scst target add qla2x00t {port}" for port in ("21:00:00:e0:8b:9d:74:49", "21:01:00:e0:8b:bd:74:49")]
    there = lines.splitlines()
    at = next(number for number, line in enumerate(there) if line.startswith("scst target"))
    return "".join(f"{line}\n" for line in [*there[:at], *ports, *there[at:]])


@pytest.mark.parametrize("name, file", [("esos1", "first.esh"), ("esos2", "second.esh")])
def test_with_scst_stopped_the_manual_s_procedure_is_edited_offline_and_comes_up_equal(name, file, new_box):
    esosh = Esosh(root_of(new_box(name)))
    esosh("scst", "set", "max_tasklet_cmd=12")
    for line in ("commit", "svc stop scst"):
        assert esosh(*line.split()).status == 0

    assert esosh("-f", str(HOSTS / file)).status == 0
    offline = esosh("show").out
    assert "alua device add esos disk01\nalua device add esos disk02\n" in offline
    assert esosh("svc", "start", "scst").status == 0
    assert esosh("sync").status == 0

    assert esosh("show").out == offline
    assert "nothing has drifted" in esosh("status", "drift").out
