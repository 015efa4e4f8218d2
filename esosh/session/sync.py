"""Saving /etc to the boot medium by ESOS's own conf_sync.sh, and finding the step that failed.

Source: scripts/conf_sync.sh and scripts/usb_sync.sh of ESOS: 200 means that its lock was not to be had within
300 s, 1 that one of its steps failed, without saying which.
"""

from __future__ import annotations

from ..host import Host
from ..transaction import git, repository

CONF_SYNC = "/usr/local/sbin/conf_sync.sh"


def sync(host: Host) -> tuple[int, str]:
    """Run conf_sync.sh; give its exit status and, where that is not 0, the step that failed."""
    output = host.run((CONF_SYNC,))
    if output.status == 0:
        return 0, ""
    step, message = _failed_step(host, output.status), (output.err or output.out).strip()
    return output.status, f"{step}: {message}" if message else step


def _failed_step(host: Host, status: int) -> str:
    if status == 200:
        return "its lock was held for 300 s (another sync, a backup or a commit); nothing was saved"
    if status != 1:
        return f"its lock could not be taken (status {status}); nothing was saved"
    if repository.problem(host) or repository.run(host, "status", "--porcelain").out:
        return "git could not commit /etc; nothing was saved"
    if git.unsaved_hashes(host):
        return "the boot medium could not be mounted, or git could not push to it; the commit is in /etc only"
    return "/etc is saved; copying /var/lib, /opt and /root, or unmounting, failed"
