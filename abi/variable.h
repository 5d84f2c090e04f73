/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Variable messages of the MM variable service
 *
 * The layouts that edk2's standalone-MM variable driver established and that
 * U-Boot and smm-gateway share. All offsets are within the data behind the MM
 * header; a variable message starts with a 16-byte variable header.
 *
 * Each message has one decoder and one encoder. A decoder reads each field once,
 * checks every length against what is there, and only then hands out pointers.
 * What those point to can still change if the other world can write it: who
 * checks names or data must have a copy of their own.
 */
#ifndef FFAV_ABI_VARIABLE_H
#define FFAV_ABI_VARIABLE_H

#include "abi/mm.h"

/** Function 8, ReturnStatus 8. */
#define FFAV_VAR_HEADER_SIZE 16u

enum ffav_var_function {
	FFAV_VAR_GET = 1,
	FFAV_VAR_GET_NEXT_NAME = 2,
	FFAV_VAR_SET = 3,
	FFAV_VAR_QUERY_INFO = 4,
	FFAV_VAR_READY_TO_BOOT = 5,
	FFAV_VAR_EXIT_BOOT_SERVICES = 6,
	FFAV_VAR_STATISTICS = 7,
	FFAV_VAR_LOCK = 8,
	FFAV_VAR_CHECK_PROPERTY_SET = 9,
	FFAV_VAR_CHECK_PROPERTY_GET = 10,
	FFAV_VAR_PAYLOAD_SIZE = 11,
	FFAV_VAR_CACHE_CONTEXT = 12,
	FFAV_VAR_CACHE_SYNC = 13,
	FFAV_VAR_CACHE_INFO = 14,
};

/** ffav_var_header_encode() - Write the variable header; @out has 16 bytes. */
static inline void ffav_var_header_encode(uint8_t *out, uint64_t function, efi_status_t status)
{
	ffav_put64(out, function);
	ffav_put64(out + 8, status);
}

/** ffav_var_function() - Function of a variable message; @in has 16 bytes. */
static inline uint64_t ffav_var_function(const uint8_t *in)
{
	return ffav_get64(in);
}

/** ffav_var_status() - ReturnStatus of a variable message; @in has 16 bytes. */
static inline efi_status_t ffav_var_status(const uint8_t *in)
{
	return ffav_fetch64(in + 8);
}

/** Fixed part of an access message: Guid 16, DataSize 8, NameSize 8, Attributes 4. */
#define FFAV_VAR_ACCESS_SIZE 36u

/**
 * struct ffav_var_access - GetVariable and SetVariable, decoded (functions 1 and 3).
 * @guid: vendor GUID, 16 bytes
 * @name: UTF-16LE name with its terminator, @name_size bytes, any alignment
 * @name_size: bytes
 * @attributes: EFI_VARIABLE_*
 * @data: @data_size bytes behind the name; for a GetVariable request only their room
 * @data_size: bytes
 */
struct ffav_var_access {
	const uint8_t *guid;
	const uint8_t *name;
	uint64_t name_size;
	uint32_t attributes;
	const uint8_t *data;
	uint64_t data_size;
};

/**
 * ffav_var_access_decode_fixed() - Read the fixed part of an access message alone.
 * @in: payload behind the variable header
 * @size: its length, bytes
 * @a: where guid, sizes and attributes go; the sizes are not checked, name and data not set
 *
 * For replies that carry nothing else, as those with EFI_BUFFER_TOO_SMALL may.
 *
 * Return: true if the fixed part is there.
 */
static inline bool ffav_var_access_decode_fixed(const uint8_t *in, size_t size,
						struct ffav_var_access *a)
{
	if (size < FFAV_VAR_ACCESS_SIZE)
		return false;
	a->guid = in;
	a->data_size = ffav_fetch64(in + 16);
	a->name_size = ffav_fetch64(in + 24);
	a->attributes = ffav_fetch32(in + 32);
	return true;
}

/**
 * ffav_var_access_decode() - Read an access message.
 * @in: payload behind the variable header
 * @size: its length, bytes
 * @with_data: true if DataSize bytes must be present behind the name (SetVariable, replies);
 *	false if DataSize is only the room the caller has (GetVariable requests)
 * @a: where the fields go; pointers point into @in
 *
 * Clients exist that count 4 bytes of tail padding, so trailing bytes are fine.
 *
 * Return: true if everything that was announced is there.
 */
static inline bool ffav_var_access_decode(const uint8_t *in, size_t size, bool with_data,
					  struct ffav_var_access *a)
{
	if (!ffav_var_access_decode_fixed(in, size, a))
		return false;
	if (!ffav_range_in(FFAV_VAR_ACCESS_SIZE, a->name_size, size))
		return false;
	a->name = in + FFAV_VAR_ACCESS_SIZE;
	a->data = a->name + a->name_size;
	return !with_data ||
	       ffav_range_in(FFAV_VAR_ACCESS_SIZE + a->name_size, a->data_size, size);
}

