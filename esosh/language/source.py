"""The text of the grammar, and what it says by itself: sections, keywords, secrets, remarks."""

from __future__ import annotations

import functools

from .tables import GRAMMAR, packaged, part


@functools.cache
def source() -> str:
    """The text of grammar.lark."""
    return packaged(GRAMMAR).decode()


@functools.cache
def sections() -> tuple[str, ...]:
    """The sections as they are typed: the only list of them. Each comes after those that it refers to."""
    names: tuple[str, ...] = part("sections")
    return names


@functools.cache
def wholes() -> dict[str, str]:
    """The sections that are typed apart from the one that they are part of, each with that one."""
    names: dict[str, str] = part("wholes")
    return names


@functools.cache
def keywords() -> frozenset[str]:
    """Every word of the language, aliases included, except numbers: no name stands where a number may."""
    return frozenset(word for word in part("keywords") if not word.isdigit())


@functools.cache
def command_rules() -> tuple[str, ...]:
    """The rules that are commands: what a line may be."""
    names: tuple[str, ...] = part("command_rules")
    return names


@functools.cache
def rules() -> dict[str, tuple[str, str]]:
    """Each rule by its name: its body, and what its lines do."""
    bodies: dict[str, tuple[str, str]] = part("rules")
    return bodies


@functools.cache
def secret_keys() -> frozenset[str]:
    """The keys whose value holds a secret ("IncomingUser="): those with a terminal SECRET_... behind them."""
    return frozenset(part("secret_keys"))


@functools.cache
def secret_owners() -> frozenset[str]:
    """The terminals that name the owner of a secret: those that follow such a key where a user is removed."""
    return frozenset(part("secret_owners"))


@functools.cache
def help_texts() -> dict[str, str]:
    """What each rule and each terminal means."""
    texts: dict[str, str] = part("help_texts")
    return texts


@functools.cache
def meanings() -> dict[str, str]:
    """What each key ("miimon=") means."""
    texts: dict[str, str] = part("meanings")
    return texts


@functools.cache
def placeholders() -> dict[str, str]:
    """What the form of a command shows in place of the name of a rule or a terminal."""
    shown: dict[str, str] = part("placeholders")
    return shown


@functools.cache
def key_terminals() -> frozenset[str]:
    """The terminals whose words are keys: their pattern ends in "=", and a value follows."""
    return frozenset(part("key_terminals"))


@functools.cache
def aliases() -> dict[str, str]:
    """The words that are read as a keyword, each with that keyword."""
    words: dict[str, str] = part("aliases")
    return words


@functools.cache
def synonyms() -> dict[str, str]:
    """The words of other tools, each with the keyword that is suggested for it."""
    words: dict[str, str] = part("synonyms")
    return words


@functools.cache
def alone() -> dict[str, str]:
    """The keywords that lines may begin with where the section is left out, each with the section."""
    words: dict[str, str] = part("alone")
    return words


@functools.cache
def acting() -> frozenset[str]:
    """The keywords by which a line acts, ends something or takes it away."""
    return frozenset(part("acting"))
