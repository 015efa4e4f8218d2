"""Secrets: shown nowhere, whatever is wrong with the line that holds one."""

from __future__ import annotations

import io

import pytest
from boxes import do
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from esosh.commands.parse import parse
from esosh.commands.scst import ScstDriverUnset, ScstTargetUnset
from esosh.config import Config
from esosh.config.scst import Driver, Scst, Target
from esosh.errors import EsoshError, Refused
from esosh.language import diagnostics
from esosh.language.grammar import grammar
from esosh.language.masking import masked_line
from esosh.language.source import secret_keys
from esosh.shell.display import Display
from esosh.shell.editor import StoredHistory
from esosh.shell.loop import Shell
from esosh.transaction import journal, notices
from esosh.views.secrets import is_secret_key, masked

T = "iqn.2026-11.local.esos1:target1"
SECRET = "verysecretpw4"
CONFIG = Config(scst=Scst(targets={T: Target("iscsi", users={"bob": "another secret"})}, drivers={"iscsi": Driver()}))


def test_secrets_are_shown_nowhere_and_kept_where_only_root_reads(session, box):
    secret = "verysecretword"
    do(session, f'scst target set {T} IncomingUser="joe {secret}"')
    shown = do(session, "show") + do(session, "diff") + do(session, "plan") + do(session, "check")
    do(session, 'commit comment "chap"')
    shown += do(session, "history 0") + do(session, "blame scst") + do(session, "status drift") + do(session, "show scst")
    assert secret not in shown + box.read("/etc/esosh/config.esh")
    assert "****" in shown
    holding = [path for path in box.path("/").rglob("*") if path.is_file() and not path.is_symlink() and ".git" not in path.parts
               and secret.encode() in path.read_bytes()]
    assert {path.stat().st_mode & 0o077 for path in holding} == {0}, holding


@pytest.mark.parametrize("user", ["'joe verysecretword'", 'jo"e verysecretword', "jo\\e verysecretword", "joe\tverysecretword"])
def test_a_user_of_any_name_that_the_kernel_has_is_shown_without_its_secret(session, box, user):
    box.write("/sys/kernel/scst_tgt/targets/iscsi/mgmt", f"add_target_attribute {T} IncomingUser {user}")
    shown = do(session, "scst set poll_us=4") + do(session, "show") + do(session, "plan") + do(session, "commit") + do(session, "status scst")
    assert "verysecretword" not in shown + box.read("/etc/esosh/config.esh")
    assert "verysecretword" not in box.read("/etc/scst.conf") or box.stat("/etc/scst.conf").mode & 0o077 == 0


def test_the_secret_of_a_user_changes_and_undo_brings_the_old_one_back(session, box):
    do(session, f'scst target set {T} IncomingUser="joe firstsecret12"', "commit")
    do(session, f'scst target set {T} IncomingUser="joe secondsecret1"')
    assert [line.split("echo ")[1].split(" >")[0] for line in do(session, "plan").splitlines() if "echo" in line] == [
        f"'del_target_attribute {T} IncomingUser joe'", f"'add_target_attribute {T} IncomingUser joe ****'"]
    do(session, "commit", "rollback 1", "commit")
    assert box.read(f"/sys/kernel/scst_tgt/targets/iscsi/{T}/IncomingUser").startswith("joe firstsecret12\n")


