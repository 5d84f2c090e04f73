// SPDX-License-Identifier: BSD-3-Clause
/* How each sector of the store is used. */
#include <inttypes.h>
#include <stdlib.h>

#include "tools/ffavars/json.h"
#include "tools/ffavars/offline.h"

static const char *const states[] = {
	[FFAV_STORE_SECTOR_FREE] = "free",
	[FFAV_STORE_SECTOR_LOG] = "log",
	[FFAV_STORE_SECTOR_HEAD] = "head",
	[FFAV_STORE_SECTOR_UNUSABLE] = "unusable",
};

/**
 * struct totals - Sums over all sectors.
 * @live: bytes
 * @dead: bytes
 * @blank: bytes
 * @least: lowest erase count that a header tells
 * @most: highest
 */
struct totals {
	uint64_t live;
	uint64_t dead;
	uint64_t blank;
	uint32_t least;
	uint32_t most;
};

static struct totals add_up(const struct ffav_store_sector_info *all, uint32_t count)
{
	struct totals t = {.least = UINT32_MAX};

	for (uint32_t i = 0; i < count; i++) {
		t.live += all[i].live;
		t.dead += all[i].dead;
		t.blank += all[i].blank;
		if (!all[i].has_header)
			continue;
		t.least = all[i].erases < t.least ? all[i].erases : t.least;
		t.most = all[i].erases > t.most ? all[i].erases : t.most;
	}
	return t;
}

static void print_text(const struct offline *o, const struct ffav_store_sector_info *all,
		       const struct totals *t)
{
	const struct ffav_flash *flash = &o->nor.flash;

	printf("%6s  %10s  %-8s  %8s  %7s  %8s  %8s  %8s\n", "sector", "offset", "state",
	       "sequence", "erases", "live", "dead", "blank");
	for (uint32_t i = 0; i < flash->sector_count; i++) {
		const struct ffav_store_sector_info *s = &all[i];

		printf("%6" PRIu32 "  0x%08zx  %-8s  ", i,
		       o->image->window + (size_t)i * flash->sector_size, states[s->state]);
		if (s->has_header)
			printf("%8" PRIu32 "  %7" PRIu32, s->sequence, s->erases);
		else
			printf("%8s  %7s", "-", "-");
		printf("  %8" PRIu32 "  %8" PRIu32 "  %8" PRIu32 "\n", s->live, s->dead,
		       s->blank);
	}
	printf("%" PRIu64 " bytes live, %" PRIu64 " dead, %" PRIu64 " blank or free; sectors "
	       "with a header were erased %" PRIu32 " to %" PRIu32 " times.\n",
	       t->live, t->dead, t->blank, t->least, t->most);
}

static cJSON *sector_object(const struct offline *o, uint32_t i,
			    const struct ffav_store_sector_info *s)
{
	cJSON *object = cJSON_CreateObject();
	size_t offset = o->image->window + (size_t)i * o->nor.flash.sector_size;

	if (object && cJSON_AddNumberToObject(object, "offset", (double)offset) &&
	    cJSON_AddStringToObject(object, "state", states[s->state]) &&
	    (!s->has_header || (cJSON_AddNumberToObject(object, "sequence", s->sequence) &&
				cJSON_AddNumberToObject(object, "erases", s->erases))) &&
	    cJSON_AddNumberToObject(object, "live", s->live) &&
	    cJSON_AddNumberToObject(object, "dead", s->dead) &&
	    cJSON_AddNumberToObject(object, "blank", s->blank))
		return object;
	cJSON_Delete(object);
	return NULL;
}

static enum exit_status print_json(const struct offline *o,
				   const struct ffav_store_sector_info *all,
				   const struct totals *t)
{
	cJSON *root = cJSON_CreateObject();
	cJSON *array = NULL;
	uint32_t i = 0;

	if (root && cJSON_AddNumberToObject(root, "sector_size", o->nor.flash.sector_size) &&
	    cJSON_AddNumberToObject(root, "live", (double)t->live) &&
	    cJSON_AddNumberToObject(root, "dead", (double)t->dead) &&
	    cJSON_AddNumberToObject(root, "blank", (double)t->blank))
		array = cJSON_AddArrayToObject(root, "sectors");
	for (; array && i < o->nor.flash.sector_count; i++) {
		cJSON *one = sector_object(o, i, &all[i]);

		if (!one)
			break;
		cJSON_AddItemToArray(array, one);
	}
	if (!array || i < o->nor.flash.sector_count) {
		cJSON_Delete(root);
		return no_memory();
	}
	return json_print(root) ? STATUS_DONE : no_memory();
}

enum exit_status verb_map(struct image *image, const struct arguments *a)
{
	struct ffav_store_sector_info *all = NULL;
	struct offline o;
	struct totals t;
	enum exit_status status = offline_open(&o, image, a->rebind);

	if (status)
		return status;
	if (o.blank) {
		message("%s is erased flash: there is no store yet. Writing a variable makes "
			"one.",
			a->flash);
		offline_close(&o);
		return STATUS_IMAGE;
	}
	all = calloc(o.nor.flash.sector_count, sizeof(*all));
	if (!all) {
		offline_close(&o);
		return no_memory();
	}
	ffav_store_inspect(&o.store, all);
	t = add_up(all, o.nor.flash.sector_count);
	if (a->json)
		status = print_json(&o, all, &t);
	else
		print_text(&o, all, &t);
	free(all);
	offline_close(&o);
	return status;
}
