// SPDX-License-Identifier: BSD-3-Clause
/*
 * How descriptors look (FF-A 1.2, "Memory transaction descriptor", and FF-A 1.0 for its header),
 * by offset: the helpers that manager and client share are not used here.
 */
#include "tests/fuzz/spmc/memory.h"

static uint32_t header_size(uint32_t version)
{
	return version < FFA_VERSION_1_1 ? 32 : 48;
}

uint32_t model_head_size(uint32_t version, const struct model_descriptor *d)
{
	return header_size(version) + d->access_size * d->access_count +
	       (d->range_count ? 16 : 0);
}

void model_put_head(uint32_t version, const struct model_descriptor *d, uint8_t *out)
{
	uint32_t header = header_size(version), composite;

	memset(out, 0, model_head_size(version, d));
	ffav_put16(out, d->sender);
	ffav_put16(out + 2, d->attributes);
	ffav_put32(out + 4, d->flags);
	ffav_put64(out + 8, d->handle);
	ffav_put64(out + 16, d->tag);
	ffav_put32(out + 28, d->access_count);
	if (version >= FFA_VERSION_1_1) {
		ffav_put32(out + 24, d->access_size);
		ffav_put32(out + 32, header);
	}
	composite = header + d->access_size * d->access_count;
	for (uint32_t i = 0; i < d->access_count; i++) {
		uint8_t *at = out + header + (size_t)i * d->access_size;

		ffav_put16(at, d->access[i].receiver);
		at[2] = d->access[i].permissions;
		at[3] = d->access[i].flags;
		ffav_put32(at + 4, d->range_count ? composite : d->access[i].composite);
		if (d->access_size == 32)
			ffav_put64(at + 8, d->access[i].value);
	}
	if (!d->range_count)
		return;
	ffav_put32(out + composite, d->pages);
	ffav_put32(out + composite + 4, d->range_count);
}

size_t model_put_ranges(const struct model_range *ranges, uint32_t count, uint8_t *out)
{
	memset(out, 0, (size_t)count * 16);
	for (uint32_t i = 0; i < count; i++) {
		ffav_put64(out + (size_t)i * 16, ranges[i].address);
		ffav_put32(out + (size_t)i * 16 + 8, ranges[i].pages);
	}
	return (size_t)count * 16;
}

void model_put_relinquish(const struct model_descriptor *d, uint8_t *out)
{
	ffav_put64(out, d->handle);
	ffav_put32(out + 8, d->flags);
	ffav_put32(out + 12, d->access_count);
	ffav_put16(out + 16, d->access[0].receiver);
}
