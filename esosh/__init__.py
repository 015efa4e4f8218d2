"""esosh: one transactional shell for everything that an ESOS storage appliance's administrator does by hand.

    line -> language.parse -> command -> candidate Config -> plan (steps) -> transaction -> Host

The modules, each importing only those before it:

    errors      every error a user can meet                  views       results as data: lines, tables, trees
    config      every fact that may be configured            flat        a configuration as paths
    host        the only door to a machine                   step        steps, actions, observations: data
    executors   read a section; steps from one to another    plan        two Configs -> ordered steps
    store       candidates, journal, locks on disk           history     commits in git
    transaction apply, undo, recover                         words       the words of a line
    commands    one dataclass per grammar rule               completions names that exist now
    checks      findings across sections                     grammar     the compiled grammar: all that is Lark's
    language    the grammar at work                          candidate   edits, undo, redo
    merge       what two sides changed of one base           reports     plans, differences, history as views
    state       what lives on the machine, as views          usage       how to say it
    script      a file of lines                              draft       the candidate on disk
    session     the words that work on it                    batch       rehearse a file, then run it
    display     views on a terminal                          shell       the interactive shell
    cli         options; one line, a file, or the shell      __main__    the way in
    sandbox     a simulated box behind the same Host: only cli knows of it
"""

__version__ = "0.1.0"
