// SPDX-License-Identifier: BSD-3-Clause
#include "tests/unit/variables/fixture.h"

#include <stdlib.h>
#include <string.h>

#include "secure/report/report.h"

const struct efi_guid fx_guid = EFI_GUID_INIT(0x67029eb5, 0x0af2, 0xf6b1, 0xda, 0x53, 0xfc,
					      0xb5, 0x66, 0xdd, 0x1c, 0xe6);
const struct efi_guid fx_guid2 = EFI_GUID_INIT(0xff629290, 0x1fc1, 0xd73f, 0x8f, 0xb1, 0x32,
					       0xf9, 0x0c, 0xa0, 0x42, 0xea);
const struct efi_guid fx_global = EFI_GLOBAL_VARIABLE_GUID;

/* Where a reply ends, the buffer must be untouched: the byte that fills it. */
#define UNTOUCHED 0xa5

static void start(struct fx *f)
{
	size_t size = ffav_store_memory(&f->nor.flash, f->items);

	free(f->nonvolatile_memory);
	f->nonvolatile_memory = malloc(size);
	assert_non_null(f->nonvolatile_memory);
	assert_int_equal(
		ffav_store_mount(&f->nonvolatile, &f->nor.flash, f->nonvolatile_memory, size),
		FFAV_STORE_OK);

	free(f->volatiles_memory);
	size = ffav_store_memory(&f->ram.flash, 100);
	f->volatiles_memory = malloc(size);
	assert_non_null(f->volatiles_memory);
	assert_int_equal(ffav_store_format(&f->ram.flash), FFAV_STORE_OK);
	assert_int_equal(
		ffav_store_mount(&f->volatiles, &f->ram.flash, f->volatiles_memory, size),
		FFAV_STORE_OK);
	ffav_variables_init(&f->v, &f->config, &f->nonvolatile, &f->volatiles);
}

void fx_open_sized(struct fx *f, uint32_t sectors, uint32_t items)
{
	memset(f, 0, sizeof(*f));
	f->items = items;
	assert_int_equal(ffav_nor_memory(&f->nor, 4096, sectors, 4), 0);
	assert_int_equal(ffav_nor_memory(&f->ram, 4096, 48, 4), 0);
	f->config.payload_max = FX_PAYLOAD_MAX;
	f->config.name_max = FX_NAME_MAX;
	f->config.data_max = FX_DATA_MAX;
	f->config.scratch = malloc(FX_DATA_MAX);
	f->message = malloc(FX_BUFFER);
	assert_non_null(f->config.scratch);
	assert_non_null(f->message);
	assert_int_equal(ffav_store_format(&f->nor.flash), FFAV_STORE_OK);
	start(f);
	ffav_report_refill(1000);
	(void)fx_reported("");
}

void fx_open(struct fx *f)
{
	fx_open_sized(f, 64, 300);
}

void fx_reset(struct fx *f)
{
	start(f);
}

void fx_close(struct fx *f)
{
	ffav_nor_close(&f->nor);
	ffav_nor_close(&f->ram);
	free(f->nonvolatile_memory);
	free(f->volatiles_memory);
	free(f->config.scratch);
	free(f->message);
}

int fx_setup(void **state)
{
	struct fx *f = malloc(sizeof(*f));

	if (!f)
		return -1;
	fx_open(f);
	*state = f;
	return 0;
}

int fx_teardown(void **state)
{
	fx_close(*state);
	free(*state);
	return 0;
}

uint8_t *fx_payload(struct fx *f)
{
	return f->message + FFAV_VAR_HEADER_SIZE;
}

size_t fx_name(uint8_t *out, const char *name)
{
	size_t size = 0;

	do {
		ffav_put16(out + size, (uint8_t)*name);
		size += 2;
	} while (*name++);
	return size;
}

size_t fx_key(uint8_t *out, const struct efi_guid *guid, const char *name)
{
	memcpy(out, guid, sizeof(*guid));
	return sizeof(*guid) + fx_name(out + sizeof(*guid), name) - 2;
}

efi_status_t fx_call(struct fx *f, uint64_t function, size_t size)
{
	size_t total = FFAV_VAR_HEADER_SIZE + size;

	/* A status that no handler gives, to see that one is written. */
	ffav_var_header_encode(f->message, function, 0x1234);
	memset(f->message + total, UNTOUCHED, FX_BUFFER - total);
	assert_int_equal(
		ffav_variables_handle(&f->v, f->message, total, FX_BUFFER - 56, &f->reply_size),
		MM_SUCCESS);
	assert_int_equal(ffav_var_function(f->message), function);
	assert_in_range(f->reply_size, FFAV_VAR_HEADER_SIZE, FX_BUFFER - 56);
	assert_int_not_equal(ffav_var_status(f->message), 0x1234);
	return ffav_var_status(f->message);
}

size_t fx_access(struct fx *f, const struct efi_guid *guid, const char *name,
		 uint32_t attributes, uint64_t data_size, const void *data)
{
	uint8_t utf16[FX_NAME_MAX + 64];
	struct ffav_var_access a = {.guid = guid->b,
				    .name = utf16,
				    .name_size = fx_name(utf16, name),
				    .attributes = attributes,
				    .data_size = data_size};
	size_t offset = ffav_var_access_encode(fx_payload(f), FX_PAYLOAD_MAX, &a);

	assert_int_not_equal(offset, 0);
	if (!data)
		return offset;
	memcpy(fx_payload(f) + offset, data, data_size);
	return offset + data_size;
}