@pytest.mark.parametrize("text, shown", [
    ('scst target set T IncomingUser="joe secretsecret12"', 'scst target set T IncomingUser="joe ****"'),
    ("scst target set T IncomingUser='joe secretsecret12' alias=x", "scst target set T IncomingUser='joe ****' alias=x"),
    ("scst target set T IncomingUser=joe\\ secretsecret12 alias=x", "scst target set T IncomingUser=joe\\ **** alias=x"),
    ('OutgoingUser "joe secretsecret12"', 'OutgoingUser "joe ****"'),
    ("add_target_attribute T IncomingUser joe secretsecret12", "add_target_attribute T IncomingUser joe ****"),
    ("add_attribute OutgoingUser joe secretsecret12", "add_attribute OutgoingUser joe ****"),
    ('set T IncomingUser="jim topsecret99995', 'set T IncomingUser="jim ****'), ('IncomingUser "joe it\'ssecret12"', 'IncomingUser "joe ****"'),
    (r'IncomingUser "joe a\"secret12" x', 'IncomingUser "joe ****" x'), ("add_attribute OutgoingUser joe it'ssecret12", "add_attribute OutgoingUser joe ****"),
    ("KEY|IncomingUser=NAME  back to the default", "KEY|IncomingUser=NAME  back to the default"),
    ("expected: IncomingUser=; a name and its secret", "expected: IncomingUser=; a name and its secret"),
    ('set T IncomingUsr="jim topsecret99999"', 'set T IncomingUsr="jim ****"'),
    ("incominguser='jim topsecret99999'", "incominguser='jim ****'"),
    ("unset T IncomingUser=joe OutgoingUser", "unset T IncomingUser=joe OutgoingUser"),
    ("IncomingUser=\"'joe secretsecret12'\"", "IncomingUser=\"'joe ****\""), (r'IncomingUser="jo\"e secretsecret12"', r'IncomingUser="jo\"e ****"'),
    (r'IncomingUser "jo\\e secretsecret12"', r'IncomingUser "jo\\e ****"'), ('IncomingUser "joe\tsecretsecret12"', 'IncomingUser "joe\t****"'),
    ('IncomingUser \t" joe  secretsecret12"', 'IncomingUser \t" joe  ****"'), ("IncomingUser 'jo\"e secretsecret12'", "IncomingUser 'jo\"e ****'"),
    ("add_target_attribute T IncomingUser 'joe  secret'", "add_target_attribute T IncomingUser 'joe  ****'"),
    ('IncomingUser="joe @ask"', 'IncomingUser="joe @ask"'), ("IncomingUser=joe allowed_portal=x", "IncomingUser=joe allowed_portal=x"),
])
def test_a_text_is_shown_without_its_secrets(text, shown):
    assert masked(text) == shown


@pytest.mark.parametrize("line, there", [
    ('scst target set T IncomingUser="joe secretsecret12"', 'scst target set T IncomingUser="joe ****"'),
    ("scst driver set iscsi IncomingUser='joe secretsecret12' link_local=0", "scst driver set iscsi IncomingUser='joe ****' link_local=0"),
    ('target set T IncomingUser="joe @ask"', 'target set T IncomingUser="joe @ask"'),
    ('scst target set T IncomingUser="joe @/a" alias=x', 'scst target set T IncomingUser="joe @/a" alias=x'),
    ("scst target unset T IncomingUser=joe", "scst target unset T IncomingUser=joe"),
    ("target unset T IncomingUser=iqn.1998-01.com.vmware:esx1 alias", "target unset T IncomingUser=iqn.1998-01.com.vmware:esx1 alias"),
    ("scst target unset T OutgoingUser alias IncomingUser", "scst target unset T OutgoingUser alias IncomingUser"),
    ("scst target unset T IncomingUser=joe:secretsecret12", "scst target unset T IncomingUser=****"),
    ("scst target unset T IncomingUser secretsecret12", "scst target unset T IncomingUser ****"),
    ('scst target set T IncomingUser=jo"e secretsecret12" alias=x', "scst target set T IncomingUser=**** alias=x"),
    ("scst target set T IncomingUser=joe\\ secretsecret12 alias=x", "scst target set T IncomingUser=**** alias=x"),
    ('scst target set T IncomingUsr="joe secretsecret12"', 'scst target set T IncomingUsr="joe ****"'),
    ('scst target set T IncomingUser="joe"" secretsecret12"', "scst target set T IncomingUser=****"),
    ('scst target set T IncomingUser="joe secretsecret12', "scst target set T IncomingUser=****"),
    ('scst target set T IncomingUser= "joe secretsecret12"', "scst target set T IncomingUser= ****"),
    ('scst targt set T Incoming"User"="joe secretsecret12"', 'scst targt set T Incoming"User"=****'),
    ('scst target set T comment="IncomingUser=joe secretsecret12"', 'scst target set T comment="IncomingUser=****'),
    ('scst target set T IncomingUser="joe \\\nsecretsecret12', "scst target set T IncomingUser=****\n****"),
    ("scst target set T alias=x # IncomingUser=joe secretsecret12", "scst target set T alias=x # IncomingUser=****"),
    ("scst lun add T group outgoing 0 users", "scst lun add T group outgoing 0 users"), ("net bond bond0 mode=1", "net bond bond0 mode=1"),
    ("net bond bond0 ad_user_port_key=x y", "net bond bond0 ad_user_port_key=x y"),
])
def test_a_typed_line_is_kept_without_its_secrets_however_it_is_quoted(line, there):
    assert masked_line(line) == there


