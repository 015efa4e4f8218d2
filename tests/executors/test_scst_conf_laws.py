"""Laws of scst.conf: whatever it says is read back, and what is amended says what is new and keeps the rest."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from scst_compare import assert_merged, unknown_lines
from scst_configs import as_saved, many_examples, scsts

from esosh.config.scst import Scst
from esosh.executors.scst import conf, conf_tree, save


@many_examples
@given(scsts(), scsts())
def test_a_file_that_was_amended_says_what_is_new(old, new):
    text = save.amend("", Scst(), old)
    assert conf.read(text) == as_saved(old)
    assert as_saved(conf.read(save.amend(text, old, new))) == as_saved(new)
    assert save.amend(text, old, old) == text


@many_examples
@given(scsts(), scsts(), scsts())
def test_whatever_the_file_said_it_says_all_that_is_new_and_nothing_that_is_gone(before, old, new):
    said = conf.read(save.amend(save.amend("", Scst(), before), old, new))
    assert_merged(said, old, new)


@many_examples
@given(scsts(), scsts(), st.data())
def test_comments_and_unknown_lines_survive_where_their_block_does(old, new, data):
    plain = save.amend("", Scst(), old).splitlines(keepends=True)
    places = data.draw(st.lists(st.integers(0, len(plain)), max_size=8))
    strange = data.draw(st.sampled_from(["# mine {number}\n", "ODD {number}\n", "ODD {number} {{ # x\n\ty 1\n}}\n", "# mine {number} }}\r\n"]))
    for number, at in enumerate(sorted(places, reverse=True)):
        plain.insert(at, strange.format(number=number))
    text = "".join(plain)

    amended = save.amend(text, old, new)

    assert conf.read(text) == as_saved(old)
    assert as_saved(conf.read(amended)) == as_saved(new)
    assert save.amend(amended, new, new) == amended
    there = conf_tree.parse(amended)
    assert unknown_lines(conf_tree.parse(text), there) <= unknown_lines(there, there)
