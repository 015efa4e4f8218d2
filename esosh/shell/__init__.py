"""The command line, the interactive shell, and how results are shown."""