def test_a_secret_is_asked_for_or_read_from_a_file_and_never_taken_from_the_command_line(session, box, tmp_path, esosh):
    (tmp_path / "secret").write_text("fromafilefromafile\n")
    session.ask_secret = lambda question: "askedforaskedfor"
    do(session, f'scst target set {T} IncomingUser="joe @ask" IncomingUser="ann @{tmp_path}/secret"', "commit")
    files = box.path(f"/sys/kernel/scst_tgt/targets/iscsi/{T}").glob("IncomingUser*")
    assert sorted(file.read_text().split("\n")[0] for file in files) == ["ann fromafilefromafile", "joe askedforaskedfor"]
    done = esosh("scst", "target", "set", T, "IncomingUser=joe plainplainplain")
    assert (done.status, "E219" in done.err) == (1, True)


def test_a_secret_that_is_typed_in_two_ways_is_refused_and_changes_nothing(session):
    asked, answers = [], iter(["askedforaskedfor", "askedforaskedfro"])
    session.ask_secret = lambda question: asked.append(question) or next(answers)
    with pytest.raises(Refused, match="the two secrets of joe differ: type the line again"):
        do(session, f'scst target set {T} IncomingUser="joe @ask"')
    assert (asked, session.candidate.count) == (["secret of joe: ", "again: "], 0)


@pytest.mark.parametrize("line, marked", [
    ('IncomingUser="joe secondsecret1"', 1), ('OutgoingUser="box secondsecret1"', 0), ('IncomingUser="joe firstsecret12"', 0),
    ('IncomingUser="joe secondsecret1" IncomingUser="ann secondsecret1"', 0), ('IncomingUser="ann secondsecret1" alias=x', 0),
])
def test_a_secret_that_differs_is_marked_and_not_shown(session, line, marked):
    do(session, f'scst target set {T} IncomingUser="joe firstsecret12"', "commit", f"scst target set {T} {line}")
    told = do(session, "diff")
    do(session, "commit allow io")
    assert [text.count('IncomingUser="joe ****"   (the secret differs)\n') for text in (told, do(session, "history 0"))] == [marked] * 2
    assert "secret1" not in told


def test_explain_reads_a_secret_asks_for_none_and_shows_none(session, tmp_path):
    (tmp_path / "secret").write_text("fromafilefromafile\n")
    for put in ("@ask", f"@{tmp_path}/secret", "typedtypedtyped"):
        told = do(session, f'explain scst target set {T} IncomingUser="joe {put}"')
        assert "IncomingUser joe ****' > " in told and "fromafile" not in told and "typed" not in told
    (tmp_path / "secret").write_text("short\n")
    with pytest.raises(EsoshError, match="12 letters"):
        do(session, f'explain scst target set {T} IncomingUser="joe @{tmp_path}/secret"')


@pytest.mark.parametrize("words", ["scst target", "scst driver unset", "scst target set"])
def test_what_esosh_says_itself_comes_whole(session, words):
    assert "****" not in do(session, f"help {words}")
    with pytest.raises(EsoshError) as error:
        parse("scst target set x nosuch")
    assert "****" not in said("scst target set x nosuch", error.value)


BROKEN = [line.format(f"scst target {verb} {T}") for verb in ("set", "unset") for line in (
    '{} IncomingUser="bob verysecretpw4" foo', '{} IncomingUser "bob verysecretpw4"', '{} IncomingUser="bob verysecretpw4"',
    r'{} IncomingUser="bob very\ secretpw4"', "{} IncomingUser=bob:verysecretpw4", "{} IncomingUser='bob verysecretpw4",
    """{} "IncomingUser='bob verysecretpw4' IncomingUser=bob\"""", "{} IncomingUser = bob verysecretpw4", "{} IncomingUser bob verysecretpw4",
    "{} OutgoingUser=bob verysecretpw4", '{} incomng_user="bob verysecretpw4"', "x{} IncomingUser=bob/verysecretpw4", "{}IncomingUser=verysecretpw4",
    '{} IncomingUser="bob x" IncomingUser="bob verysecretpw4" alais=1',
)] + ["scst target del IncomingUser=verysecretpw4", f'scst target set {T} IncomingUser="verysecretpw4"', 'target set x Incoming"User"= "verysecretpw4  "',
      f'scst target set {T} IncomingUser="verysecretpw4  "', "help IncomingUser=verysecretpw4",
      f'scst target set {T}x IncomingUser="bob verysecretpw4"', 'trace IncomingUser="bob verysecretpw4"']


def said(line, error):
    """All that is shown of an error, as text and as JSON."""
    out = io.StringIO()
    for as_json in (False, True):
        Display(False, as_json, out, out).error(diagnostics.located(error, line, "a.esh", 3))
    return out.getvalue()


@pytest.mark.parametrize("line", BROKEN)
def test_no_error_repeats_what_follows_the_key_of_a_secret(line):
    shown = ""
    try:
        command = parse(line)
        command.edit(CONFIG) if hasattr(command, "edit") else None
    except EsoshError as error:
        shown = said(line, error)
    assert "secretpw4" not in shown
    assert "secretpw4" not in masked_line(line)


