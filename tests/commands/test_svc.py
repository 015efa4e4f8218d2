"""Services: rc.conf under the rules of etc/rc.d/common of ESOS, options, and the scripts."""

from __future__ import annotations

import pytest
from boxes import do

from esosh import checks
from esosh.commands.parse import parse
from esosh.config import Config
from esosh.config.svc import Service
from esosh.errors import LineError, Refused
from esosh.executors import svc
from esosh.sandbox import Sandbox
from esosh.session import Session
from esosh.transaction.plan import look


@pytest.mark.parametrize(("text", "found"), [
    ("rc.scst_enable=YES", "enabled"),
    ("rc.scst_enable=yes", "enabled"),
    ("rc.scst_enable=True", "enabled"),
    ("rc.scst_enable=ON", "enabled"),
    ("rc.scst_enable=1", "enabled"),
    ("rc.scst_enable=NO", "disabled"),
    ("rc.scst_enable=false", "disabled"),
    ("rc.scst_enable=oFF", "disabled"),
    ("rc.scst_enable=0", "disabled"),
    ("rc.scst_enable = yes", "enabled"),
    ("rc.scst_enable=\tyes", "enabled"),
    ("rc.scst_enable=Y E S", "enabled"),
    ('rc.scst_enable="YES"', "bad"),
    ("rc.scst_enable='YES'", "bad"),
    ("rc.scst_enable=YES # comment", "bad"),
    ("rc.scst_enable=", "bad"),
    ("rc.scst_enable", "bad"),
    ("rc.scst_enable=maybe", "bad"),
    ("rc.scst_enable=YES\r", "bad"),
    ("rc.scst_enable=NO\nrc.scst_enable=YES", "bad"),
    ("rc.scst_enable=YES\nrc.scst_enable=YES", "bad"),
    (" rc.scst_enable=YES", "disabled"),
    ("export rc.scst_enable=YES", "disabled"),
    ("#rc.scst_enable=YES", "disabled"),
    ("", "disabled"),
    ("rc.scst_enabled=YES", "enabled"),
    ("rcXscst_enable=YES", "enabled"),
    ("rc.scst_enable=YES=NO", "enabled"),
    ("rc.scst2_enable=YES", "disabled"),
])
def test_a_flag_is_read_as_rc_d_common_reads_it(text: str, found: str) -> None:
    assert svc.flag(f"{text}\n", "scst") == found


@pytest.mark.parametrize(("text", "found"), [
    ("", None),
    ('#rc.opensm_opts="-x"', None),
    (' rc.opensm_opts="-x"', None),
    ('rc.opensm_opts="--daemon -x"', "--daemon -x"),
    ("rc.opensm_opts=--daemon", "--daemon"),
    ('rc.opensm_opts = "--daemon"', "--daemon"),
    ('rc.opensm_opts=""', ""),
    ("rc.opensm_opts", ""),
    ('rc.opensm_opts="--config=/x --daemon"', "--config"),
    ("rc.opensm_opts='a  b'", "'a b'"),
    ('rc.opensm_opts="a \t b"', "a b"),
    ('rc.opensm_opts="-a"\nrc.opensm_opts="-b"', "-a rc.opensm_opts"),
    ('rc.opensm_opts="-a"\r', "-a\r"),
])
def test_options_are_read_as_rc_d_common_reads_them(text: str, found: str | None) -> None:
    assert svc.opts(f"{text}\n", "opensm") == found


RC_CONF = """\
# head, with a caf\udce9

rc.opensm_enable=NO
#rc.opensm_opts="--daemon > /dev/null 2>&1"
 rc.scst_enable=YES
rc.scst_enable=YES\r
rc.drbd_enable="YES"
rc.sbd_enable=NO
other=NO
rc.sbd_enable=YES
rc.sshd_opts="-f /etc/x"
rc.sshd_enable=YES"""


def _after(**services: Service) -> str:
    old = Config(svc={name: Service(svc.flag(RC_CONF, name) == "enabled", svc.opts(RC_CONF, name))
                      for name in (*svc.names(RC_CONF), "nrpe")})
    return svc.amend(svc.RC_CONF, RC_CONF, old, old.having(svc={**old.svc, **services}))


