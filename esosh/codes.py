"""What the code of each error and of each finding means, when it comes, and what to do."""

from __future__ import annotations

CODES = {
    # the line
    "E101": "A word does not fit there, or an option does not. The error lists what may stand in its place; Tab and ? do too. "
            "Or a file is not one of lines.",
    "E102": "A quotation mark is not closed, or nothing follows a backslash. Close it, or put the word into quotes.",
    "E103": "The line ends too early. The error lists what may follow.",

    # what does not fit; nothing was changed
    "E200": "An error that has no code of its own.",
    "E201": "A sandbox cannot be used as it is: its directory, its file hardware or its file faults. "
            "The message says what is wrong there.",
    "E202": "There is nothing of that name. The message lists the names that there are; Tab does too.",
    "E203": "What was to be added is there already, and differs. Change it with set, as the error shows.",
    "E204": "A key, a port or an id is given twice, or one id to several ports. Give each once.",
    "E205": "SCST has a file of its own of this name, or spells it otherwise: a WWN in lower case with colons; iSCSI names that "
            "differ in capitals only are one. Take another name, or the one that the message shows.",
    "E206": "A value that is not possible here: a number out of its range, one too many, or a text that cannot be read. "
            "The message says what is.",
    "E207": "The interface, device or port belongs to another bond, bridge or group. Take it out there first.",
    "E208": "alua pair add cannot tell which of the two hosts this one is. Say so with local=host1 or local=host2.",
    "E209": "A file that load reads holds a line that is not configuration. Take it out, or run the file with esosh -f.",
    "E210": "ESOS cuts the options of a service at \"=\". Write a blank in its place.",
    "E211": "A root shell reads the options of a service, and these would make it do more. "
            "Words, redirections and a last & are all that is taken.",
    "E212": "The scripts of ESOS do not handle an interface of this name, so its settings would be lost.",
    "E213": "This is no IPv4 address, or not one that an interface can have.",
    "E214": "A broadcast address belongs to a fixed address. Give address=IP/PREFIX too.",
    "E215": "The device or target stands in scst.conf and does not run, or it is not of a kind that can do this.",
    "E216": "The target is enabled, and SCST gives each enabled target a relative target id. Set another one in place of none.",
    "E217": "This is state of the kernel, or said in another way, so it is not configured. The message says how.",
    "E218": "The default of this attribute is not the same on all boxes, or there is none. Set it to the value that you want.",
    "E219": "A secret is needed: **** only stands for one. Give @ask in its place, or @/FILE where nobody can be asked. "
            "Who is asked says it twice, the same both times.",
    "E220": "The script of a service ended with an error. The lines below are what it said.",
    "E221": "git in /etc failed. The message is git's own; a commit goes on without its history, all else does not.",
    "E222": "conf_sync.sh failed, and the boot medium may lack commits. "
            "The message says which of its steps it was; mend that, then: sync.",
    "E223": "A file of yours cannot be read.",
    "E224": "The system refused a call, such as a write to a full disk. The message is its own.",
    "E225": "Ctrl-C ended the line before it was done. A commit is undone at Ctrl-C, and told as E501.",
    "E226": "The journal of a commit that was cut short is damaged, so esosh does not know what to undo. It changes nothing "
            "until the file is gone: look at what stands with diff and plan first.",
    "E230": "There are not as many moves to take back, or none to make again. A commit is no move: rollback takes it back.",
    "E231": "A batch ends with edits that nothing commits. End it with a commit line, or give --commit.",
    "E232": "A line of a batch acts at once, behind edits that are not committed. "
            "Commit first, or put the line before the edits.",
    "E233": "A candidate on disk holds a line that is not in the language, maybe of another version of esosh. "
            "Mend or remove its file, which the error names.",
    "E234": "The edits of the candidate are those of a commit that waits for its confirm, so they cannot change now. "
            "Type confirm or revert, or work in another candidate.",
    "E235": "No commit waits for its confirm, or it ended otherwise first. history tells whether it stands.",
    "E236": "A candidate of this name is there already, or is in use. Take another name, or use another candidate first.",
    "E237": "What waits for its confirm is not saved to the boot medium, and only such a commit has a probe. "
            "Type confirm first, or commit confirmed.",
    "E238": "A commit that nobody confirmed was taken back, and its edits are pending again: the same commit now would apply "
            "what was just undone. Look at diff; commit once more if it is right.",
    "E239": "The question before it was not answered with yes.",
    "E240": "Something on the box, or in a past commit, has a name or a value that the language does not have, so it cannot be "
            "brought into a candidate. Rename it on the box, or bring back the rest object by object.",

    # what refuses a commit, or warns
    "E301": "The checks found an error, or the commit disrupts more than was allowed; nothing was changed. "
            "Mend what is listed, or say: commit allow CLASS.",
    "E302": "The steps are not those of the plan that commit was given: the edits or the machine changed since. "
            "Look again with plan.",
    "E303": "The commit would leave nothing of a section that has several objects. If it is to be so: commit force \"REASON\".",
    "W310": "A target group has no group_id, so initiators cannot tell its paths apart. Give it one, the same on both hosts.",
    "E311": "Two target groups of a device group have the same group_id. Give one of them another.",
    "E312": "Two ports of a device group have the same rel_tgt_id, so initiators take them for one. "
            "Give one of them another; force passes it.",
    "W313": "A device that is mapped, or in a device group, stands in scst.conf and does not run. Bring it up with reapply scst, "
            "or take it out there.",
    "W314": "A port of the other host has no rel_tgt_id. Give it the one that it has there.",
    "E315": "Two enabled targets of this host have the same rel_tgt_id, which SCST refuses. Give one of them another.",
    "E319": "Targets of two drivers have the same name, and esosh tells targets by their names alone, so it changes nothing of "
            "SCST. Give one of them another name, with scstadmin.",
    "E320": "A slave of a bond is not on this box. Take it out, or put the card in.",
    "W321": "The bond has neither miimon nor arp_interval, so a dead link is not noticed. miimon=100 is usual.",
    "E322": "The bond has an option that belongs to another mode, which the driver refuses. Unset it, or change the mode.",
    "E323": "updelay and downdelay count in steps of miimon. Give a multiple of it.",
    "W324": "An interface is configured that is not on this box now. Forget it with net iface del, if it does not come back.",
    "W325": "A bond has no slaves, and carries nothing.",
    "E326": "The primary of a bond is not one of its slaves. Add it, or name another.",
    "E327": "A bond watches its links with miimon or with arp_interval: the driver keeps one of them. Unset the other.",
    "W330": "The line of a service in /etc/rc.conf is not spelt as ESOS reads it, so it does not start at boot. "
            "svc enable or svc disable mends it.",

    # a commit
    "W331": "An iSCSI target is called by an IQN (iqn.YEAR-MONTH.DOMAIN:NAME), an EUI or an NAA name; initiators take no other.",
    "W332": "The target is enabled, and its whole driver is not. Enable the driver, or nobody reaches the target.",
    "W333": "Initiators ask LUN 0 what else there is; without it many see nothing. Map a device there.",
    "E334": "An initiator is in two groups of one target; SCST takes it, scstadmin does not, and who sees what is chance. "
            "Take it out of one.",
    "E335": "The device handler is not loaded, or is misspelt. The message lists those that are.",
    "E336": "The target driver is not loaded, or is misspelt. The message lists those that are.",
    "W337": "The target belongs to a card that is not in this box now. scst target rename gives its settings to another port; "
            "scst target del forgets it.",
    "E338": "The ports of cards are there as long as the card is. Disable the target and take its LUNs away instead.",
    "E339": "An initiator is logged in, and the commit takes away what it sees: SCST does so without a word. "
            "Log it out first; force passes it.",
    "W340": "esosh does not know this attribute, and SCST, which would, is stopped. Look at its spelling.",
    "E341": "SCST has no such attribute there, or it cannot be written. Look at its spelling.",

    # check peer
    "E342": "A device group is on one of the two hosts only. Make it on the other too, or take it away.",
    "E343": "A port is in a target group on one host and in none on the other, so initiators are told of it by one host only."
            " Add it there, with the same rel_tgt_id.",
    "E344": "A port in a target group belongs to neither host: its name is misspelt, or its HBA was exchanged. Take it out, "
            "and add the right one.",
    "E345": "Both hosts have a target of this name, which is in a target group or exports what both serve; initiators take "
            "the two for one port. Rename one of them.",
    "E346": "The two hosts give the same ports different group_ids, so initiators put their paths together wrongly. Set the "
            "id of the other host here, or this one there.",
    "E347": "The ports of one target group stand in several on the other host. Sort them alike on both.",
    "E348": "Both hosts use one group_id for different ports, and initiators take these for one group. Give one of the groups"
            " another id, on both hosts.",
    "E349": "The two hosts give the same port different rel_tgt_ids. A port has one id, on both hosts alike.",
    "W350": "Each host's own ports should be in a target group of the same name on both: the cluster's agents are told one "
            "local_tgt_grp for both hosts.",
    "W351": "Devices of a common device group are exported by one host only, or an initiator sees them through one only, so "
            "there are no paths through the other. Map them there too, or add the initiator to its group there.",
    "E352": "Both hosts use one rel_tgt_id for different ports, and initiators take them for one. Give one of them another, "
            "on both hosts.",
    "E353": "The device group does not have the same devices on both hosts. Add those that are missing; a device that is not "
            "there has to be made first.",
    "E354": "The same initiators see a device behind different LUN numbers on the two hosts, whatever the groups are called. "
            "Many initiators then see two disks; map it to the same number.",
    "E355": "What a device calls itself differs between the hosts (usn, t10_dev_id, vendor and the like), so multipath sees "
            "two disks. Set it alike on both; where the handlers differ, make the device with one handler on both.",
    "E356": "setup_id differs between the hosts, and devices without usn and t10_dev_id make theirs up of it, so multipath "
            "sees two disks. Set it alike; it counts for devices that are made afterwards.",
    "E357": "blocksize or size of a device differs between the hosts: its paths do not fit together. Make it alike on both.",
    "E358": "A device can be written on one host and only be read on the other, so writes fail on some paths. Set read_only "
            "alike, of the device or of its LUN.",
    "W359": "A port exports devices of the group and is in no target group, so initiators are told no state of its paths. "
            "Add it to a target group, on both hosts.",
    "W378": "A device of both hosts is exported, and is in no device group, so initiators are told no states of its paths. "
            "Add it, unless it is two different disks: then rename one.",
    "W379": "The two hosts tell initiators different states, or preferences, of the same ports. Set them alike, unless a cluster "
            "drives them: then look again, for the other host's may have been saved long ago.",

    # what SCST makes of a device
    "E360": "A device that is read_only has no write cache to speak of, and SCST makes none that is told of one. "
            "Unset nv_cache or write_through, or read_only.",
    "E361": "SCST makes no device whose size is not a multiple of its blocksize. Give a size in bytes that is one.",
    "W362": "Two devices are on one file or disk. Initiators that write through both do not know of each other. "
            "Take one of them away, unless you know better.",
    "E363": "SCST makes no device whose file or disk is not there. Make it first, or look at its spelling.",
    "W364": "scst.conf would have device groups and neither a device nor a target, and scstadmin refuses such a file when SCST "
            "starts. Make the devices too, or start SCST and commit something: what runs is then saved.",
    "W365": "The file or disk of a device is not there, and SCST is stopped: scstadmin starts it without the device, which keeps "
            "its place in scst.conf. Bring the disk up first, or look at the name.",
    "E366": "SCST deletes no iSCSI target while somebody is logged in. Log the initiator out there; one that is dead is logged "
            "out by writing 1 to force_close in sessions/INITIATOR of its target in sysfs.",
    "E367": "An attribute of SCST itself would be as by default, and its default is not the same on all boxes. Give it a value.",
    # what scst.conf says
    "E370": "A brace in scst.conf closes nothing, and scstadmin reads no further. Take it out, or what stands behind it; "
            "esosh keeps that, takes nothing from it, and writes before it.",
    "E371": "scst.conf says something twice that SCST has once: a device of two handlers or device groups, a target of two "
            "drivers or target groups, a block that is repeated. Take one of them out.",
    "E372": "A name or a value runs, or is to be set, that scst.conf cannot hold. Give it another one; what runs is left out of "
            "the file until then, and what the file says in its place stays.",
    "E373": "scst.conf has an attribute with more than one word behind it, or a block that scstadmin does not know: it ends "
            "there, or takes the first word alone. Put the words into quotes.",
    "E374": "scst.conf has two devices for one LUN, and scstadmin ends there. Take one of them out.",
    "W375": "The last line of scst.conf does not end, and scstadmin leaves it out. Any commit that changes the file ends it.",
    "E376": "A LUN, or a member of a device group, names a device that is defined nowhere, and scstadmin leaves it out. "
            "Make the device, or take it out there.",
    "W377": "A group of initiators, of devices or of targets stands in scst.conf and does not run, and comes to life when SCST "
            "starts. Delete it, or bring it up with reapply scst.",
    "E401": "Somebody else changed what the edits change; nothing was applied, or all of it was undone. "
            "Take a side with resolve mine or resolve theirs, then commit again.",
    "E501": "A step failed, and all that was done was undone and looked at: the box is as before. The edits are kept; "
            "mend what the message says and commit again.",
    "E601": "A step failed, and not everything could be undone. What is listed remains changed: mend it by hand, now.",
    "E701": "Somebody else holds the candidate, or a commit or a sync runs, or a commit waits for its confirm. "
            "Wait, or ask who is named.",
}
