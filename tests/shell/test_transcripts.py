"""Transcripts: what a person types in the shell and what it answers, line by line.

A file in transcripts/ is what the screen would show: each prompt with the line typed behind it, then the answer.
Where it begins with `# scst.conf: FILE`, the box has started SCST with that file of tests/data/.
`PYTHONPATH=tests/support python tests/shell/test_transcripts.py FILE...` records the answers anew; read the difference before it is committed.
"""

from __future__ import annotations

import pathlib
import re
import sys

import pytest
from places import DATA
from terminal import typed

from esosh.sandbox import Sandbox
from esosh.session import Session
from esosh.transaction.journal import Who

FOLDER = pathlib.Path(__file__).parent / "transcripts"
STARTED = re.compile(r"# scst\.conf: (\S+)\n")
PROMPT = re.compile(r"^(esosh\([^#\n]*# |do it\? type yes: )(.*)$", re.M)
UNSTEADY = ((re.compile(r"\b[0-9a-f]{12}\b"), "HASH-OF-GIT-"), (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"), "NOW"),
            (re.compile(r"(?<=undone at )[\d:]+"), "NOW"), (re.compile(r"confirm \d:\d\d"), "confirm 1:00"))


def replay(script: str, folder: str) -> str:
    """Type what the transcript types on a fresh box; give the transcript as it is now."""
    box, started = Sandbox(folder), STARTED.match(script)
    if started:
        box.run(("/etc/rc.d/rc.scst", "stop"))
        text = (DATA / started[1]).read_text()
        if "TARGET_DRIVER scst_local" in text:  # SCST does not start without the driver
            box.replace("/hardware", box.read("/hardware") + "module scst_local\n")
        box.replace("/etc/scst.conf", text)
        box.run(("/etc/rc.d/rc.scst", "start"))
    session = Session(box, Who("root", "pts/0", 1, "now"))
    text = (started[0] if started else "") + typed(session, [found[2] for found in PROMPT.finditer(script)])
    for pattern, steady in UNSTEADY:
        text = pattern.sub(steady, text)
    return text


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.txt")), ids=lambda file: file.stem)
def test_the_shell_answers_as_in_the_transcript(file, tmp_path):
    assert replay(file.read_text(), str(tmp_path / "box")) == file.read_text()


if __name__ == "__main__":
    import tempfile

    for name in sys.argv[1:]:
        there = pathlib.Path(name)
        with tempfile.TemporaryDirectory() as folder:
            there.write_text(replay(there.read_text(), f"{folder}/box"))
