"""The yardstick of a commit: its writes and nothing else; each line of a file becomes a file in a folder."""

import os
import sys

texts, folder = sys.argv[1:]
with open(texts) as lines:
    for number, line in enumerate(lines):
        descriptor = os.open(f"{folder}/{number}", os.O_WRONLY | os.O_CREAT)
        os.write(descriptor, line.encode())
        os.close(descriptor)