@pytest.mark.parametrize(("services", "was", "to_be"), [
    ({"opensm": Service(True)}, "rc.opensm_enable=NO\n", "rc.opensm_enable=YES\n"),
    ({"scst": Service(True)}, "rc.scst_enable=YES\r\n", "rc.scst_enable=YES\n"),
    ({"drbd": Service(True)}, 'rc.drbd_enable="YES"\n', "rc.drbd_enable=YES\n"),
    ({"sbd": Service(True)}, "rc.sbd_enable=NO\nother=NO\nrc.sbd_enable=YES\n", "rc.sbd_enable=YES\nother=NO\n"),
    ({"sshd": Service(False, "-f /etc/x")}, "rc.sshd_enable=YES", "rc.sshd_enable=NO"),
    ({"sshd": Service(True)}, 'rc.sshd_opts="-f /etc/x"\n', ""),
    ({"sshd": Service(True, "-p 22")}, 'rc.sshd_opts="-f /etc/x"', 'rc.sshd_opts="-p 22"'),
    ({"sshd": Service(True, "")}, 'rc.sshd_opts="-f /etc/x"', 'rc.sshd_opts=""'),
    ({"opensm": Service(False, "-g 1")}, '2>&1"\n', '2>&1"\nrc.opensm_opts="-g 1"\n'),
    ({"nrpe": Service(True)}, "rc.sshd_enable=YES", "rc.sshd_enable=YES\nrc.nrpe_enable=YES"),
    ({}, "", ""),
])
def test_one_line_changes_and_every_other_byte_stays(services: dict[str, Service], was: str, to_be: str) -> None:
    assert _after(**services) == RC_CONF.replace(was, to_be)


@pytest.mark.parametrize(("line", "amended"), [
    ("rc.nut_enable=NO # until the battery is here", "# until the battery is here\nrc.nut_enable=YES"),
    ("rc.nut_enable=NO\t# a # b", "# a # b\nrc.nut_enable=YES"),
    ("rc.nut_enable=NO#x", "rc.nut_enable=YES"),
])
def test_a_comment_behind_a_flag_stays_and_no_longer_spoils_it(line: str, amended: str) -> None:
    text = f"# head\r\n{line}\nrc.other_enable=\n\nunknown =\n"
    old = Config(svc={"nut": Service(False)})
    assert svc.amend(svc.RC_CONF, text, old, Config(svc={"nut": Service(True)})) == text.replace(line, amended)


