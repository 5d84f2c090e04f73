/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fuzz target: the data of a well-known variable are decoded, and printed in both forms.
 *
 * Input: a byte that chooses the variable, then the data.
 *
 * What must hold: what is printed for people has nothing in it that a terminal would act on;
 * what is printed for programs is JSON.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>

#include "tools/ffavars/decode.h"
#include "tools/ffavars/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* At least one name for each decoder. */
static const char *const variables[] = {
	"global-Boot0001",    "global-Key0001",          "global-BootOrder",
	"global-DriverOrder", "global-SysPrepOrder",     "global-BootNext",
	"global-Timeout",     "global-OsIndications",    "global-BootOptionSupport",
	"global-ConOut",      "global-PlatformLang",     "global-SecureBoot",
	"global-PK",          "global-SignatureSupport", "security-dbx",
	"shim-SbatLevel",     "loader-LoaderFeatures",   "loader-LoaderEntries",
};

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static void check_text(const cJSON *decoded)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	must(out, "There is no memory.");
	decode_print(out, decoded);
	fclose(out);
	for (size_t i = 0; i < size;) {
		uint32_t c = 0;
		size_t taken = name_take_utf8(text + i, &c);

		must(taken, "The text is not UTF-8.");
		must(c == '\n' || name_is_plain(c), "The text has a control character.");
		i += taken;
	}
	free(text);
}

static void check_json(const cJSON *decoded)
{
	char *text = cJSON_Print(decoded);
	cJSON *again = cJSON_Parse(text);

	must(text && again, "It is not printed as JSON.");
	must(cJSON_Compare(decoded, again, true), "The JSON says something else.");
	cJSON_Delete(again);
	cJSON_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct name name;
	const char *why;
	cJSON *decoded;
	uint8_t *copy;

	if (!size)
		return 0;
	must(!name_parse(variables[data[0] % (sizeof(variables) / sizeof(variables[0]))], &name,
			 &why),
	     "A name of this target is none.");
	/* Memory of just that size, so that reading behind it is seen. */
	copy = calloc(size, 1);
	must(copy, "There is no memory.");
	memcpy(copy, data + 1, size - 1);
	decoded = decode(&name.guid, name.text, copy, size - 1);
	must(decoded, "A variable of this target has no decoder.");
	check_text(decoded);
	check_json(decoded);
	cJSON_Delete(decoded);
	free(copy);
	return 0;
}
