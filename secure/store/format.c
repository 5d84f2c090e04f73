/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Making a store where there is none.
 */
#include "secure/store/mount.h"

/*
 * Is there nothing in the window but, where a cut interrupted its formatting, headers that are
 * torn? @blank: the first sector in which there is nothing at all.
 */
static bool fresh(const struct ffav_store *store, uint32_t *blank)
{
	struct log_sector header;
	uint32_t i;

	*blank = LOG_NONE;
	for (i = 0; i < store->flash->sector_count; i++) {
		if (log_header(store, i, &header) || !log_blank(store, i, store->sector_head))
			return false;
		if (*blank == LOG_NONE && log_blank(store, i, 0))
			*blank = i;
	}
	return *blank != LOG_NONE;
}

/* Makes a blank sector a whole log. */
static int begin_log(const struct ffav_store *store, uint32_t sector, uint32_t sequence)
{
	const struct ffav_flash *flash = store->flash;
	const struct log_sector header = {.sequence = sequence, .erases = 1};
	const struct log_mark mark = {.tag = LOG_MARK_SETTLE};
	uint32_t place = log_place(store, sector, 0);
	uint8_t raw[64], settled[32];

	memset(raw, 0xff, sizeof(raw));
	log_sector_encode(raw, &header, flash->sector_size, flash->sector_count,
			  flash->program_unit);
	memset(settled, 0xff, sizeof(settled));
	log_mark_encode(settled, &mark, sequence, store->sector_head);
	return flash->program(flash->context, place, raw, store->sector_head) ||
			       flash->program(flash->context, place + store->sector_head,
					      settled, store->mark_size)
		       ? FFAV_STORE_IO_ERROR
		       : FFAV_STORE_OK;
}

int ffav_store_format(const struct ffav_flash *flash)
{
	struct ffav_store store;
	uint8_t raw[4];
	uint32_t i;

	if (!mount_good_geometry(flash))
		return FFAV_STORE_INVALID;
	mount_set_sizes(&store, flash);
	/*
	 * An erase that a cut interrupts leaves anything at all, after which nobody could tell a
	 * new window from somebody's. Headers that were torn stay; they have lower numbers.
	 */
	if (fresh(&store, &i) && !begin_log(&store, i, i + 1))
		return FFAV_STORE_OK;
	/* Whatever has no header of ours is erased when its turn comes. */
	for (i = 0; i < flash->sector_count; i++)
		if (log_load(&store, log_place(&store, i, 0), raw, sizeof(raw)) ||
		    !memcmp(raw, LOG_MAGIC, 4))
			(void)flash->erase(flash->context, i);
	for (i = 0; i < flash->sector_count; i++)
		if (!flash->erase(flash->context, i) && !begin_log(&store, i, 1))
			return FFAV_STORE_OK;
	return FFAV_STORE_IO_ERROR;
}
