// SPDX-License-Identifier: BSD-3-Clause
/* What is wrong with a store, and making it right. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "tools/ffavars/json.h"
#include "tools/ffavars/offline.h"

/** struct sentences - Some of them. @all: owned, as each is; @count: how many */
struct sentences {
	char **all;
	size_t count;
};

/**
 * struct findings - What a check has found.
 * @problems: what is wrong
 * @notes: what is strange, and not wrong
 * @variables: variables that are there and can be read
 * @programmed: bytes that opening the store programmed
 * @erased: sectors that it erased
 * @epoch: what the store shares with its monotonic counter, 0 without one
 */
struct findings {
	struct sentences problems;
	struct sentences notes;
	size_t variables;
	uint64_t programmed;
	uint64_t erased;
	uint64_t epoch;
};

static void add_line(struct sentences *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add_line(struct sentences *s, const char *format, ...)
{
	char **lines = realloc(s->all, (s->count + 1) * sizeof(*lines));
	va_list arguments;
	char *line = NULL;
	int length;

	va_start(arguments, format);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): as in message() */
	length = vasprintf(&line, format, arguments);
	va_end(arguments);
	if (!lines || length < 0) {
		no_memory();
		exit(STATUS_IMAGE);
	}
	s->all = lines;
	s->all[s->count++] = line;
}

static void free_sentences(struct sentences *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->all[i]);
	free(s->all);
	memset(s, 0, sizeof(*s));
}

static void free_findings(struct findings *f)
{
	free_sentences(&f->problems);
	free_sentences(&f->notes);
}

static void check_sectors(const struct offline *o, struct findings *f)
{
	uint32_t count = o->nor.flash.sector_count;
	struct ffav_store_sector_info *all = calloc(count, sizeof(*all));

	if (!all) {
		no_memory();
		exit(STATUS_IMAGE);
	}
	ffav_store_inspect(&o->store, all);
	for (uint32_t i = 0; i < count; i++) {
		size_t offset = o->image->window + (size_t)i * o->nor.flash.sector_size;

		if (all[i].state == FFAV_STORE_SECTOR_UNUSABLE)
			add_line(&f->problems,
				 "Sector %" PRIu32 " at offset 0x%zx cannot be erased or "
				 "programmed.",
				 i, offset);
		else if (all[i].state != FFAV_STORE_SECTOR_FREE && !all[i].has_header)
			add_line(&f->problems,
				 "Sector %" PRIu32 " at offset 0x%zx is in use and its header "
				 "cannot be read.",
				 i, offset);
	}
	free(all);
}

/* A mistyped time that was signed. It is stored as it is, and whoever signs next should know. */
static void note_times(const struct variables *list, struct findings *f)
{
	char label[160];

	for (size_t i = 0; i < list->count; i++) {
		const struct variable *v = &list->all[i];
		const uint8_t *t = v->time;

		if (variable_time_is_odd(v))
			add_line(
				&f->notes,
				"%s has the time stamp %04u-%02u-%02u %02u:%02u:%02u, which is "
				"no date. Nothing is wrong with that: the next one has to be "
				"later.",
				variable_label(v, label, sizeof(label)), ffav_get16(t), t[2],
				t[3], t[4], t[5], t[6]);
	}
}

/* All that is wrong with an open store. */
static enum exit_status check(struct offline *o, struct variables *list,
			      struct unreadable **bad, size_t *bad_count, struct findings *f)
{
	enum exit_status status = offline_read(o, list, bad, bad_count);
	struct problem p = {.text = ""};
	char label[160];

