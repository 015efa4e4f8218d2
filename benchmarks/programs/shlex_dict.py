"""The yardstick of a batch: each line of a file cut into words by shlex, and kept in a dict."""

import shlex
import sys

kept = {}
with open(sys.argv[1]) as lines:
    for number, line in enumerate(lines):
        kept[number] = shlex.split(line)
