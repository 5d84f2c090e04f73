/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Reading DER
 *
 * X.690 section 10, as much of it as the frame of a SignedData needs: tags of one
 * byte, definite lengths in the fewest bytes, elements that lie within the one around
 * them. A reader never goes beyond its bytes, whatever they say.
 */
#ifndef FFAV_VARIABLES_DER_H
#define FFAV_VARIABLES_DER_H

#include "secure/crypto/crypto.h"

#define FFAV_DER_INTEGER      0x02u
#define FFAV_DER_OCTET_STRING 0x04u
#define FFAV_DER_NULL         0x05u
#define FFAV_DER_OID          0x06u
#define FFAV_DER_SEQUENCE     0x30u
#define FFAV_DER_SET          0x31u
/** Context-specific, constructed: [0], [1]. */
#define FFAV_DER_CONTEXT(n) (0xa0u | (n))

/** struct ffav_der - A place in DER. @at: next byte; @end: behind the last one. */
struct ffav_der {
	const uint8_t *at;
	const uint8_t *end;
};

/** ffav_der_open() - Read these bytes from their start. */
static inline struct ffav_der ffav_der_open(struct ffav_bytes bytes)
{
	return (struct ffav_der){.at = bytes.data, .end = bytes.data + bytes.size};
}

/** ffav_der_done() - Is there nothing left? */
static inline bool ffav_der_done(const struct ffav_der *der)
{
	return der->at == der->end;
}

/** ffav_der_is() - Is the next element one with this tag? */
static inline bool ffav_der_is(const struct ffav_der *der, uint8_t tag)
{
	return der->at < der->end && *der->at == tag;
}

/**
 * ffav_der_take() - Read the next element.
 * @der: the place; moved behind the element if it is there
 * @tag: the tag that it must have
 * @contents: out: its contents
 * @whole: out: all of it with tag and length, or NULL
 *
 * Return: false if there is no such element, or it is not DER, or it does not fit.
 */
bool ffav_der_take(struct ffav_der *der, uint8_t tag, struct ffav_bytes *contents,
		   struct ffav_bytes *whole);

/** ffav_der_enter() - Read the next element and go to its contents, @inside. */
bool ffav_der_enter(struct ffav_der *der, uint8_t tag, struct ffav_der *inside);

#endif
