"""esosh: one transactional shell for everything that an ESOS storage appliance's administrator does by hand.

    line -> commands.parse -> command -> candidate Config -> plan (steps) -> transaction -> Host

`net bond bond0 slaves eth1 eth2`, from the typed text to the first write, enters each room once:

1. shell/loop reads the line; commands/parse cuts it into words and reads them by the grammar (language/).
2. The rule that fits, net_bond, is the class NetBond of commands/net: `parse` gives the command.
3. session/ runs it: `edit(config)` gives the configuration with it, and reads of the machine what it needs;
   checks/ tells what refuses a commit.
4. session/candidate keeps the line on disk. The word `commit` is run by session_commit in session/commit.
5. That merges the edits with what the machine has now, which executors/net reads through host/.
6. transaction/plan asks executors/net for the steps from one configuration to the other: data, with inverses.
7. transaction/journal writes them down whole; a guard process starts where the commit could cut us off.
8. transaction/apply takes step after step through host/, and looks whether each was done.
9. What changed is read back; then git has the commit, and the candidate and the journal go.
10. What remains to be done comes from executors/net again, as a view, which shell/display shows.

The rooms, each importing only from those above it:

    records      immutable objects made of named parts
    errors       every error a user can meet
    views        results as data: lines, tables, trees; secrets hidden in any text
    language     words and rules: the grammar, why a line is wrong, what may follow
    host         the only door to a machine
    config       every fact that may be configured, a module for each section
    executors    for each section: read it, the steps from one configuration to another, its status
    transaction  plan, journal, apply, undo, recover, guard, git
    commands     for each section: one dataclass for each rule of the grammar
    completions  for each section: the names that exist now
    checks       for each section: what is wrong, or looks wrong
    session      a user's session: runs commands, owns the candidate
    shell        the command line, the interactive shell, the display
    sandbox      a simulated box behind the same Host: imports records, errors, host; shell/start imports it
    __main__     entry point

A section has one stem in every folder that grows: config/net, executors/net, commands/net, completions/net,
checks/net, sandbox/net, man/esosh-net.7. The grammar's rule `section` is the only list of sections; nothing
outside a section's own files knows its name.
"""

__version__ = "0.1.0"