	if (status)
		return status;
	f->variables = list->count;
	f->programmed = o->nor.bytes_programmed;
	f->erased = o->nor.sectors_erased;
	f->epoch = o->epoch;
	if (o->blank)
		return STATUS_DONE;
	if (o->rebound)
		add_line(&f->problems,
			 "The store is at %" PRIu64 " and its counter at %" PRIu64
			 ": an older image or another counter was put in place.",
			 o->epoch, o->counted);
	for (size_t i = 0; i < *bad_count; i++) {
		const struct unreadable *u = &(*bad)[i];

		add_line(&f->problems, "At offset 0x%zx: %s cannot be read: %s.", u->where,
			 unreadable_label(u, label, sizeof(label)), u->why);
	}
	if (variables_check(list, &p))
		add_line(&f->problems, "A variable is not as UEFI wants it: %s", p.text);
	note_times(list, f);
	if (o->store.damaged)
		add_line(&f->problems,
			 "%" PRIu32 " record%s of the log had a wrong checksum; of %s that is "
			 "still needed, a line above tells.",
			 o->store.damaged, o->store.damaged == 1 ? "" : "s",
			 o->store.damaged == 1 ? "one" : "those");
	if (o->store.lost)
		add_line(&f->problems,
			 "%" PRIu64 " bytes of the log could not be made sense of; variables "
			 "that were written there may be missing or have an older value.",
			 o->store.lost);
	if (o->store.sealed)
		add_line(&f->problems,
			 "The store can be read but not written: it has no room left to "
			 "reclaim, or its flash is worn out.");
	check_sectors(o, f);
	return STATUS_DONE;
}

/* Removes what cannot be read. Return: 0, or a result of the store. */
static int remove_bad(struct offline *o, const struct unreadable *bad, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct ffav_store_change change = {
			.key = bad[i].key, .key_size = bad[i].key_size, .remove = true};
		int result = bad[i].key_size ? ffav_store_commit(&o->store, &change, 1)
					     : FFAV_STORE_IO_ERROR;

		if (result)
			return result;
	}
	return FFAV_STORE_OK;
}

static const struct variable *largest(const struct variables *list)
{
	const struct variable *v = &list->all[0];

	for (size_t i = 1; i < list->count; i++) {
		if (list->all[i].size > v->size)
			v = &list->all[i];
	}
	return v;
}

/*
 * Writes one variable again and again, with what it has, until the log has left all sectors in
 * which it lay, and a sector that was opened after that says so. Each write is a transaction:
 * power may go at any time.
 */
static int turn_over(struct offline *o, const struct variables *list)
{
	/* Where there is no variable; of the store and the service there may be items. */
	static const uint8_t filler[256];
	const struct ffav_store_change stand_in = {
		.key = "?", .key_size = 1, .data = {{filler, sizeof(filler)}}};
	struct ffav_store_change change;
	uint8_t key[VARIABLE_KEY_MAX];
	uint32_t newest, left, now;
	uint64_t limit;
	int result;

	if (list->count)
		change = variable_change(largest(list), key);
	else
		change = stand_in;
	/* Three turns of the whole window are more than it can take. */
	limit = 3 * (uint64_t)o->image->window_size / (change.data[0].size + 1) + 1;
	(void)ffav_store_sequences(&o->store, &newest);
	for (left = 0; !left || now <= left;) {
		result = limit-- ? ffav_store_commit(&o->store, &change, 1)
				 : FFAV_STORE_NO_SPACE;
		if (result)
			return result;
		if (ffav_store_sequences(&o->store, &now) > newest && !left)
			left = now;
	}
	if (list->count)
		return FFAV_STORE_OK;
	change.remove = true;
	return ffav_store_commit(&o->store, &change, 1);
}

/* Return: STATUS_REPAIRED, or why not, after a message. */
static enum exit_status repair(struct image *image, const struct arguments *a)
{
	struct variables list = {0};
	struct unreadable *bad = NULL;
	struct findings f = {0};
	size_t bad_count = 0;
	struct offline o;
	enum exit_status status = offline_open(&o, image, a->rebind);
	int result;

	if (status)
		return status;
	status = check(&o, &list, &bad, &bad_count, &f);
	if (!status) {
		result = remove_bad(&o, bad, bad_count);
		if (!result)
			result = turn_over(&o, &list);
		status = result ? STATUS_WRONG : STATUS_REPAIRED;
		if (result)
			message("The store in %s cannot be repaired in place (result %d). Save "
				"what can be read with 'export --force', and import it into a "
				"new image.",
				image->path, result);
	}
	free_findings(&f);
	free(bad);
	variables_free(&list);
	offline_close(&o);
	return status;
}

static enum exit_status look(struct image *image, const struct arguments *a, struct findings *f)
{
	struct variables list = {0};
	struct unreadable *bad = NULL;
	size_t bad_count = 0;
	struct offline o;
	enum exit_status status = offline_open(&o, image, a->rebind);

