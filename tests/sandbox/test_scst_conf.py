"""The simulated scstadmin reads scst.conf as the real one does: its rules of parsing, and where it ends."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from boxes import required_program
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esosh.sandbox import Sandbox
from esosh.sandbox.scst.conf import read

ORACLE = r"""
use strict; no strict 'refs'; use JSON::PP;
sub stanza; sub put;
local $/ = "\0"; $| = 1;
while (my $text = <STDIN>) {
  chop $text; my $buffer = '';
  for my $line ($text =~ /[^\n]*\n|[^\n]+/g) {
    $line =~ s/^\#.*//; $line =~ s/[^\\]\#.*//; $line =~ s/\\(.)/$1/g; $buffer .= $line;
  }
  my @letters = split(//, $buffer);
  print JSON::PP->new->latin1->canonical->encode(stanza(\@letters)), "\n";
}
sub stanza {
  my $letters = shift; my $line; my %hash;
  while ($#{$letters} > -1) {
    my $letter = shift @{$letters};
    if ($letter eq '{') { my $child = stanza($letters); if ($line) { put($line, \%hash, $child); $line = undef; } next; }
    return \%hash if ($letter eq '}');
    if ($letter eq "\n") { put($line, \%hash, {}); $line = undef; } else { $line .= $letter; }
  }
  return \%hash;
}
sub put {
  my ($line, $hash, $child) = @_; my @words;
  return if (!defined $line or $line =~ /^\s*$/);
  while ($line =~ m/"([^"\\]*(\\.[^"\\]*)*)"|([^\s]+)/g) { push @words, defined($1) ? $1 : $3; }
  my ($first, $second, $third) = @words;
  if (defined $third) { $$hash{$first}->{$second}->{$third} = $child; }
  elsif (defined $second) { $$hash{$first}->{$second} = $child; }
  elsif (defined $first) { $$hash{$first} = $child; }
}
"""

pieces = st.sampled_from([
    "{", "}", "#", "\\", '"', "\n", "\n", "\r\n", "\t", " ", "TARGET x", "DEVICE a", "LUN 0 a", "enabled 1", "x{", "comment a\\#b",
    'comment "two words"', "# why", " # {", '""', "\x85", "\x0b", "a\\\\",
])


@pytest.mark.parametrize(("text", "said"), [
    ("comment one # two\n", {"comment": {"one": {}}}),
    ("comment a\\#b\ncomment a\\\\b\n", {"comment": {"a#b": {}, "a\\b": {}}}),
    ("DEVICE a{\nx 1\n}\n", {"DEVICE": {"a": {"x": {"1": {}}}}}),
    ("DEVICE a {\nx 1\n}\nDEVICE a\n", {"DEVICE": {"a": {}}}),
    ("TARGET t { enabled 1 }\nTARGET u\n", {"TARGET": {"t": {}, "u": {}}}),
    ("TARGET t\n}\nTARGET u\n", {"TARGET": {"t": {}}}),
    ("TARGET t {\nx 1\n", {"TARGET": {"t": {"x": {"1": {}}}}}),
    ("enabled 1\nsetup_id 1", {"enabled": {"1": {}}}),
    ("LUN 3\nLUN 0 a\nLUN 0 b\n", {"LUN": {"3": {}, "0": {"a": {}, "b": {}}}}),
    ("comment one two three\n", {"comment": {"one": {"two": {}}}}),
    ('comment ""\ncluster_name\n', {"comment": {"": {}}, "cluster_name": {}}),
    ('comment "a\x85b"\r\n', {"comment": {"a\x85b": {}}}),
    ("TARGET t\n{\nx 1\n}\n", {"TARGET": {"t": {}}}),
])
def test_a_file_is_read_by_scstadmin_s_rules(text, said):
    assert read(text) == said


@pytest.fixture(scope="module")
def oracle():
    with subprocess.Popen([required_program("perl"), "-e", ORACLE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="latin-1") as perl:
        yield perl
        perl.stdin.close()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.lists(pieces, max_size=40).map("".join))
def test_any_file_is_read_as_scstadmin_reads_it(oracle, text):
    oracle.stdin.write(text + "\0")
    oracle.stdin.flush()
    assert read(text) == json.loads(oracle.stdout.readline())


def test_no_file_is_too_deep():
    assert read("a {\n" * 5000) != {}


IQN = "iqn.2026-01.lab:t1"


def started(directory: Path, inner: str) -> tuple[Sandbox, str]:
    """A box whose scst.conf has one target, after SCST was started; and what the script said."""
    box = Sandbox(directory)
    box.run(("/etc/rc.d/rc.scst", "stop"))
    box.replace("/etc/scst.conf", "HANDLER vdisk_nullio {\n\tDEVICE d # mine\n\tDEVICE e\n}\nTARGET_DRIVER iscsi {\n"
                                  f"\tTARGET {IQN}{{\n{inner}\n\t}}\n}}\n")
    return box, box.run(("/etc/rc.d/rc.scst", "start")).out


@pytest.mark.parametrize(("inner", "path", "value"), [
    ('comment "50% \\#1" # why', "comment", "50% #1"), ('comment "a\x85b"', "comment", "a\x85b"), ("LUN 3\nLUN 0 d # x", "luns/0/read_only", "0"),
    ("comment old\n}\nTARGET " + IQN + " {\ncomment new", "comment", "new"),
])
def test_scst_starts_with_what_scstadmin_reads(tmp_path, inner, path, value):
    box, out = started(tmp_path / "box", inner)
    assert "FATAL" not in out
    assert box.read(f"/sys/kernel/scst_tgt/targets/iscsi/{IQN}/{path}").partition("\n")[0] == value


@pytest.mark.parametrize(("inner", "fatal"), [
    ("IncomingUser joe secretsecret12", "attribute IncomingUser has an invalid value"),
    ("comment two words", "attribute comment has an invalid value"),
    ("LUN 0 d\nLUN 0 e", "LUN 0 of iqn.2026-01.lab:t1 has several devices"),
])
def test_scstadmin_ends_where_something_has_two_values(tmp_path, inner, fatal):
    _, out = started(tmp_path / "box", inner)
    assert f"FATAL: {fatal}" in out
