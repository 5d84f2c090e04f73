// SPDX-License-Identifier: BSD-3-Clause
/* What the tool does; each verb has a file of its own. */
#include "tools/ffavars/ffavars.h"

const struct verb verbs[] = {
	{"list", "", "print the name of every variable; with --long size and attributes too",
	 NULL, VERB_JSON, verb_list, NULL},
	{"get", "NAME", "print a variable; with --raw its data alone",
	 "What the data of boot entries, device paths, key databases and other well-known\n"
	 "variables mean is said in words; with --json in \"decoded\".\n",
	 VERB_NAME | VERB_JSON, verb_get, NULL},
	{"set", "NAME DATA", "write a variable",
	 "Data come from the command line, as text or with --hex, or from --file FILE.\n"
	 "An existing variable has to have the same attributes.\n",
	 VERB_NAME | VERB_DATA | VERB_WRITES, verb_set, NULL},
	{"append", "NAME DATA", "add data to a variable",
	 "Without --attributes those of the existing variable are used.\n",
	 VERB_NAME | VERB_DATA | VERB_WRITES, verb_append, NULL},
	{"delete", "NAME", "remove a variable", NULL, VERB_NAME | VERB_WRITES, verb_delete,
	 NULL},
	{"enroll", "", "enroll keys and hashes in PK, KEK, db and dbx",
	 "--pk, --kek, --db and --dbx name the files; all but --pk may be given several "
	 "times.\n"
	 "What a file is follows from its content: certificates in PEM (several become one\n"
	 "write), one in DER, signature lists, or a signed update (.auth).\n"
	 "Signed files are written as they were signed. Others are taken in setup mode alone,\n"
	 "that is without PK; they are added to what is there, or replace it with --force.\n"
	 "db and dbx are written before KEK, and PK last. All files are checked first; either\n"
	 "all are enrolled or none. --dry-run shows what would be done.\n"
	 "--owner GUID says whose certificates are, --time what their time stamp is.\n",
	 VERB_KEYS | VERB_WRITES | VERB_JSON | VERB_FORCE, verb_enroll, NULL},
	{"info", "", "print how much the service can store", NULL, VERB_JSON, verb_info, NULL},
	{"dump", "", "print everything that is stored, with time stamps and signers",
	 "Reads the store directly. --json prints what 'export --format json' writes.\n",
	 VERB_JSON, NULL, verb_dump},
	{"export", "FILE", "write all variables into a JSON file or an edk2 volume",
	 "FILE is '-' for standard output. Its name says the format, .json or .fd, unless\n"
	 "--format does. --layout is for whom an edk2 volume is: armvirt (the default), ovmf\n"
	 "or ovmf-2m. Time stamps and signers are kept in both formats.\n"
	 "--force replaces a file, and leaves out what cannot be read.\n",
	 VERB_FILE | VERB_FORCE, NULL, verb_export},
	{"import", "FILE", "write the variables of such a file into the store",
	 "Looks at the whole file first, does everything in memory, and writes only then.\n"
	 "Nothing is removed. A variable that exists with another content is an\n"
	 "error unless --force says that it is to be overwritten.\n"
	 "Plain variables go through the variable service. Authenticated ones are put into\n"
	 "the store with time stamp and signer: nobody's signature is checked.\n",
	 VERB_FILE | VERB_FORCE | VERB_WRITES | VERB_JSON, NULL, verb_import},
	{"map", "", "print how each sector of the flash is used, and how often it was erased",
	 "dead bytes are superseded records, marks, commits and unused ends of sectors; they\n"
	 "come back when the sector is reclaimed.\n",
	 VERB_JSON, NULL, verb_map},
	{"fsck", "", "check the store; with --repair make it whole again",
	 "Exit status: 0 nothing is wrong, 3 this is no store, 4 something is wrong, 5 it was\n"
	 "wrong and is repaired. --repair removes variables whose data are lost, and writes\n"
	 "the rest anew until no damaged sector is in use.\n",
	 VERB_JSON, NULL, verb_fsck},
	{.name = NULL},
};