/**
 * ffav_var_access_encode_fixed() - Write the fixed part of an access message alone.
 * @out: payload behind the variable header, FFAV_VAR_ACCESS_SIZE bytes of room
 * @a: what to write; name and data are not looked at
 *
 * For a caller that has put the name in its place already, behind the fixed part.
 */
static inline void ffav_var_access_encode_fixed(uint8_t *out, const struct ffav_var_access *a)
{
	memcpy(out, a->guid, sizeof(struct efi_guid));
	ffav_put64(out + 16, a->data_size);
	ffav_put64(out + 24, a->name_size);
	ffav_put32(out + 32, a->attributes);
}

/**
 * ffav_var_access_encode() - Write the fixed part and the name of an access message.
 * @out: payload behind the variable header
 * @capacity: its room, bytes
 * @a: what to write. @a->data is not copied: the caller writes the data at the returned offset
 *
 * Return: offset of the data in @out, or 0 if fixed part, name and data do not fit in @capacity.
 */
static inline size_t ffav_var_access_encode(uint8_t *out, size_t capacity,
					    const struct ffav_var_access *a)
{
	if (!ffav_range_in(FFAV_VAR_ACCESS_SIZE, a->name_size, capacity) ||
	    !ffav_range_in(FFAV_VAR_ACCESS_SIZE + a->name_size, a->data_size, capacity))
		return 0;
	ffav_var_access_encode_fixed(out, a);
	/* A server's reply has the name where the request had it. */
	if (a->name != out + FFAV_VAR_ACCESS_SIZE)
		memmove(out + FFAV_VAR_ACCESS_SIZE, a->name, (size_t)a->name_size);
	return FFAV_VAR_ACCESS_SIZE + (size_t)a->name_size;
}

/** Fixed part of a GetNextVariableName message: Guid 16, NameSize 8. */
#define FFAV_VAR_NEXT_SIZE 24u

/**
 * struct ffav_var_next - GetNextVariableName, decoded (function 2).
 * @guid: vendor GUID, 16 bytes
 * @name: UTF-16LE name, @size bytes minus the fixed part at most
 * @name_size: request: the caller's room for the name; reply: size of the name with its
 *	terminator, or the size needed with BUFFER_TOO_SMALL; bytes
 * @name_room: bytes of name that are present in the message
 */
struct ffav_var_next {
	const uint8_t *guid;
	const uint8_t *name;
	uint64_t name_size;
	size_t name_room;
};

/**
 * ffav_var_next_decode() - Read a GetNextVariableName message.
 * @in: payload behind the variable header
 * @size: its length, bytes
 * @n: where the fields go; pointers point into @in
 *
 * Return: true if the fixed part is there. The name's terminator is the caller's to check,
 * within @n->name_room.
 */
static inline bool ffav_var_next_decode(const uint8_t *in, size_t size, struct ffav_var_next *n)
{
	if (size < FFAV_VAR_NEXT_SIZE)
		return false;
	n->guid = in;
	n->name_size = ffav_fetch64(in + 16);
	n->name = in + FFAV_VAR_NEXT_SIZE;
	n->name_room = size - FFAV_VAR_NEXT_SIZE;
	if (n->name_size < n->name_room)
		n->name_room = (size_t)n->name_size;
	return true;
}

/**
 * ffav_var_next_encode() - Write a GetNextVariableName message.
 * @out: payload behind the variable header
 * @capacity: its room, bytes
 * @guid: vendor GUID, 16 bytes
 * @name_size: the NameSize field, bytes
 * @name: the name, @name_bytes bytes
 * @name_bytes: bytes of name to copy; 0 for none
 *
 * Return: true if the fixed part and the name fit in @capacity.
 */
static inline bool ffav_var_next_encode(uint8_t *out, size_t capacity, const void *guid,
					uint64_t name_size, const void *name, size_t name_bytes)
{
	if (!ffav_range_in(FFAV_VAR_NEXT_SIZE, name_bytes, capacity))
		return false;
	memcpy(out, guid, sizeof(struct efi_guid));
	ffav_put64(out + 16, name_size);
	if (name_bytes && name != out + FFAV_VAR_NEXT_SIZE)
		memmove(out + FFAV_VAR_NEXT_SIZE, name, name_bytes);
	return true;
}

/** QueryVariableInfo: MaxStorage 8, Remaining 8, MaxVariable 8, Attributes 4. */
#define FFAV_VAR_INFO_SIZE 28u
/** The same as clients send it that use sizeof on a padded structure. */
#define FFAV_VAR_INFO_PADDED_SIZE 32u

/**
 * struct ffav_var_info - QueryVariableInfo, decoded (function 4).
 * @max_storage: MaximumVariableStorageSize, bytes
 * @remaining: RemainingVariableStorageSize, bytes
 * @max_variable: MaximumVariableSize, bytes
 * @attributes: EFI_VARIABLE_* that the question is about
 */
struct ffav_var_info {
	uint64_t max_storage;
	uint64_t remaining;
	uint64_t max_variable;
	uint32_t attributes;
};

