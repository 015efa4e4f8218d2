"""The table of SCST's attributes against what a running SCST was recorded to show and to accept."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from esosh.executors.scst import conf, conf_tree
from esosh.executors.scst.attribute_table import TABLE, Value
from esosh.executors.scst.attributes import (
    DEFAULTS,
    FORMS,
    LARGEST,
    NAMES,
    PARAMETERS,
    canonical,
    is_fixed,
    is_state,
    worth_saving,
)
from esosh.language.source import source
from esosh.sandbox.recording import Case, Entry, State, load
from esosh.sandbox.verdicts import with_changes

DATA = Path(__file__).parents[1] / "data"
ROWS = {row.name: row for row in TABLE}
FIELDS = {"rel_tgt_id", "allowed_portal", "IncomingUser", "OutgoingUser"}  # not among the attributes
NOT_SHOWN = {"dif_mode", "dif_type", "dif_static_app_tag", "dif_filename"}  # add_device ignores them
OTHER_UNITS = {"size_mb"}  # esosh has the size in bytes
NEVER_KEY = {"black_hole", "measure_latency", "async_lun_replace"}  # SCST does not save them
PLACES = {
    "": "core",
    "targets/iscsi": "driver",
    "targets/copy_manager": "copy_manager",
    "targets/(?P<driver>iscsi|scst_local)/[^/]+": "target",
    "targets/(?P<driver>iscsi|scst_local)/[^/]+/ini_groups/[^/]+": "group",
    "targets/(?P<driver>iscsi|scst_local)/.*/luns/[0-9]+": "lun",
}
GRAMMAR = {  # what a value is in the grammar, and in the table
    "NUMBER": Value.NUMBER, "blocksize": Value.NUMBER, "NODE": Value.NUMBER,
    "switch": Value.SWITCH, "tst": Value.SWITCH,
    "CPU_MASK": Value.MASK, "SETUP_ID": Value.HEX, "digest": Value.WORDS, "yes": Value.WORDS, "WORDS": Value.WORDS,
    "addr_method": Value.WORDS, "IO_GROUPING": Value.WORDS, "threads_pool_type": Value.WORDS,
}


@dataclass(frozen=True)
class Shown:
    """An attribute that a recorded SCST showed, and with which mode and content."""

    kind: str
    driver: str
    name: str
    mode: str
    content: str

    @property
    def value(self) -> str:
        return self.content.partition("\n")[0]

    @property
    def key(self) -> bool:
        return "\n[key]" in self.content


def _cases() -> Iterator[tuple[Case, State]]:
    """Each case with the tree after it."""
    for run in load(DATA / "scst-observations.json"):
        tree: State = {}
        for case in (Case(-1, "start", "", "", "OK", "", run.start), *run.cases):
            tree = with_changes(tree, (*case.outside_changes, *case.changes))
            yield case, tree


def _kind(folder: str, tree: State) -> tuple[str, str]:
    """The kind of the object in a folder and its target driver, "" where there is none."""
    if re.fullmatch("devices/[^/]+", folder):
        handler = tree.get(f"{folder}/handler", Entry("link"))
        return os.path.basename(handler.content), ""
    for place, kind in PLACES.items():
        match = re.fullmatch(place, folder)
        if match:
            return kind, match.groupdict().get("driver", "iscsi" if kind == "driver" else "")
    return "", ""


@pytest.fixture(scope="module")
def shown() -> set[Shown]:
    """Every attribute of every object, after every case."""
    found = set()
    for _, tree in _cases():
        for path, entry in tree.items():
            folder, name = os.path.split(path)
            kind, driver = _kind(folder, tree)
            if entry.kind == "file" and kind and not is_state(kind, name):
                found.add(Shown(kind, driver, name, entry.mode, entry.content))
    return found


def _usage(handler: str) -> set[str]:
    """The parameters that a handler says its add_device has."""
    _, tree = next(_cases())
    match = re.search("parameters available: (.*)", tree[f"handlers/{handler}/mgmt"].content)
    return set(re.split(", ", match[1])) if match else set()


@pytest.mark.parametrize("handler", [kind for kind in DEFAULTS if kind.startswith(("v", "dev_"))])
def test_add_device_is_told_what_the_handler_says_it_takes(handler):
    taken = _usage(handler)

    assert PARAMETERS.get(handler, set()) == taken - OTHER_UNITS
    assert handler in PARAMETERS or not taken


def test_no_parameter_is_accepted_that_the_table_does_not_have():
    accepted = {(case.file.split("/")[1], key) for case, _ in _cases()
                for key in re.findall(r"[ ;](\w+)=", case.text)
                if case.errno == "OK" and case.text.startswith("add_device ") and case.file.startswith("handlers/")}

    assert ("vdisk_fileio", "nv_cache") in accepted
    assert {key for handler, key in accepted if key not in PARAMETERS[handler]} == OTHER_UNITS


def test_zero_copy_is_no_attribute(shown):
    assert "zero_copy" not in ROWS
    assert not {each.name for each in shown} & {"zero_copy"}


@pytest.mark.parametrize("kind", DEFAULTS)
def test_objects_have_the_attributes_of_the_table_and_no_others(shown, kind):
    for driver in {each.driver for each in shown if each.kind == kind}:
        names = {each.name for each in shown if (each.kind, each.driver) == (kind, driver)}
        of_others = {name for name in NAMES[kind] if ROWS[name].driver not in ("", driver)} if driver else set()

        assert names == NAMES[kind] - NOT_SHOWN - of_others, driver


def test_every_kind_was_recorded_but_one_with_the_same_attributes_as_another(shown):
    assert NAMES.keys() - {each.kind for each in shown} == {"dev_disk_perf"}
    assert NAMES["dev_disk_perf"] == NAMES["dev_disk"]


def test_the_kernel_marks_what_is_not_at_the_default_of_the_table(shown):
    with_default = [each for each in shown if each.name in DEFAULTS[each.kind]]

    otherwise = {each.name for each in with_default if each.key != worth_saving(each.kind, each.name, each.value)}

    assert len(with_default) > 150
    assert otherwise == NEVER_KEY


def test_what_a_device_is_made_with_is_read_only_in_sysfs(shown):
    for each in shown:
        if each.kind in PARAMETERS and each.name != "filename":  # that of a file can be written while it is not active
            assert (each.mode == "444") == is_fixed(each.kind, each.name), each


def test_another_disc_is_put_into_a_device_that_stays():
    assert not is_fixed("vcdrom", "filename")
    assert is_fixed("vdisk_fileio", "filename") and is_fixed("vdisk_blockio", "filename")


def test_a_value_that_the_kernel_accepts_reads_as_the_table_says():
    otherwise = set()
    for case, tree in _cases():
        folder, name = os.path.split(case.file)
        kind, _ = _kind(folder, tree)
        if case.errno == "OK" and name in NAMES.get(kind, ()) and ROWS[name].value is not Value.TEXT:
            value = tree[case.file].content.partition("\n")[0]
            if canonical(name, case.text.strip()) != value:
                otherwise.add((name, case.text.strip(), value))

    assert otherwise == {
        ("measure_latency", "2", "1"), ("expl_alua", "2", "1"),  # the grammar has 0 and 1 only
    }


@pytest.mark.parametrize("name", ["mid-nonkey.conf", "manual-nonkey.conf"])
def test_what_scstadmin_notes_as_no_key_is_at_its_default(name):
    top = conf.contents(conf_tree.parse((DATA / "scst" / name).read_text(encoding="utf-8")))
    devices = [(handler, conf.contents(device)) for handler, block in top.named("HANDLER").items()
               for device in conf.contents(block).named("DEVICE").values()]
    iscsi = conf.contents(top.named("TARGET_DRIVER").get("iscsi", conf_tree.Node("", ("",), [])))
    targets = [("target", conf.contents(target)) for target in iscsi.named("TARGET").values()]
    noted = [(kind, node.words[0], node.value()) for kind, block in (("core", top), *devices, *targets)
             for nodes in block.noted.values() for node in nodes]

    assert len(noted) > 30
    assert [each for each in noted if each[1] in DEFAULTS[each[0]] and worth_saving(*each)] == []
    assert [each for each in noted if not is_state(each[0], each[1]) and each[1] not in NAMES[each[0]]] == []


def _rules() -> str:
    return source()[source().index("// scst\n") : source().index("// alua\n")]


def test_the_grammar_has_the_keys_of_the_table_and_no_others():
    keys = set(re.findall(r'"(\w+)="', _rules()))

    assert keys - {"device"} == {*ROWS} | FIELDS | OTHER_UNITS


def test_the_grammar_and_the_table_agree_on_the_kinds_of_values():
    pairs = [(key, GRAMMAR[kind]) for key, kind in re.findall(r'"(\w+)=" (\w+)', _rules()) if kind in GRAMMAR]

    assert len(pairs) > 50
    assert [(key, kind) for key, kind in pairs if key in ROWS and ROWS[key].value is not kind] == []


def test_ranges_are_of_the_table():
    assert LARGEST == {"threads_num": 1000, "threads": 1000}



def test_what_the_kernel_was_seen_to_refuse_has_not_the_form_of_the_table():
    own = {row.name for row in TABLE if row.form}
    seen = {(os.path.basename(case.file), case.text.strip(), case.errno) for case, tree in _cases()
            if os.path.basename(case.file) in own and _kind(os.path.dirname(case.file), tree)[0] in DEFAULTS}
    decimal = {case for case in seen if not re.match("0x|0[0-9]", case[1]) or case[0] == "naa_id"}

    assert len(decimal) > 15
    assert [case for case in decimal if bool(FORMS[case[0]].accepts(case[1])) != (case[2] == "OK")] == []


def test_what_is_no_number_has_the_form_of_no_number():
    numbers = [row.name for row in TABLE if row.value in (Value.NUMBER, Value.SWITCH)]
    assert [name for name in numbers if FORMS[name].accepts("abc")] == []
