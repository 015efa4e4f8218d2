"""All or nothing: the plan of a commit, its journal, how it is applied, undone and recovered, and git."""
