"""The yardstick of the shell's start: a prompt of prompt_toolkit that knows nothing."""

from prompt_toolkit import PromptSession

PromptSession().prompt("bare# ")