	if (status)
		return status;
	status = check(&o, &list, &bad, &bad_count, f);
	free(bad);
	variables_free(&list);
	offline_close(&o);
	return status ? status : f->problems.count ? STATUS_WRONG : STATUS_DONE;
}

static const char *const verdicts[] = {
	[STATUS_DONE] = "nothing is wrong",
	[STATUS_WRONG] = "something is wrong",
	[STATUS_REPAIRED] = "what was wrong is repaired",
};

static bool add_sentences(cJSON *root, const char *key, const struct sentences *s)
{
	cJSON *array = cJSON_AddArrayToObject(root, key);

	for (size_t i = 0; array && i < s->count; i++) {
		cJSON *line = cJSON_CreateString(s->all[i]);

		if (!line)
			return false;
		cJSON_AddItemToArray(array, line);
	}
	return array;
}

static enum exit_status print_json(const struct findings *f, enum exit_status status,
				   size_t variables)
{
	cJSON *root = cJSON_CreateObject();

	if (root &&
	    cJSON_AddStringToObject(root, "verdict",
				    status == STATUS_DONE       ? "sound"
				    : status == STATUS_REPAIRED ? "repaired"
								: "damaged") &&
	    cJSON_AddNumberToObject(root, "variables", (double)variables) &&
	    cJSON_AddNumberToObject(root, "programmed", (double)f->programmed) &&
	    cJSON_AddNumberToObject(root, "erased", (double)f->erased) &&
	    cJSON_AddNumberToObject(root, "epoch", (double)f->epoch) &&
	    add_sentences(root, "problems", &f->problems) &&
	    add_sentences(root, "notes", &f->notes))
		return json_print(root) ? status : no_memory();
	cJSON_Delete(root);
	return no_memory();
}

/* Repairs, looks again, and writes what has become sound. @after: findings of that look */
static enum exit_status repair_and_look(struct image *image, const struct arguments *a,
					struct findings *after)
{
	enum exit_status status = repair(image, a);

	if (status != STATUS_REPAIRED)
		return status;
	status = look(image, a, after);
	for (size_t i = 0; i < after->problems.count; i++)
		message("After the repair: %s", after->problems.all[i]);
	if (status) {
		message("The repair does not lead to a sound store. Nothing was changed.");
		return status;
	}
	return image_commit(image) ? STATUS_IMAGE : STATUS_REPAIRED;
}

enum exit_status verb_fsck(struct image *image, const struct arguments *a)
{
	struct findings f = {0};
	struct findings after = {0};
	size_t variables;
	enum exit_status status = look(image, a, &f);

	variables = f.variables;
	if (status == STATUS_WRONG && a->repair) {
		status = repair_and_look(image, a, &after);
		if (status == STATUS_REPAIRED)
			variables = after.variables;
	}
	/* What was sound is left as it is: a firmware settles its log when it starts. */
	if (status != STATUS_REPAIRED)
		image_forget(image);
	if (status == STATUS_IMAGE)
		goto out;
	if (a->json) {
		status = print_json(&f, status, variables);
		goto out;
	}
	for (size_t i = 0; i < f.problems.count; i++)
		printf("%s\n", f.problems.all[i]);
	for (size_t i = 0; i < f.notes.count; i++)
		printf("Note: %s\n", f.notes.all[i]);
	if (f.programmed || f.erased)
		printf("Opening the store settles the end of its log, as a firmware does when "
		       "it starts: %" PRIu64 " bytes programmed, %" PRIu64 " sectors erased.\n",
		       f.programmed, f.erased);
	if (f.epoch)
		printf("The store is bound to a monotonic counter, at %" PRIu64 "%s.\n",
		       f.epoch,
		       a->counter ? "" : ", which was not asked: --counter names its file");
	printf("%s: %zu variable%s, %s%s.\n", image->path, variables, variables == 1 ? "" : "s",
	       verdicts[status],
	       status != STATUS_WRONG ? ""
	       : a->repair            ? ", and --repair has not repaired it"
				      : "; --repair tries to repair it");
out:
	free_findings(&f);
	free_findings(&after);
	return status;
}