efi_status_t fx_set_guid(struct fx *f, const struct efi_guid *guid, const char *name,
			 uint32_t attributes, const void *data, size_t size)
{
	efi_status_t status =
		fx_call(f, FFAV_VAR_SET, fx_access(f, guid, name, attributes, size, data));

	assert_int_equal(f->reply_size, FFAV_VAR_HEADER_SIZE);
	return status;
}

efi_status_t fx_set(struct fx *f, const char *name, uint32_t attributes, const void *data,
		    size_t size)
{
	return fx_set_guid(f, &fx_guid, name, attributes, data, size);
}

efi_status_t fx_lock(struct fx *f, const struct efi_guid *guid, const char *name)
{
	uint8_t *p = fx_payload(f);
	size_t size = fx_name(p + FFAV_VAR_NEXT_SIZE, name);
	efi_status_t status;

	memcpy(p, guid, sizeof(*guid));
	ffav_put64(p + 16, size);
	status = fx_call(f, FFAV_VAR_LOCK, FFAV_VAR_NEXT_SIZE + size);
	assert_int_equal(f->reply_size, FFAV_VAR_HEADER_SIZE);
	return status;
}

efi_status_t fx_get(struct fx *f, const struct efi_guid *guid, const char *name, uint64_t room)
{
	return fx_call(f, FFAV_VAR_GET, fx_access(f, guid, name, 0, room, NULL));
}

void fx_expect(struct fx *f, const struct efi_guid *guid, const char *name, uint32_t attributes,
	       const void *data, size_t size)
{
	uint8_t utf16[FX_NAME_MAX + 64];
	struct ffav_var_access a;

	assert_int_equal(fx_get(f, guid, name, FX_DATA_MAX), EFI_SUCCESS);
	assert_true(ffav_var_access_decode(fx_payload(f), f->reply_size - FFAV_VAR_HEADER_SIZE,
					   true, &a));
	assert_memory_equal(a.guid, guid, sizeof(*guid));
	assert_int_equal(a.name_size, fx_name(utf16, name));
	assert_memory_equal(a.name, utf16, a.name_size);
	assert_int_equal(a.attributes, attributes);
	assert_int_equal(a.data_size, size);
	assert_memory_equal(a.data, data, size);
	assert_int_equal(f->reply_size,
			 FFAV_VAR_HEADER_SIZE + FFAV_VAR_ACCESS_SIZE + a.name_size + size);
}

void fx_absent(struct fx *f, const char *name)
{
	assert_int_equal(fx_get(f, &fx_guid, name, FX_DATA_MAX), EFI_NOT_FOUND);
	assert_int_equal(f->reply_size, FFAV_VAR_HEADER_SIZE);
}

efi_status_t fx_next(struct fx *f, struct efi_guid *guid, char *name, uint64_t room)
{
	uint8_t *p = fx_payload(f);
	struct ffav_var_next n = {0};
	efi_status_t status;
	size_t size;

	memcpy(p, guid, sizeof(*guid));
	ffav_put64(p + 16, room);
	size = FFAV_VAR_NEXT_SIZE + fx_name(p + FFAV_VAR_NEXT_SIZE, name);
	status = fx_call(f, FFAV_VAR_GET_NEXT_NAME, size);
	if (status)
		return status;
	assert_true(ffav_var_next_decode(p, f->reply_size - FFAV_VAR_HEADER_SIZE, &n));
	assert_int_equal(f->reply_size,
			 FFAV_VAR_HEADER_SIZE + FFAV_VAR_NEXT_SIZE + n.name_size);
	assert_true(n.name_size <= room);
	assert_true(ffav_name_check(n.name, n.name_size));
	memcpy(guid, n.guid, sizeof(*guid));
	for (size_t i = 0; i < n.name_size; i += 2)
		name[i / 2] = (char)ffav_get16(n.name + i);
	return EFI_SUCCESS;
}

static unsigned int enumerate(struct fx *f, const struct efi_guid *guid, const char *wanted,
			      unsigned int *count)
{
	char name[FX_NAME_MAX] = "";
	struct efi_guid g = {{0}};
	unsigned int hits = 0;
	efi_status_t status;

	for (*count = 0;; ++*count) {
		status = fx_next(f, &g, name, FX_NAME_MAX);
		if (status)
			break;
		if (wanted && !strcmp(name, wanted) && !memcmp(&g, guid, sizeof(g)))
			hits++;
		assert_true(*count < 20000);
	}
	assert_int_equal(status, EFI_NOT_FOUND);
	return hits;
}

unsigned int fx_count(struct fx *f)
{
	unsigned int count;

	(void)enumerate(f, NULL, NULL, &count);
	return count;
}

unsigned int fx_enumerated(struct fx *f, const struct efi_guid *guid, const char *name)
{
	unsigned int count;

	return enumerate(f, guid, name, &count);
}

bool fx_reported(const char *words)
{
	char line[FFAV_REPORT_LINE_MAX + 1];
	bool found = false;
	size_t size;

	while ((size = ffav_report_take(line)) > 0) {
		line[size] = 0;
		found |= strstr(line, words) != NULL;
	}
	ffav_report_refill(1000);
	return found;
}
