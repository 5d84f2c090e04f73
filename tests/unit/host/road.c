// SPDX-License-Identifier: BSD-3-Clause
#include "tests/unit/host/road.h"

const struct efi_guid road_guid = EFI_GUID_INIT(0x5f3d2a10, 0x7c41, 0x4b8e, 0x9d, 0x02, 0x11,
						0x22, 0x33, 0x44, 0x55, 0x66);

static void report(void *context, const char *line, size_t length)
{
	struct road *r = context;

	size_t used = strlen(r->told);

	snprintf(r->told + used, sizeof(r->told) - used, "%.*s\n", (int)length, line);
	r->lines++;
}

/* A test that failed has left its machine behind. */
static struct ffav_host *left;

void road_flash(struct road *r, uint32_t sectors)
{
	ffav_host_destroy(left);
	left = NULL;
	memset(r, 0, sizeof(*r));
	assert_int_equal(ffav_nor_memory(&r->nor, ROAD_SECTOR, sectors, 4), 0);
}

enum ffav_host_boot road_on(struct road *r, const struct ffav_host_options *options)
{
	struct ffav_host_options o = {0};

	if (options)
		o = *options;
	o.nor = &r->nor;
	if (!o.hooks.context)
		o.hooks.context = r;
	if (!o.hooks.report && o.hooks.context == r)
		o.hooks.report = report;
	r->lines = 0;
	r->told[0] = '\0';
	r->m = ffav_host_create(&o);
	assert_non_null(r->m);
	left = r->m;
	return ffav_host_boot(r->m);
}

void road_boot(struct road *r, const struct ffav_host_options *options, size_t offset)
{
	enum ffav_host_boot boot = road_on(r, options);

	if (boot != FFAV_HOST_READY)
		fail_msg("the machine does not start: %s", r->told);
	assert_int_equal(ffav_host_probe(r->m, offset, true), EFI_SUCCESS);
	r->mm = ffav_host_resident(r->m);
}

void road_off(struct road *r)
{
	ffav_host_destroy(r->m);
	left = NULL;
	r->m = NULL;
	r->mm = NULL;
}

void road_end(struct road *r)
{
	road_off(r);
	ffav_nor_close(&r->nor);
}

const uint16_t *road_name(const char *ascii)
{
	static uint16_t names[4][128];
	static unsigned int next;
	uint16_t *name = names[next++ % 4];
	size_t i = 0;

	do {
		assert_true(i < 128);
		name[i] = (uint8_t)ascii[i];
	} while (ascii[i++]);
	return name;
}

efi_status_t road_set(struct road *r, const char *name, uint32_t attributes, const void *data,
		      size_t size)
{
	return ffav_set_variable(r->mm, road_name(name), &road_guid, attributes, size, data);
}

efi_status_t road_get(struct road *r, const char *name, uint32_t *attributes, void *data,
		      size_t *size)
{
	uint64_t wide = *size;
	efi_status_t status =
		ffav_get_variable(r->mm, road_name(name), &road_guid, attributes, &wide, data);

	*size = (size_t)wide;
	return status;
}

void road_expect(struct road *r, const char *name, uint32_t attributes, const void *data,
		 size_t size)
{
	static uint8_t found[FFAV_HOST_BUFFER_SIZE_MAX];
	size_t found_size = sizeof(found);
	uint32_t found_attributes = 0;
	efi_status_t status = road_get(r, name, &found_attributes, found, &found_size);

	if (status)
		fail_msg("GetVariable of %s: status 0x%llx", name, (unsigned long long)status);
	assert_int_equal(found_attributes, attributes);
	assert_int_equal(found_size, size);
	assert_memory_equal(found, data, size);
}

unsigned int road_count(struct road *r)
{
	uint16_t name[1025] = {0};
	struct efi_guid guid = {0};
	unsigned int count = 0;

	for (;;) {
		uint64_t size = sizeof(name);
		efi_status_t status = ffav_get_next_variable_name(r->mm, &size, name, &guid);

		if (status == EFI_NOT_FOUND)
			return count;
		assert_int_equal(status, EFI_SUCCESS);
		count += ffav_guid_equal(&guid, &road_guid);
		assert_true(count < 100000);
	}
}

void road_put_set(struct road *r, const char *name, const void *data, size_t size)
{
	static const struct efi_guid service = MM_VARIABLE_GUID;
	uint8_t *message = ffav_memory_view(ffav_host_memory(r->m));
	struct ffav_var_access a = {.guid = road_guid.b,
				    .name = (const uint8_t *)road_name(name),
				    .name_size = 2 * (strlen(name) + 1),
				    .attributes = NV_BS_RT,
				    .data_size = size};
	uint8_t *payload = message + MM_HEADER_V1_SIZE + FFAV_VAR_HEADER_SIZE;
	size_t at = ffav_var_access_encode(payload, 1024, &a);
	struct ffav_mm_header h = {.guid = service.b,
				   .header_size = MM_HEADER_V1_SIZE,
				   .data_size = FFAV_VAR_HEADER_SIZE + at + size};

	assert_true(at && size < 1024);
	memcpy(payload + at, data, size);
	ffav_var_header_encode(message + MM_HEADER_V1_SIZE, FFAV_VAR_SET, EFI_DEVICE_ERROR);
	assert_true(ffav_mm_header_encode(message, 4096, &h));
	ffav_clean(message, 4096);
}

const uint8_t *road_take_reply(struct road *r)
{
	uint8_t *message = ffav_memory_view(ffav_host_memory(r->m));

	ffav_invalidate(message, 4096);
	return message;
}

void road_call(uint64_t x[8])
{
	struct ffav_smc_regs regs = {0};

	memcpy(regs.x, x, 8 * sizeof(x[0]));
	ffav_smc(&regs);
	memcpy(x, regs.x, 8 * sizeof(x[0]));
}
