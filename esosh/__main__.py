"""Entry point: the version at once, everything else by way of shell/cli."""

from __future__ import annotations

import sys

from . import __version__


def main() -> int:
    """Do what the command line says; give the exit status."""
    if sys.argv[1:] == ["--version"]:
        print(f"esosh {__version__}")
        return 0
    from .shell import cli  # all the rest is not needed to say the version

    return cli.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
