"""What esosh costs, beside an empty Python, a yardstick, or the tools that it replaces."""
