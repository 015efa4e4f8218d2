"""What the codes of the cluster mean."""

from __future__ import annotations

CLUSTER = {
    "E255": "Something else refers to what the line deletes, and would be left without it. Delete "
            "both, as the error shows.",
    "E256": "This is no element of the configuration of a cluster, or no XML at all. Lines that "
            "show ha prints are right; primitives and their like need no XML.",
    "E257": "op has the name of one operation, and then its attributes; where a resource has "
            "several of that name, interval= and role= say which is meant. A line that begins with "
            "op goes on with the primitive of the line before it.",
    "E259": "A template needs this key, for which there is no default. Give it, as the error shows.",
    "E258": "The cluster runs, or is starting, and does not give its configuration. The message is "
            "its own; status ha and the log of Pacemaker say more.",
    "W415": "A value has the quotation marks of a printed text in it, which the agent would take "
            "for a part of it. Set it without them.",
    "E410": "crm_verify refuses the configuration, so Pacemaker would start nothing. The message is "
            "its own.",
    "E411": "The agent of a resource is not installed on this host, so it does not start here. "
            "Correct its name; force the commit where only the other node is to run it.",
    "E412": "The agent needs this parameter, or does not know its value. The agents "
            "ocf:esos:scst and ocf:esos:alua apply none of the defaults that they advertise, so "
            "each must be set.",
    "E413": "The agent runs once on a node, and one of its two instances is Master at most; with "
            "other numbers it does not start. Two Masters need two device groups, each with a "
            "resource of ocf:esos:alua.",
    "W414": "The agent may take longer to stop than it is given, and the cluster then takes the "
            "node for broken. Set the timeout that the agent advises.",
}
