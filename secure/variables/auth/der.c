// SPDX-License-Identifier: BSD-3-Clause
/* Reading DER; X.690 section 10. */
#include "secure/variables/auth/der.h"

/* Length octets; nothing here is larger than 32 bits can say. */
#define LENGTH_BYTES_MAX 4u

static bool take_length(const uint8_t **at, const uint8_t *end, size_t *length)
{
	const uint8_t *p = *at;
	unsigned int bytes;

	if (p == end)
		return false;
	*length = *p++;
	if (*length >= 0x80) {
		bytes = (unsigned int)*length & 0x7f;
		/* Zero is the indefinite form; a leading zero would be one byte too many. */
		if (!bytes || bytes > LENGTH_BYTES_MAX || bytes > (size_t)(end - p) || !*p)
			return false;
		for (*length = 0; bytes; bytes--)
			*length = *length << 8 | *p++;
		if (*length < 0x80)
			return false;
	}
	*at = p;
	return *length <= (size_t)(end - p);
}

bool ffav_der_take(struct ffav_der *der, uint8_t tag, struct ffav_bytes *contents,
		   struct ffav_bytes *whole)
{
	const uint8_t *p = der->at;
	size_t length;

	if (!ffav_der_is(der, tag))
		return false;
	p++;
	if (!take_length(&p, der->end, &length))
		return false;
	*contents = (struct ffav_bytes){.data = p, .size = length};
	if (whole)
		*whole = (struct ffav_bytes){.data = der->at,
					     .size = (size_t)(p - der->at) + length};
	der->at = p + length;
	return true;
}

bool ffav_der_enter(struct ffav_der *der, uint8_t tag, struct ffav_der *inside)
{
	struct ffav_bytes contents;

	if (!ffav_der_take(der, tag, &contents, NULL))
		return false;
	*inside = ffav_der_open(contents);
	return true;
}
