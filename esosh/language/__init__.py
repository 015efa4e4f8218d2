"""Words and rules: the grammar, how a line is read by it, why a line is wrong, and what may follow."""
