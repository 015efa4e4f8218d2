"""The two-minute tour: the examples on a fresh simulated box, then, on a terminal, the shell."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
ESOSH = [sys.executable, "-m", "esosh"]


def say(text: str) -> None:
    """Print a heading."""
    print(f"\n── {text}", flush=True)


def run(box: str, *words: str) -> None:
    """Run a command, and show what it answers."""
    typed = " ".join(f'"{word}"' if " " in word else word for word in words)
    print(f"$ esosh --sandbox BOX {typed}", flush=True)
    subprocess.run([*ESOSH, "--sandbox", box, *words], check=True, cwd=HERE)


def show(box: str, *paths: str) -> None:
    """Show files of the box."""
    for path in paths:
        print(f"$ cat BOX{path}", flush=True)
        print((pathlib.Path(box) / path.lstrip("/")).read_text(), flush=True)


def main() -> None:
    """Run the tour."""
    box = str(pathlib.Path(tempfile.mkdtemp(prefix="esosh-demo-")) / "box")
    print(f"A simulated ESOS box in {box}, freshly booted.", flush=True)
    run(box, "--as", "esos1", "status")
    say("an ALUA layout for two hosts, as a file of lines: checked whole, applied whole")
    run(box, "-f", "two-host-alua/first.esh")
    run(box, "status", "alua")
    say("a bond, edit by edit: nothing happens before commit")
    run(box, "net", "bond", "bond0", "slaves", "eth1", "eth2", "mode=802.3ad", "miimon=100")
    run(box, "plan")
    run(box, "commit", "comment", "storage bond")
    say("a subnet manager, and everything saved to the boot medium")
    run(box, "-f", "subnet-manager.esh")
    run(box, "history")
    run(box, "status")
    say("what the box has now, in its own files")
    show(box, "/sys/kernel/scst_tgt/device_groups/esos/target_groups/local/group_id")
    show(box, "/sys/class/net/bond0/bonding/slaves", "/etc/network.conf")
    subprocess.run(["grep", "-n", "opensm", f"{box}/etc/rc.conf"], check=True)
    if sys.stdin.isatty() and sys.stdout.isatty():
        say("now you: Tab shows what may follow, ? explains, quit leaves")
        os.execv(sys.executable, [*ESOSH, "--sandbox", box])


if __name__ == "__main__":
    main()
