"""esosh: one transactional shell for everything that an ESOS storage appliance's administrator does by hand.

    line -> language.parse -> command -> candidate Config -> plan (steps) -> transaction -> Host

The modules, each importing only those before it:

    errors       every error a user can meet
    views        results as data: lines, tables, trees
    config       every fact that may be configured
    flat         a configuration as paths
    lock         a lock, and a process that keeps it when we are gone
    host         the only door to a machine
    step         steps, actions and observations: data
    executors    per section: read it, and the steps from one configuration to another
    plan         two configurations -> ordered steps
    store        what is kept of a commit: journal, lock, word
    shelf        candidates on disk
    history      commits in git
    transaction  apply steps, undo them, recover
    guard        the process that undoes a commit when its committer died, or nobody confirmed it
    words        the words of a line
    desk         what a command may ask of the session
    commands     per section: one dataclass per grammar rule
    completions  per section: the names that exist now
    checks       per topic: what is wrong, or looks wrong
    grammar      the compiled grammar: all that is Lark's
    veil         what of a line may be shown
    language     the grammar at work: parse, what may follow, what each word is
    candidate    edits, undo, redo
    merge        what two sides changed of one base
    reports      plans, differences, findings, history as views
    exports      what SCST exports and in which states, as trees
    state        what lives on the machine, as views
    trace        the way of an initiator, a device or a target, from end to end
    peer         two hosts that offer the same devices
    codes        what each error and each finding means
    usage        how to say it, and what a code means
    script       a file of lines
    peers        the other host's configuration, from a file or from itself
    secrets      secrets that a line only refers to
    draft        a candidate at work, on disk
    work         what a session works on: host, person, the candidate in use
    looking      its views
    states       past commits, what runs, what is saved: looked at, and gone back to
    committing   commit, confirm, sync
    cib          named candidates
    session      one person's way through the house
    batch        rehearse a file, then run it
    display      views on a terminal
    menu         what may come at a point of a line
    editor       a line with menus, help and colour: all that is prompt_toolkit's
    shell        the interactive shell
    sandbox      a simulated box behind the same Host; imports errors and host only, and only cli knows of it
    cli          options; one line, a file, or the shell
    __main__     the way in
"""

__version__ = "0.1.0"
