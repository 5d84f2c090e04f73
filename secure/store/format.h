/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Layout of the variable log on flash, version 1
 *
 * docs/store-format.md describes every bit; this header is its encoder and decoder. All fields
 * are little-endian. Nothing here believes a field that a checksum has not covered.
 */
#ifndef FFAV_STORE_FORMAT_H
#define FFAV_STORE_FORMAT_H

#include "secure/store/crc32c.h"

#define LOG_MAGIC   "FFVL"
#define LOG_VERSION 1u

/** Bytes of the structures before they are rounded up to the program unit. */
#define LOG_SECTOR_SIZE 32u
#define LOG_MARK_SIZE   8u
#define LOG_COMMIT_SIZE 4u
/** Bytes of a record's header; records are multiples of LOG_ALIGN. */
#define LOG_RECORD_SIZE 20u
#define LOG_ALIGN       4u

/** Marks: what the first byte of a mark says. */
#define LOG_MARK_CHANGE UINT8_C(0x54)
#define LOG_MARK_COPY   UINT8_C(0x43)
#define LOG_MARK_SETTLE UINT8_C(0x53)

/** The word that makes a transaction count. */
#define LOG_COMMIT_WORD UINT32_C(0x5ac39617)

/** Record types; no mark has the same first byte. */
#define LOG_RECORD_KEY    UINT8_C(1)
#define LOG_RECORD_DATA   UINT8_C(2)
#define LOG_RECORD_DELETE UINT8_C(3)

#define LOG_RECORD_TIME        UINT8_C(0x80)
#define LOG_RECORD_SIGNER_MASK UINT8_C(0x7f)

/** Sequence numbers run from 1 to this. */
#define LOG_SEQUENCE_MAX UINT32_C(0xfffffff0)

/**
 * struct log_sector - Header of a sector.
 * @sequence: rises by one with each sector that is opened
 * @span: this many sectors before this one are still part of the log
 * @erases: how often this sector has been erased
 * @continued: bytes of a transaction that began before this sector and end in or after it
 * @previous_end: where @continued is 0: offset in the sector before up to which it counts
 * @decides: only this header says what became of the last change in the sector before
 */
struct log_sector {
	uint32_t sequence;
	uint32_t span;
	uint32_t erases;
	uint32_t continued;
	uint32_t previous_end;
	bool decides;
};

/**
 * struct log_mark - A mark.
 * @tag: LOG_MARK_*
 * @length: bytes of the transaction's records; of a settle, LOG_ALIGN times the sectors before
 *	this one that are still part of the log
 */
struct log_mark {
	uint8_t tag;
	uint32_t length;
};

/**
 * struct log_record - Header of a record.
 * @type: LOG_RECORD_*
 * @flags: LOG_RECORD_TIME or'ed with the signer's size
 * @id: the item
 * @size: bytes of key or data
 * @extra: attributes of data, hash of a key
 * @checksum: over everything behind the header but the padding
 */
struct log_record {
	uint8_t type;
	uint8_t flags;
	uint16_t id;
	uint32_t size;
	uint32_t extra;
	uint32_t checksum;
};

/** log_record_before() - Bytes between a record's header and its key or data. */
static inline uint32_t log_record_before(const struct log_record *r)
{
	return (r->flags & LOG_RECORD_TIME ? 16u : 0) + (r->flags & LOG_RECORD_SIGNER_MASK);
}

/** log_record_total() - Bytes of a whole record; its size has been checked. */
static inline uint32_t log_record_total(const struct log_record *r)
{
	return (uint32_t)ffav_align_up(LOG_RECORD_SIZE + log_record_before(r) + r->size,
				       LOG_ALIGN);
}

static inline void log_record_encode(uint8_t *out, const struct log_record *r)
{
	out[0] = r->type;
	out[1] = r->flags;
	ffav_put16(out + 2, r->id);
	ffav_put32(out + 4, r->size);
	ffav_put32(out + 8, r->extra);
	ffav_put32(out + 12, r->checksum);
	ffav_put32(out + 16, ffav_crc32c(FFAV_CRC32C_START, out, 16));
}