KEYS = st.sampled_from(("IncomingUser", "OutgoingUser", "incominguser", "IncomingUsr", 'Incoming"User"', "'OutgoingUser'", r"Outgoing\User", "Incoming\\\nUser"))
PIECES = st.sampled_from((
    '"', "'", "\\", " ", "  ", "=", "= ", " = ", ":", ",", "bob", " bob ", SECRET, "@ask", "@", "\\\n", "\n", "#", " # ", " x=1 ",
    'IncomingUser="bob ', " IncomingUser=bob ", "\t", "{", ";", "é",
))
HEADS = st.sampled_from((f"scst target set {T} ", f"scst target unset {T} ", f"scst target add iscsi {T} ", "target set x ", "scst driver set iscsi ",
                         "scst driver unset iscsi ", "scst targt set x ", "", "explain ", f"scst target set {T}", f"scst target set {T} alias=x "))


@settings(max_examples=3000, deadline=None)
@given(HEADS, KEYS, st.sampled_from(("=", " ", "= ", '="bob ', "='bob ", ' "bob ', '="', "=bob ", "=bob:", '="bob ' + SECRET)), st.lists(PIECES, max_size=6),
       st.lists(PIECES, max_size=4), st.sampled_from(("", "scst", "net")))
def test_a_secret_is_in_nothing_that_is_shown_or_kept_of_a_line_however_it_is_broken(head, key, glue, before, behind, level):
    line = f"{head}{key}{glue}{''.join(before)}{SECRET}{''.join(behind)}"
    try:
        command = parse(line, level)
        assume(command is None or not a_name(command))
        command.edit(CONFIG) if hasattr(command, "edit") else None
    except EsoshError as error:
        assert SECRET not in said(line, error)
    assert SECRET not in masked_line(line)


def a_name(command):
    """Whether what is to be the secret stands where a user's name does."""
    command = getattr(command, "line", command)
    unset = isinstance(command, (ScstTargetUnset, ScstDriverUnset))
    return any(SECRET in (pair[1] if unset and len(pair) == 2 else (str(pair).split() or [''])[0])
               for pair in (*getattr(command, "keys", ()), *(pair[1] for pair in getattr(command, "pairs", ()))))


CRM = ("crm configure primitive p_scst ocf:esos:scst params user=root update=30 \\\n    op monitor interval=10 timeout=30 role=Master \\\n"
       "    meta username=admin")


@pytest.mark.parametrize("line", [
    CRM, "params user=root update=30", 'user="root admin" x', "scst target st T user=root alias=x", "svc set nut opts=\"user='joe smith'\"",
    'commit comment "incoming traffic, outgoing users"', 'commit comment "the user \'joe smith\' wants it"', "commit comment 'user \"a b\" x' allw io",
    "scst group add T users extra", "scst lun ad T group outgoing 0 disk01", "authuser=joe authpass_file=/x", "commit comment 'set IncomingUser for joe'",
    "net bond bond0 income=5 outgo=7", "help IncomingUser", "# for each user: \"joe smith\"", "scst target unset T incoming outgoing",
])
def test_what_is_no_secret_is_shown_whole(line):
    assert masked_line(line) == line
    assert masked(line) == line
    try:
        parse(line)
    except EsoshError as error:
        assert "*" not in said(line, error) and "@ask" not in said(line, error)


@pytest.mark.parametrize("line, shown", [
    ('scst target set T IncomingUser="joe secretsecret12" alais=1 foo', 'scst target set T IncomingUser="joe ****" alais=1 foo'),
    ('scst targt set T alias=x IncomingUser="joe secretsecret12" foo OutgoingUser="box othersecret12" bar',
     'scst targt set T alias=x IncomingUser="joe ****" foo OutgoingUser="box ****" bar'),
    ('scst target set T IncomingUser="secretsecret12 # x" alais=1', 'scst target set T IncomingUser=****'),
    ('scst target set T IncomingUser="joe short" alais=1', 'scst target set T IncomingUser="joe ****" alais=1'),
    ('scst target set T IncomingUser="joe @ask" alais=1', 'scst target set T IncomingUser="joe @ask" alais=1'),
    ('scst target set T IncomingUser="joe secretsecret12" secretsecret34', 'scst target set T IncomingUser="joe ****" ****'),
    ('scst target set T IncomingUser="joe secretsecret12" secretsecret34IncomingUser="bob ', 'scst target set T IncomingUser="joe ****" ****'),
    ('scst target set T IncomingUser="secretsecret12 # what follows is a comment"', 'scst target set T IncomingUser=****'),
    ('target set x INCOMINGUSER=bob secretsecret12 rel_tgt_id=3', 'target set x INCOMINGUSER=****'),
    ('scst target set T IncomingUser="joe secretsecret12" foo OutgoingUser="bob ', 'scst target set T IncomingUser="joe ****" foo OutgoingUser=****'),
])
def test_what_stands_behind_a_secret_is_shown(line, shown):
    assert masked_line(line) == shown