@pytest.mark.parametrize(("opts", "said"), [
    ("--config=/x", "write --config /x"),
    ("a;b", "root shell"),
    ("`id`", "root shell"),
    ("$HOME", "root shell"),
    ("$(id)", "root shell"),
    ("'x'", "root shell"),
    ('\\"x\\"', "root shell"),
    ("*", "root shell"),
    ("a?", "root shell"),
    ("[ab]", "root shell"),
    ("a | b", "root shell"),
    ("a && b", "root shell"),
    ("a & b", "root shell"),
    ("< /etc/shadow", "root shell"),
    ("a #b", "root shell"),
    ("a\\\\b", "root shell"),
    ("caf\u00e9", "root shell"),
    ("-" + "a" * 500 + "!", "root shell"),
])
def test_options_that_the_box_would_cut_or_its_shell_would_run_are_refused(session: Session, opts: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        do(session, f'svc set opensm opts="{opts}"')
    assert said in " ".join((refused.value.message, *refused.value.details))
    assert not session.candidate.edits


def test_options_take_one_line_only() -> None:
    with pytest.raises(LineError):
        parse('svc set opensm opts="a\nb"')


@pytest.mark.parametrize("opts", [
    "", "--daemon > /dev/null 2>&1", "-w 1024 -v 0", "0.0.0.0:4949", "--log.level error > /var/log/x.log 2>&1 &",
    "-LS0-6d -Lf /dev/null -p /var/run/snmpd.pid > /dev/null 2>&1", "> /dev/null 2>&1", "-T 90 /dev/watchdog",
])
def test_options_as_esos_has_them_are_taken_and_read_back(session: Session, box: Sandbox, opts: str) -> None:
    do(session, f'svc set opensm opts="{opts}"', "commit")
    assert box.read("/etc/rc.conf").splitlines().count(f'rc.opensm_opts="{opts}"') == 1
    assert session.candidate.current.svc["opensm"].opts == opts
    do(session, "svc unset opensm opts", "commit")
    assert 'rc.opensm_opts="--daemon > /dev/null 2>&1"' in box.read("/etc/rc.conf")
    assert session.candidate.current.svc["opensm"].opts is None


def test_enabling_a_service_changes_its_one_line_of_rc_conf(session: Session, box: Sandbox) -> None:
    before = box.read("/etc/rc.conf")
    do(session, "svc enable opensm", "commit")
    assert box.read("/etc/rc.conf") == before.replace("rc.opensm_enable=NO\n", "rc.opensm_enable=YES\n")
    assert box.stat("/etc/rc.conf").mode == 0o644


def test_all_services_of_esos_are_known_in_the_order_of_their_start(session: Session) -> None:
    names = list(session.config.svc)
    assert (len(names), names[0], names[24], names[-1]) == (46, "haveged", "scst", "memcached")


@pytest.mark.parametrize(("line", "said", "hint"), [
    ("svc enable opensmm", "no service opensmm", "svc enable opensm"),
    ("svc enable opensm sshdd", "no service sshdd", "svc enable opensm sshd"),
    ("svc start scstt", "no service scstt", "svc start scst"),
    ("svc unset opensm opts", "no options of its own", ""),
])
def test_a_line_that_does_not_fit_is_refused_with_the_one_that_does(session: Session, line: str, said: str, hint: str) -> None:
    with pytest.raises(Refused) as refused:
        do(session, line)
    assert said in refused.value.message
    assert refused.value.hint.replace('"', "") == hint


@pytest.mark.parametrize("line", ["svc enable sshd", "svc disable opensm", "svc enable sshd lldpad"])
def test_a_switch_that_stands_already_is_no_edit(session: Session, line: str) -> None:
    assert do(session, line) == "already so\n"
    assert not session.candidate.edits


def test_a_flag_that_only_looks_enabled_is_a_warning_with_the_line_that_mends_it(box: Sandbox, session: Session) -> None:
    box.replace("/etc/rc.conf", box.read("/etc/rc.conf").replace("rc.drbd_enable=NO", 'rc.drbd_enable="YES"'))
    found = [finding for finding in checks.findings(session.config, look(box)) if finding.topic == "svc"]
    assert [(finding.code, finding.hint) for finding in found] == [("W330", "svc enable drbd")]
    do(session, found[0].hint, "commit")
    assert "\nrc.drbd_enable=YES\n" in box.read("/etc/rc.conf")


@pytest.mark.parametrize(("service", "found"), [("sshd", "running"), ("opensm", "stopped"), ("lvm2", "unknown")])
def test_status_has_three_values_as_the_scripts_have(session: Session, service: str, found: str) -> None:
    assert found in do(session, f"status svc {service}")


def test_a_service_is_started_restarted_and_stopped_at_once(session: Session, box: Sandbox) -> None:
    assert do(session, "svc start opensm") == "opensm: running\n"
    assert do(session, "svc restart opensm") == "opensm: running\n"
    assert do(session, "svc stop opensm") == "opensm: stopped\n"
    assert do(session, "svc restart opensm munin") == "opensm: running\nmunin: running\n"
    assert not session.candidate.edits
    assert "rc.opensm_enable=NO" in box.read("/etc/rc.conf")


@pytest.mark.parametrize("line", ["svc start sshd", "svc stop opensm"])
def test_a_script_that_fails_is_named_with_what_it_said(session: Session, line: str) -> None:
    with pytest.raises(Refused) as refused:
        do(session, line)
    assert "ended with status 1" in refused.value.message
    assert any("ERROR" in detail for detail in refused.value.details)


def test_a_service_without_a_script_is_refused(session: Session, box: Sandbox) -> None:
    box.remove("/etc/rc.d/rc.munin")
    assert "no script" in do(session, "status svc munin")
    with pytest.raises(Refused, match=r"no script /etc/rc\.d/rc\.munin"):
        do(session, "svc start munin")


@pytest.mark.parametrize(("lines", "follow"), [
    (("svc enable opensm",), "svc start opensm"),
    (("svc disable sshd",), "svc stop sshd"),
    (('svc set sshd opts="-p 23"',), "svc restart sshd"),
    (("svc enable nut", 'svc set nut opts="-D"'), "svc start nut"),
])
def test_a_commit_starts_nothing_and_says_what_is_to_be_started(session: Session, lines: tuple[str, ...], follow: str) -> None:
    before = [svc.service_state(session.host, name) for name in ("opensm", "sshd", "nut")]
    assert f"  {follow} " in do(session, *lines, "commit")
    assert [svc.service_state(session.host, name) for name in ("opensm", "sshd", "nut")] == before == ["stopped", "running", "stopped"]


@pytest.mark.parametrize("line", ["svc disable nut", "svc enable zfs", 'svc set munin opts="-x"'])
def test_where_nothing_is_to_be_started_nothing_is_said(session: Session, line: str) -> None:
    do(session, "svc disable sshd zfs", "svc enable nut", "commit")
    assert "svc " not in do(session, line, "commit")
