"""Laws of scst.conf: whatever it says is read back, and what is amended says what is new and keeps the rest."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from scst_configs import filed, holds, scsts, strange_lines
from test_scst_conf import many

from esosh.config import Scst
from esosh.executors.scst import conf, save


@many
@given(scsts(), scsts())
def test_a_file_that_was_amended_says_what_is_new(old, new):
    text = save.amend("", Scst(), old)
    assert conf.read(text) == filed(old)
    assert filed(conf.read(save.amend(text, old, new))) == filed(new)
    assert save.amend(text, old, old) == text


@many
@given(scsts(), scsts(), scsts())
def test_whatever_the_file_said_it_says_all_that_is_new_and_nothing_that_is_gone(before, old, new):
    said = conf.read(save.amend(save.amend("", Scst(), before), old, new))
    holds(said, old, new)


@many
@given(scsts(), scsts(), st.data())
def test_comments_and_unknown_lines_survive_where_their_block_does(old, new, data):
    plain = save.amend("", Scst(), old).splitlines(keepends=True)
    places = data.draw(st.lists(st.integers(0, len(plain)), max_size=8))
    strange = data.draw(st.sampled_from(["# mine {number}\n", "ODD {number}\n", "ODD {number} {{ # x\n\ty 1\n}}\n", "# mine {number} }}\r\n"]))
    for number, at in enumerate(sorted(places, reverse=True)):
        plain.insert(at, strange.format(number=number))
    text = "".join(plain)

    amended = save.amend(text, old, new)

    assert conf.read(text) == filed(old)
    assert filed(conf.read(amended)) == filed(new)
    assert save.amend(amended, new, new) == amended
    there = conf.parse(amended)
    assert strange_lines(conf.parse(text), there) <= strange_lines(there, there)