def quoted(name, secret):
    """The ways in which a user may be written."""
    return (f'"{name} {secret}"', f"'{name} {secret}'", f"{name}\\ {secret}", f'{name}" {secret}"', f'"{name} "{secret}', f'"{name} {secret}',
            f"'{name} {secret}", f"{name} {secret}", f"{name}:{secret}", f' "{name} {secret}"', f'"{name}  {secret}"', f'"{secret}"', secret, f'"{name}" {secret}',
            f'"{name}\t{secret}"', f"\"{name} \\\n{secret}\"", f'"{name} {secret}"x', f"{name}={secret}", f'"{name}""{secret}"')


def misspelt(key):
    """A key with one letter too many, too few or wrong, or two swapped."""
    for at in range(len(key)):
        yield from (key[:at] + key[at + 1 :], f"{key[:at]}x{key[at:]}", f"{key[:at]}x{key[at + 1 :]}", key[:at] + key[at : at + 2][::-1] + key[at + 2 :])


SPELT = sorted({spelt for key in secret_keys() for word in [key[:-1]] for spelt in (word, word.lower(), word.upper(), f"{word[:8]}_{word[8:]}", *misspelt(word))})
PUBLIC = st.lists(st.sampled_from(("alias=x", "rel_tgt_id=3", "comment='two words'", "foo", "user=root", "QueuedCommands=9", "# remark", "\\\n ")), max_size=3)


@settings(max_examples=3000, deadline=None)
@given(st.sampled_from((f"scst target set {T}", f"scst target add iscsi {T}", f"scst target unset {T}", "scst driver set iscsi", "scst driver unset iscsi",
                        "target set x", "explain scst target set x", "crm configure primitive p params", "")), PUBLIC, st.sampled_from(SPELT),
       st.sampled_from(("=", "=", "=", " ", " = ", '"=')), st.sampled_from(range(len(quoted("", "")))), PUBLIC, st.booleans())
def test_no_secret_is_shown_for_any_key_place_and_quoting_and_what_stands_before_it_is(head, before, key, glue, how, behind, spaced):
    start = " ".join((head, *before))
    line = f"{start}{' ' if spaced or not before else '  '}{key}{glue}{quoted('bob', SECRET)[how]} {' '.join(behind)}"
    try:
        command = parse(line)
        assume(command is None or not a_name(command))
    except EsoshError as error:
        assert SECRET not in said(line, error)
    shown = masked_line(line)
    assert SECRET not in shown
    assert shown.startswith(start)


def test_each_secret_of_the_grammar_has_a_key_that_is_known():
    assert all(is_secret_key(key, has_value=True) and is_secret_key(key[:-1], has_value=False) for key in secret_keys())
    others = {word.rstrip("=") for word in grammar().keywords} - {key[:-1] for key in secret_keys()}
    assert [word for word in sorted(others) if is_secret_key(word, has_value=True)] == []


def test_neither_the_screen_nor_the_log_nor_the_history_has_a_secret_of_a_line_that_fails(session, box):
    typed, screen, past = iter(BROKEN), io.StringIO(), StoredHistory(box, "root")

    def read(prompt):
        line = next(typed, None)
        if line is None:
            raise EOFError
        past.store_string(line)
        return line

    with session.hold():
        Shell(session, Display(False, False, screen, screen), read, read).loop()
    files = [box.path(path) for path in (notices.LOG, f"{journal.ROOT}/history.root")]
    assert "secretpw4" not in screen.getvalue() + "".join(file.read_text() for file in files if file.exists())
    assert screen.getvalue().count("E1") > 20


@pytest.mark.parametrize("words", [
    ("scst", "target", "set", T, "IncomingUser", "bob verysecretpw4"), ("scst", "target", "set", T, "IncomingUser=bob", "verysecretpw4"),
    ("scst", "target", "unset", T, "IncomingUser=bob:verysecretpw4"), ("scst", "target", "del", "IncomingUser=verysecretpw4"),
])
def test_an_error_of_the_command_line_has_no_secret(esosh, words):
    for options in ((), ("--json",)):
        done = esosh(*options, *words)
        assert done.status in (1, 2) and "secretpw4" not in done.out + done.err
