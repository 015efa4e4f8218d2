"""What the code of each error and of each finding means, when it comes, and what to do."""

from __future__ import annotations

from .cluster import CLUSTER
from .links import LINKS

CODES = {
    # the line
    "E101": "A word or an option does not fit there. The error lists what may stand in its place; Tab and ? "
            "do too. Or a file does not consist of lines.",
    "E102": "A quotation mark is not closed, or nothing follows a backslash. Close it, or put the word into "
            "quotes.",
    "E103": "The line is incomplete. The error lists what may follow.",

    # what does not fit; nothing was changed
    "E200": "Something was refused for a reason that has no code of its own. The message says what it was; "
            "nothing was changed.",
    "E201": "The sandbox cannot be used, because its directory, its file hardware or its file faults is "
            "wrong. Correct what the message names, or begin with a new directory.",
    "E202": "Nothing has this name. The message lists the names that exist; Tab does too.",
    "E203": "What the line adds already exists with other settings. Change it with set, as the error shows.",
    "E204": "A key, a port or an id is given twice, or one id is given to several ports. Give each once.",
    "E205": "SCST has a file of its own of this name, or spells the name differently: a WWN in lower case "
            "with colons; iSCSI names that differ only in capitals are the same. Choose another name, or "
            "the one that the message shows.",
    "E206": "The value is not possible here: a number is out of range, there is one too many, or a text "
            "cannot be read. Give one that the message says is possible.",
    "E207": "The interface, device or port belongs to another bond, bridge or group. Remove it there first.",
    "E208": "alua pair add cannot tell which of the two hosts this one is. Add local=host1 or local=host2.",
    "E209": "A file for load contains a line that is not configuration. Remove the line, or run the file "
            "with esosh -f.",
    "E210": "ESOS cuts the options of a service at \"=\". Write a blank in its place.",
    "E211": "A root shell reads the options of a service, and these options would make it do more. Write "
            "them with words, redirections and a last & only.",
    "E212": "The scripts of ESOS do not handle an interface of this name, so its settings would be lost. "
            "Give the interface another name, or check its spelling.",
    "E213": "This is not an IPv4 address, or not one that an interface can have; the scripts of ESOS know "
            "no other. Give one of the form that the message names.",
    "E214": "A broadcast address needs a fixed address. Give address=IP/PREFIX too.",
    "E215": "The line acts on what runs, and this does not: SCST is stopped, or the object is in scst.conf "
            "only, or is not of a kind that can do this. Bring it up first, with svc start scst or reapply "
            "scst.",
    "E216": "The target is enabled, and SCST gives each enabled target a relative target id. Set another id "
            "instead of removing this one.",
    "E217": "This is state of the kernel, or it is set in another way, so it cannot be configured here. The "
            "message says how it is set.",
    "E218": "The default of this attribute is not the same on all boxes, or there is none. Set the "
            "attribute to the value that you want.",
    "E219": "The secret is missing: **** is only shown in its place. Write @ask in its place, or @/FILE "
            "when nobody can be asked. When asked, type the secret twice, the same both times.",
    "E220": "The script of a service ended with an error, and the service may not be as you want it. The "
            "lines below are its output; correct what they name, and try again. status svc shows what runs.",
    "E221": "git in /etc failed, and the message is git's own. A commit goes on without its history, which "
            "gets it later; everything else stops. Correct what git names, and type the line again.",
    "E222": "conf_sync.sh failed, and the boot medium may lack commits. The message says which of its steps "
            "failed; fix that, then: sync.",
    "E223": "A file, or another host, cannot be read, so the line has nothing to work with. Check the name "
            "and who may read it; the message has the system's own reason.",
    "E224": "The system refused a call, such as a write to a full disk; the message is the system's own. "
            "What the line would have kept, such as an edit, is not there, unless the error says that it is. "
            "Make room on the disk, or repair it, and type the line again.",
    "E225": "Ctrl-C ended the line before it was done, and what it had not done yet stays undone. A commit "
            "is undone at Ctrl-C, and reported as E501. Type the line again to go on.",
    "E226": "The journal of a commit that was cut short is damaged, so esosh does not know what to undo. It "
            "changes nothing meanwhile: look at the state with diff and plan, fix it by hand, and put the "
            "journal aside with: recover.",
    "E227": "A file of esosh itself is missing, so a section cannot be used. Install esosh again.",
    "E228": "Another version of esosh wrote the journal of a commit that did not end, in a format that this "
            "version does not know. The journal is kept, and the commit stays as it is: only the version "
            "that wrote it, or a later one, can finish or undo it.",
    "E229": "Another version of esosh wrote a candidate on disk, in a format that this version does not "
            "know. Use the version that wrote it, or a later one; or remove the file that the error names.",
    "E230": "There are not that many edits to undo or redo; diff shows those that there are. A commit is "
            "not one of them: rollback reverts it.",
    "E231": "A batch ends with edits that no line commits. End it with a commit line, or give --commit.",
    "E232": "A line of a batch acts at once, but the edits before it are not committed. Commit first, or "
            "put the line before the edits.",
    "E233": "A candidate on disk contains a line that is not in the language; another version of esosh may "
            "have written it. Fix or remove its file, which the error names.",
    "E234": "The edits of the candidate are those of a commit that waits for confirm, so they cannot change "
            "now. Type confirm or revert, or work in another candidate.",
    "E235": "No commit waits for confirm, or it has already ended, so there is nothing to keep or to "
            "take back. Look at history: a commit that was kept is taken back with rollback.",
    "E236": "A candidate of this name already exists, or is in use. Choose another name, or use another "
            "candidate first.",
    "E237": "What waits for confirm is not saved to the boot medium, and only such a commit has a probe. "
            "Type confirm first, or use commit confirmed.",
    "E238": "A commit that nobody confirmed was undone, and its edits are pending again: the same commit "
            "now would apply what was just undone. Look at diff; commit once more if it is right.",
    "E239": "A question was answered with something else than yes, so nothing was done; edits are kept. To "
            "go on all the same, type the line again, and yes.",
    "E240": "Something on the box, or in a past commit, has a name or a value that the language cannot "
            "express, so it cannot be brought into a candidate. Rename it on the box, or bring back the "
            "rest object by object.",
    "E241": "A file of esosh's own state is damaged: cut short, changed by hand, or not esosh's at all. The "
            "message names the file and what is wrong there. abort puts the files of a candidate aside, "
            "recover the journal of a commit; both are kept beside their place.",
    "E249": "A file of esosh itself is missing, or not whole. Install esosh again; the box was not touched.",
    "E251": "Others than root could have written the folder in which esosh keeps edits and journals, and a "
            "journal is done by root. Look at what is in it before you give it back to root.",
    "E252": "Commits have no history, because /etc is no git repository, or because git is not installed or "
            "fails. Where it is no repository: history init. What is committed stays committed.",
    "E253": "The file of the commits that git did not take yet has a line that cannot be read, or is "
            "no file, so the history lacks a commit. The next commit puts that aside; nothing else waits "
            "for it.",
    "E254": "A commit stands, but the machine refuses to remove its edits or its journal. Make room on the "
            "disk, or make it writable; a guard tries again and again, and so does recover.",
    "E243": "A file of the machine, or what a program printed, holds something that esosh cannot read. The "
            "message names the place and what stands there. What does not depend on it is still shown.",

    # what refuses a commit, or warns
    "E301": "The checks found an error, or the commit disrupts more than is allowed; nothing was changed. "
            "Fix what is listed, or type the line with: allow CLASS.",
    "E302": "The steps are not those of the plan that commit was given, because the edits or the machine "
            "changed since; nothing was changed. Look at plan again, and give its new id.",
    "E303": "The commit would remove all objects of a section that has several. If that is intended: commit "
            "force \"REASON\".",
    "W310": "A target group has no group_id, so initiators cannot tell its paths apart. Set one, the same "
            "on both hosts.",
    "E311": "Two target groups of a device group have the same group_id. Give one of them another.",
    "E312": "Two ports of a device group have the same rel_tgt_id, so initiators take them for one. Give "
            "one of them another; commit force overrides this check.",
    "W313": "A device that is mapped, or in a device group, is in scst.conf but does not run. Start it with "
            "reapply scst, or remove the LUN or the member.",
    "W314": "A port of the other host has no rel_tgt_id. Set the one that it has there.",
    "E315": "Two enabled targets of this host have the same rel_tgt_id, which SCST refuses. Give one of "
            "them another.",
    "E319": "Targets of two drivers have the same name, and esosh tells targets apart only by their names, "
            "so it changes nothing of SCST. Rename one of them with scstadmin.",
    "E320": "A slave of a bond is not on this box. Remove it from the bond, or put the card in.",
    "W321": "The bond has neither miimon nor arp_interval, so nothing notices a dead link, and "
            "its traffic is lost. Set one of them: miimon=100 is usual.",
    "E322": "The bond has an option of another mode, which the driver refuses. Unset the option, or change "
            "the mode.",
    "E323": "updelay and downdelay are counted in steps of miimon. Set a multiple of it.",
    "W324": "An interface is configured that is not on this box now. Remove its settings with net iface "
            "del, if it does not come back.",
    "W325": "A bond has no slaves, so it carries nothing. Give it slaves with net bond, or delete it.",
    "E326": "The primary of a bond is not one of its slaves. Add it to the slaves, or set another primary.",
    "W328": "A section of network.conf lacks a key that rc.network needs, or has one that it cannot take, so "
            "it passes over all of the section. The line of the hint writes what is missing, also where the "
            "value is the one that seems to be there.",
    "W329": "A VLAN or a member of a bridge is on a link that is not configured or not on this box, so the "
            "next start of the network leaves it out. Configure what it is on, or delete it.",
    "E327": "A bond watches its links with miimon or with arp_interval: the driver keeps only one of them. "
            "Unset the other.",
    "W330": "The line of a service in /etc/rc.conf is not written as ESOS reads it, so the service does not "
            "start at boot. Write it anew with svc enable or svc disable.",
    "W331": "Initiators accept as the name of an iSCSI target only an IQN (iqn.YEAR-MONTH.DOMAIN:NAME), an "
            "EUI or an NAA name. Make the target anew with such a name, or rename it.",
    "W332": "The target is enabled, but its whole driver is not. Enable the driver, or nobody reaches the "
            "target.",
    "W333": "Initiators ask LUN 0 which other LUNs exist; without it many see nothing. Map a device there.",
    "E334": "An initiator is in two groups of one target: SCST accepts this while it runs, and it is "
            "chance which LUNs it sees; scstadmin does not, so SCST will not start. Remove it from "
            "one.",
    "E335": "The device handler is not loaded, or is misspelt. The message lists those that are loaded.",
    "E336": "The target driver is not loaded, or is misspelt, so SCST will not start with it. The "
            "message lists those that are loaded.",
    "E337": "The target is a port that is not on this box now, or that is spelt otherwise there, so "
            "SCST will not start. scst target rename gives its settings to another port; scst target "
            "del removes them. If the card comes before SCST starts: commit force.",
    "E338": "A port of a card exists as long as the card does. Disable the target and delete its LUNs "
            "instead.",
    "E339": "An initiator is logged in, and the commit removes what it sees: SCST does so without a "
            "warning. Log it out first; commit force overrides this check.",
    "W340": "esosh does not know this attribute, and SCST, which would, is stopped. Check its spelling.",
    "E341": "SCST has no such attribute there, or it cannot be written. Check its spelling.",

    # check peer
    "E342": "Only one of the two hosts has the device group. Make it on the other too, or delete it.",
    "E343": "A port is in a target group on one host and in none on the other, so only one host tells "
            "initiators about it. Add it on the other, with the same rel_tgt_id.",
    "E344": "A port in a target group belongs to neither host: its name is misspelt, or its HBA was "
            "replaced. Remove it, and add the right one.",
    "E345": "Both hosts have a target of this name, which is in a target group or exports what both serve; "
            "initiators take the two for one port. Rename one of them.",
    "E346": "The two hosts give the same ports different group_ids, so initiators group their paths "
            "wrongly. Set the id of the other host here, or this one there.",
    "E347": "The ports of one target group are in several on the other host. Group them alike on both.",
    "E348": "Both hosts use one group_id for different ports, and initiators take these for one group. Give "
            "one of the groups another id, on both hosts.",
    "E349": "The two hosts give the same port different rel_tgt_ids. A port has one id, the same on both "
            "hosts.",
    "W350": "Each host's own ports should be in a target group of the same name on both, because the "
            "cluster's agents get one local_tgt_grp for both hosts. Name the groups alike.",
    "W351": "Only one host exports devices of a common device group, or an initiator sees them through only "
            "one, so there are no paths through the other. Map them there too, or add the initiator to its "
            "group there.",
    "E352": "Both hosts use one rel_tgt_id for different ports, and initiators take them for one. Give one "
            "of them another, on both hosts.",
    "E353": "The device group does not have the same devices on both hosts. Add those that are missing; a "
            "device that does not exist there must be made first.",
    "E354": "The same initiators see a device as different LUN numbers on the two hosts, whatever the "
            "groups are called. Many initiators then see two disks; map it to the same number.",
    "E355": "The identity of a device differs between the hosts (usn, t10_dev_id, vendor and the like), so "
            "multipath sees two disks. Set it alike on both; where the handlers differ, make the device "
            "with one handler on both.",
    "E356": "setup_id differs between the hosts, and devices without usn and t10_dev_id derive theirs from "
            "it, so multipath sees two disks. Set it alike; it applies to devices that are made afterwards.",
    "E357": "The blocksize or size of a device differs between the hosts, so its paths do not fit together. "
            "Make it alike on both.",
    "E358": "A device can be written on one host and only be read on the other, so writes fail on some "
            "paths. Set read_only alike, of the device or of its LUN.",
    "W359": "A port exports devices of the group but is in no target group, so initiators get no state of "
            "its paths. Add it to a target group, on both hosts.",
    "W378": "A device of both hosts is exported but is in no device group, so initiators get no states of "
            "its paths. Add it; if it is two different disks, rename one instead.",
    "W379": "The two hosts tell initiators different states, or preferences, of the same ports. Set them "
            "alike, unless a cluster controls them: then check again, because those of the other host may "
            "have been saved long ago.",
    "W380": "SCST compares allowed_portal with the address of this host that a connection comes to, and no "
            "interface has one that fits, so nobody can log in to the target. Give an address of this host, "
            "or unset allowed_portal.",
    "W381": "The target is a virtual port of a Fibre Channel card (NPIV): it has parent_host. It is kept in "
            "scst.conf, and SCST makes it when it starts, with the driver scst_qla2xxx only.",
    **LINKS,
    "W382": "Somebody wrote into a file what the language refuses: a control character, options that a root "
            "shell would run, a name or an address that the scripts of ESOS do not handle. It is kept, and "
            "show has it as a comment; change it in the file, or with a line for the object.",

    # which devices SCST accepts
    "E360": "A read_only device has no write cache and no blocks to unmap, and SCST does not accept such "
            "settings for it. Unset nv_cache, thin_provisioned or write_through, or read_only.",
    "E361": "SCST accepts a size, and an opt_trans_len, only if it is a multiple of the device's blocksize. "
            "Give bytes that are.",
    "W362": "Two devices use one file or disk. Initiators that write through both do not know of each "
            "other. Delete one of them, unless you know better.",
    "E363": "The device would have a file or disk that does not exist on this box, and SCST makes no device "
            "without it. Make the file, bring the disk up, or correct filename; for a disk that another "
            "host serves now, set active=0.",
    "E364": "scst.conf would have device groups but neither a device nor a target, and SCST will not "
            "start with such a file. Make the devices too; commit force overrides this check.",
    "E365": "The file or disk of a device does not exist, so SCST will not start: scstadmin ends "
            "there, and ESOS unloads SCST again, with all other devices. Bring the disk up first, "
            "check the name, or set active=0; commit force overrides this check.",
    "E366": "SCST does not delete an iSCSI target while an initiator is logged in. Log the initiator out "
            "there; to log out one that is dead, write 1 to force_close in sessions/INITIATOR of its target "
            "in sysfs.",
    "E367": "An attribute of SCST itself would be at its default, which is not the same on all boxes. Give "
            "it a value.",
    "E380": "SCST bypasses the page cache (o_direct) with asynchronous I/O only. Set async too, or unset "
            "o_direct.",
    "E381": "Two vdisk_blockio devices have one disk, and SCST opens it for one of them only. Delete one, "
            "or set active=0 for the one that another host serves.",
    "E382": "A cpu_mask has a bit for a processor that the box lacks. Leave it out.",
    "E383": "While cluster_mode is on, the hosts share the reservations of a device by its t10_dev_id, and "
            "SCST does not change it. Switch cluster_mode off, commit, then change it.",

    "E368": "Initiators would find the identity, block size or LUN number of a disk changed, and take "
            "it for another disk: they lose their paths to it, or cannot read it. Keep what they know it "
            "by; commit force overrides this check.",
    "E369": "SCST accepts no device of this name, and will not start with it: a name has up to 64 "
            "letters, and neither dots nor slashes. Delete the device, and make it again with another name; "
            "set its t10_dev_id and usn to those that initiators know.",

    # what scst.conf contains
    "E370": "A brace in scst.conf closes nothing, and scstadmin reads no further. Remove it, or what "
            "follows it; esosh keeps that, reads nothing from it, and writes before it.",
    "E371": "scst.conf defines something twice that SCST has once: a device with two handlers or device "
            "groups, a target with two drivers or target groups, a repeated block. Remove one of them.",
    "E372": "A name or a value runs, or is to be set, that scst.conf cannot hold. Change it; until then "
            "what runs is left out of the file, and what the file has in its place stays.",
    "E373": "scst.conf has an attribute with more than one word as its value, or a block that "
            "scstadmin does not know, so SCST will not start. Put the words into quotes, or remove "
            "the block.",
    "E374": "scst.conf has two devices for one LUN, so SCST will not start. Remove one of them.",
    "W375": "The last line of scst.conf has no line end, and scstadmin leaves it out. Any commit that "
            "changes the file adds the line end.",
    "E376": "A LUN, or a member of a device group, names a device that is defined nowhere, and scstadmin "
            "leaves it out. Make the device, or remove the LUN or the member.",
    "W377": "A group of initiators, of devices or of targets is in scst.conf but does not run, and SCST "
            "brings it up when it starts. Delete it, or bring it up now with reapply scst.",
    "W384": "scstadmin drops this line of scst.conf without a word, or a part of it. Remove it, or write it "
            "so that it counts: a keyword with its name on a line, in the block that it belongs to.",
    "E385": "The number of a LUN is 0 to 16383. SCST refuses the one in scst.conf, and will not start.",

    # a commit
    "E401": "Somebody else changed what the edits change; nothing was applied, or all of it was undone. "
            "Choose a side with resolve mine or resolve theirs, then commit again.",
    "E501": "A step failed, and all that was done was undone and checked: the box is as before. The edits "
            "are kept; fix what the message says and commit again.",
    "E601": "A step failed, and what is listed could not be undone. Fix what the reason says, such as a full "
            "disk: a guard tries again and again, status says what remains, and recover goes on. What can "
            "never be undone is left with: recover force \"REASON\".",
    "E701": "Somebody else holds the candidate, or a commit or a sync runs, is being undone, or waits for "
            "confirm; nothing was done. Wait, or ask the person who is named. status says what goes on.",
    **CLUSTER,
}