/** ffav_var_info_decode() - Read a QueryVariableInfo message; false if @size is too short. */
static inline bool ffav_var_info_decode(const uint8_t *in, size_t size, struct ffav_var_info *i)
{
	if (size < FFAV_VAR_INFO_SIZE)
		return false;
	i->max_storage = ffav_fetch64(in);
	i->remaining = ffav_fetch64(in + 8);
	i->max_variable = ffav_fetch64(in + 16);
	i->attributes = ffav_fetch32(in + 24);
	return true;
}

/** ffav_var_info_encode() - Write a QueryVariableInfo message; false if it does not fit. */
static inline bool ffav_var_info_encode(uint8_t *out, size_t capacity,
					const struct ffav_var_info *i)
{
	if (capacity < FFAV_VAR_INFO_SIZE)
		return false;
	ffav_put64(out, i->max_storage);
	ffav_put64(out + 8, i->remaining);
	ffav_put64(out + 16, i->max_variable);
	ffav_put32(out + 24, i->attributes);
	return true;
}

/** Payload size message (function 11): one 64-bit size in bytes. */
#define FFAV_VAR_PAYLOAD_SIZE_SIZE 8u

/** Var-check property: Guid 16, NameSize 8, property 24; the name follows. */
#define FFAV_VAR_CHECK_SIZE      48u
#define FFAV_VAR_CHECK_REVISION  1u
#define FFAV_VAR_CHECK_READ_ONLY 1u

/**
 * struct ffav_var_check - Var-check property, decoded (functions 9 and 10).
 * @guid: vendor GUID, 16 bytes
 * @name: UTF-16LE name, @name_size bytes
 * @name_size: bytes
 * @revision: FFAV_VAR_CHECK_REVISION
 * @property: FFAV_VAR_CHECK_READ_ONLY or 0
 * @attributes: attributes that a write must have
 * @min_size: smallest data, bytes
 * @max_size: largest data, bytes
 */
struct ffav_var_check {
	const uint8_t *guid;
	const uint8_t *name;
	uint64_t name_size;
	uint16_t revision;
	uint16_t property;
	uint32_t attributes;
	uint64_t min_size;
	uint64_t max_size;
};

/** ffav_var_check_decode() - Read a var-check message; false if anything announced is missing. */
static inline bool ffav_var_check_decode(const uint8_t *in, size_t size,
					 struct ffav_var_check *c)
{
	if (size < FFAV_VAR_CHECK_SIZE)
		return false;
	c->guid = in;
	c->name_size = ffav_fetch64(in + 16);
	c->revision = ffav_get16(in + 24);
	c->property = ffav_get16(in + 26);
	c->attributes = ffav_get32(in + 28);
	c->min_size = ffav_get64(in + 32);
	c->max_size = ffav_get64(in + 40);
	c->name = in + FFAV_VAR_CHECK_SIZE;
	return ffav_range_in(FFAV_VAR_CHECK_SIZE, c->name_size, size);
}

/** ffav_var_check_encode() - Write a var-check message; false if it does not fit. */
static inline bool ffav_var_check_encode(uint8_t *out, size_t capacity,
					 const struct ffav_var_check *c)
{
	if (!ffav_range_in(FFAV_VAR_CHECK_SIZE, c->name_size, capacity))
		return false;
	memmove(out, c->guid, sizeof(struct efi_guid));
	ffav_put64(out + 16, c->name_size);
	ffav_put16(out + 24, c->revision);
	ffav_put16(out + 26, c->property);
	ffav_put32(out + 28, c->attributes);
	ffav_put64(out + 32, c->min_size);
	ffav_put64(out + 40, c->max_size);
	memmove(out + FFAV_VAR_CHECK_SIZE, c->name, (size_t)c->name_size);
	return true;
}

/**
 * ffav_name_length() - How long is a name?
 * @name: UTF-16LE, any alignment
 * @room: bytes that may be read
 *
 * Looks at four characters at a time: names are what every call has to look at.
 *
 * Return: bytes up to and with the first terminator, 0 if there is none in @room.
 */
FFAV_INLINE size_t ffav_name_length(const uint8_t *name, size_t room)
{
	const uint64_t ones = UINT64_C(0x0001000100010001);
	size_t i = 0;

	for (; room - i >= 8; i += 8) {
		uint64_t four = ffav_get64(name + i);
		/* The top bit of every character that is 0; above the lowest, more may be set. */
		uint64_t zeros = (four - ones) & ~four & (ones << 15);

		if (zeros)
			return i + (size_t)__builtin_ctzll(zeros) / 16 * 2 + 2;
	}
	for (; room - i >= 2; i += 2) {
		if (!ffav_get16(name + i))
			return i + 2;
	}
	return 0;
}

/**
 * ffav_name_check() - Is this a name as messages must carry it?
 * @name: UTF-16LE, any alignment
 * @size: bytes present
 *
 * Return: true if @size is even, at least one character and a terminator, and the only
 * terminator is the last character.
 */
FFAV_INLINE bool ffav_name_check(const uint8_t *name, uint64_t size)
{
	return size >= 4 && ffav_name_length(name, (size_t)size) == size;
}

#endif
