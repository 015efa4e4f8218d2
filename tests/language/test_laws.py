"""What holds for every line of the language and for every configuration."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import EDITS, Sentence, configs, is_key, sentences, typed

from esosh.commands import Object, alua, ha, net, object_of, scst, section_module, svc
from esosh.commands.parse import parse
from esosh.config import Config, blank
from esosh.config.paths import diff, flatten, unflatten
from esosh.errors import LineError, Refused
from esosh.language.follow import follow, tokens
from esosh.language.grammar import grammar
from esosh.language.masking import masked_line
from esosh.language.source import sections
from esosh.language.words import logical_lines
from esosh.sandbox import Sandbox
from esosh.session.edits import changed_objects, edits_without, fold
from esosh.session.merge import merge, settled
from esosh.transaction.plan import look, plan

SECTIONS = {"scst": scst, "alua": alua, "net": net, "svc": svc, "ha": ha}
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
often = settings(quick, max_examples=400)
seldom = settings(quick, max_examples=25)  # of what takes long to draw


# lines


@often
@given(sentences())
def test_every_sentence_of_the_grammar_is_the_command_of_its_rule(drawn: tuple[str, Sentence]) -> None:
    rule, sentence = drawn
    command = parse(" ".join(typed(sentence)))
    assert type(command).__name__ == "".join(word.capitalize() for word in rule.split("_"))


@often
@given(sentences())
def test_a_command_is_written_as_a_line_that_reads_as_the_same_command(drawn: tuple[str, Sentence]) -> None:
    command = parse(" ".join(typed(drawn[1])))
    assert parse(str(command)) == command


@quick
@given(sentences(), st.data())
def test_what_may_follow_a_begun_sentence_has_its_next_word(drawn: tuple[str, Sentence], data: st.DataObject) -> None:
    sentence = drawn[1]
    at = data.draw(st.integers(0, len(sentence)))
    following = follow(" ".join(typed(sentence[:at])) + _begun_key(sentence[:at]))
    if at == len(sentence):
        assert following.complete
    else:
        word, terminal = sentence[at]
        assert {word, terminal} & (following.keywords | following.terminals)


def _begun_key(sentence: Sentence) -> str:
    return f" {sentence[-1][0]}" if sentence and is_key(sentence[-1][1]) else ""


@quick
@given(sentences())
def test_no_word_of_a_sentence_is_coloured_as_wrong(drawn: tuple[str, Sentence]) -> None:
    line = " ".join(typed(drawn[1]))
    found = tokens(line)
    assert "wrong" not in [kind for _, kind in found]
    assert [word.text for word, _ in found] == [word for word, _ in drawn[1]]


@often
@given(st.lists(st.sampled_from(sorted(grammar().keywords)) | st.text(max_size=6), max_size=7).map(" ".join),
       st.sampled_from(["", "alua", "net", "svc", "scst", "ha"]))
def test_any_text_is_a_command_or_nothing_or_an_error_with_its_place(line: str, level: str) -> None:
    tokens(line, level)
    follow(line, level)
    try:
        parse(line, level)
    except LineError as error:
        assert error.place is not None
        shown, marks = error.place.caret()
        assert shown in masked_line(line).split("\n")
        assert marks.index("^") <= len(shown)
        assert len(marks) <= max(len(shown), marks.index("^") + 1)


@quick
@given(st.text(alphabet="ab '\"#\\\n"))
def test_the_lines_of_a_file_are_its_text_with_right_numbers(text: str) -> None:
    lines = list(logical_lines(text))
    assert "\n".join(line for _, line in lines) == text
    assert [number for number, _ in lines] == [text[: _offset(lines, at)].count("\n") + 1 for at in range(len(lines))]


def _offset(lines: list[tuple[int, str]], at: int) -> int:
    return sum(len(line) + 1 for _, line in lines[:at])


# configurations


def cleared(config: Config) -> Config:
    """The configuration with all that can be made taken away, what refers to others first."""
    return fold(config, [line for name in reversed(sections()) for line in section_module(name).clear(config)])


def remade(config: Config) -> Config:
    """The configuration made out of a blank one, by its lines as they are written."""
    return fold(cleared(config), [parse(str(line)) for name in sections() for line in section_module(name).lines(config)])


@quick
@given(config=configs())
def test_the_lines_of_a_configuration_make_it_again_out_of_a_blank_one(config: Config) -> None:
    assert diff(blank(config), cleared(config)) == {}
    assert diff(config, remade(config)) == {}


@quick
@given(configs())
def test_the_lines_of_one_name_are_those_that_are_about_it(config: Config) -> None:
    parts = config.scst
    exports = ["scst_tgt", *sorted(parts.devices), *sorted(parts.drivers), *sorted(parts.targets)]
    for kind, names in (("scst", exports), ("alua", sorted(parts.groups)), ("svc", config.svc),
                        ("net", [*config.net.hosts, *config.net.bonds, *config.net.vlans, *config.net.bridges, *config.net.ifaces])):
        lines = [str(line) for name in names for line in SECTIONS[kind].lines(config, name)]
        general = [str(line) for line in SECTIONS[kind].lines(config, "general")] if kind == "net" else []
        assert general + lines == [str(line) for line in SECTIONS[kind].lines(config)]


@quick
@given(configs(), st.lists(sentences(EDITS), max_size=4))
def test_an_edit_changes_a_configuration_into_another_one_or_is_refused(config: Config, drawn: list[tuple[str, Sentence]]) -> None:
    for _, sentence in drawn:
        kept = flatten(config)
        command = parse(" ".join(typed(sentence)))
        assert command is not None
        try:
            edited = fold(config, [command])
        except Refused as refused:
            assert not refused.hint or refused.hint == str(parse(refused.hint))
            edited = config
        assert flatten(config) == kept
        config = edited
    assert diff(config, remade(config)) == {}


@seldom
@given(config=configs())
def test_nothing_is_planned_where_nothing_differs(config: Config, machine: object) -> None:
    assert plan(config, config, machine, "text").steps == ()  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> object:
    return look(Sandbox(str(tmp_path_factory.mktemp("machine") / "box")))


@quick
@given(configs())
def test_a_configuration_survives_being_written_as_paths_and_as_json(config: Config) -> None:
    facts = flatten(config)
    assert unflatten(Config, facts) == config
    kept = json.loads(json.dumps(list(facts.items())))
    thawed = {tuple(path): tuple(value) if isinstance(value, list) else value for path, value in kept}
    assert thawed == facts


def edited(config: Config, drawn: list[tuple[str, Sentence]]) -> list[object]:
    """Those of the edits that fit the configuration, one after the other."""
    kept = []
    for _, sentence in drawn:
        command = parse(" ".join(typed(sentence)))
        try:
            config = fold(config, [command])
        except Refused:
            continue
        kept.append(command)
    return kept


@quick
@given(configs(), st.lists(sentences(EDITS), max_size=5), st.lists(sentences(EDITS), max_size=5))
def test_each_edit_of_either_side_is_in_the_result_or_a_conflict_that_is_told(
        base: Config, my_words: list[tuple[str, Sentence]], their_words: list[tuple[str, Sentence]]) -> None:
    mine, theirs = edited(base, my_words), fold(base, edited(base, their_words))
    found = merge(base, theirs, mine)
    if found.result is None:
        assert found.clashes
        return
    result = flatten(found.result)
    for side in (theirs, fold(base, mine)):
        for path, (_, wanted) in diff(base, side).items():
            assert result.get(path) == wanted or path in found.clashes


@quick
@given(configs(), st.lists(sentences(EDITS), max_size=5))
def test_a_side_that_is_alone_never_clashes(base: Config, drawn: list[tuple[str, Sentence]]) -> None:
    mine = edited(base, drawn)
    alone = merge(base, base, mine)
    assert (alone.result, alone.clashes) == (fold(base, mine), {})
    both = merge(base, fold(base, mine), [])
    assert (both.result, both.clashes) == (fold(base, mine), {})


def lines(config: Config, about: Object) -> list[str]:
    """The lines of an object; an id of a port that becomes this host's is its target's from then on."""
    section, name = about
    return [re.sub(" rel_tgt_id=[0-9]+", "", str(line)) for line in section_module(section).lines(config, name)]


@quick
@given(configs(), st.lists(sentences(EDITS), max_size=6), st.data())
def test_the_edits_without_an_object_leave_it_as_it_was_and_all_others_as_they_made_them(
        base: Config, drawn: list[tuple[str, Sentence]], data: st.DataObject) -> None:
    edits = edited(base, drawn)
    new = fold(base, edits)
    objects = sorted(each for each in changed_objects(base, new) if each[0] != "scst")
    if not objects:
        return
    gone = data.draw(st.sampled_from(objects))
    try:
        found = fold(base, edits_without(base, edits, {gone}))
    except Refused:  # what is left needs what goes
        return
    assert gone not in changed_objects(base, found) or lines(found, gone) == lines(base, gone)
    assert changed_objects(new, found) <= {gone, *(each for each in changed_objects(new, found) if each[0] == "scst")}


@quick
@given(configs(), st.lists(sentences(EDITS), max_size=5), st.lists(sentences(EDITS), max_size=5), st.booleans())
def test_a_conflict_that_was_settled_is_as_the_side_that_was_taken_and_the_rest_is_of_both(
        base: Config, my_words: list[tuple[str, Sentence]], their_words: list[tuple[str, Sentence]], mine: bool) -> None:
    edits, theirs = edited(base, my_words), fold(base, edited(base, their_words))
    found = merge(base, theirs, edits)
    if found.result is None or not found.clashes:
        return
    objects = {object_of(path, theirs, found.mine) for path in found.clashes}
    try:
        new = flatten(fold(theirs, settled(found, theirs, edits, objects, mine)))
    except Refused:  # what one side has does not fit what the other one has
        return
    gone = [path for path, clash in found.clashes.items() if (clash.mine if mine else clash.theirs) is None]
    for path, clash in found.clashes.items():
        assert new.get(path) == (clash.mine if mine else clash.theirs), path
    for path, value in flatten(found.result).items():
        assert path in found.clashes or new.get(path) == value or any(path[: len(above)] == above for above in gone), path