/* True if the header is whole and its record ends within @limit bytes. */
static inline bool log_record_decode(const uint8_t *in, uint32_t limit, struct log_record *r)
{
	uint64_t total;

	if (limit < LOG_RECORD_SIZE ||
	    ffav_get32(in + 16) != ffav_crc32c(FFAV_CRC32C_START, in, 16))
		return false;
	r->type = in[0];
	r->flags = in[1];
	r->id = ffav_get16(in + 2);
	r->size = ffav_get32(in + 4);
	r->extra = ffav_get32(in + 8);
	r->checksum = ffav_get32(in + 12);
	total = (uint64_t)LOG_RECORD_SIZE + log_record_before(r) + r->size;
	return ffav_align_up(total, LOG_ALIGN) <= limit;
}

/* The checksum covers where the mark is, so that no bytes from elsewhere pass for it. */
static inline uint32_t log_mark_checksum(const uint8_t *in, uint32_t sequence, uint32_t offset)
{
	uint8_t bytes[12];

	memcpy(bytes, in, 4);
	ffav_put32(bytes + 4, sequence);
	ffav_put32(bytes + 8, offset);
	return ffav_crc32c(FFAV_CRC32C_START, bytes, sizeof(bytes));
}

static inline void log_mark_encode(uint8_t *out, const struct log_mark *m, uint32_t sequence,
				   uint32_t offset)
{
	ffav_put32(out, m->tag | (m->length / LOG_ALIGN) << 8);
	ffav_put32(out + 4, log_mark_checksum(out, sequence, offset));
}

static inline bool log_mark_decode(const uint8_t *in, uint32_t sequence, uint32_t offset,
				   struct log_mark *m)
{
	m->tag = in[0];
	m->length = (ffav_get32(in) >> 8) * LOG_ALIGN;
	if (ffav_get32(in + 4) != log_mark_checksum(in, sequence, offset))
		return false;
	return m->tag == LOG_MARK_SETTLE ||
	       ((m->tag == LOG_MARK_CHANGE || m->tag == LOG_MARK_COPY) && m->length != 0);
}

static inline uint8_t log_shift(uint32_t power_of_two)
{
	return (uint8_t)__builtin_ctz(power_of_two);
}

static inline void log_sector_encode(uint8_t *out, const struct log_sector *s,
				     uint32_t sector_size, uint32_t sector_count, uint32_t unit)
{
	memcpy(out, LOG_MAGIC, 4);
	out[4] = LOG_VERSION;
	out[5] = log_shift(sector_size);
	out[6] = log_shift(unit);
	out[7] = s->decides;
	ffav_put32(out + 8, s->sequence);
	ffav_put16(out + 12, (uint16_t)s->span);
	ffav_put16(out + 14, (uint16_t)sector_count);
	ffav_put32(out + 16, s->erases);
	ffav_put32(out + 20, s->continued);
	ffav_put32(out + 24, s->previous_end);
	ffav_put32(out + 28, ffav_crc32c(FFAV_CRC32C_START, out, 28));
}

/* True if this is a header of this version for this geometry. */
static inline bool log_sector_decode(const uint8_t *in, uint32_t sector_size,
				     uint32_t sector_count, uint32_t unit, struct log_sector *s)
{
	if (memcmp(in, LOG_MAGIC, 4) || in[4] != LOG_VERSION ||
	    ffav_get32(in + 28) != ffav_crc32c(FFAV_CRC32C_START, in, 28) ||
	    in[5] != log_shift(sector_size) || in[6] != log_shift(unit) || in[7] > 1 ||
	    ffav_get16(in + 14) != sector_count)
		return false;
	s->decides = in[7];
	s->sequence = ffav_get32(in + 8);
	s->span = ffav_get16(in + 12);
	s->erases = ffav_get32(in + 16);
	s->continued = ffav_get32(in + 20);
	s->previous_end = ffav_get32(in + 24);
	return s->sequence >= 1 && s->sequence <= LOG_SEQUENCE_MAX && s->span < s->sequence &&
	       s->span < sector_count && s->previous_end <= sector_size;
}

#endif
