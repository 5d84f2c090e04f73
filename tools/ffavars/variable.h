/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Variables outside of any store
 *
 * What dump, export and import pass between the store and the file formats.
 */
#ifndef FFAVARS_VARIABLE_H
#define FFAVARS_VARIABLE_H

#include "secure/store/store.h"
#include "tools/ffavars/name.h"

/** Most data of one variable that a file may hold, bytes. */
#define VARIABLE_DATA_MAX ((size_t)(FFAV_STORE_DATA_MAX))
/** Most variables that a file may hold. */
#define VARIABLES_MAX 65534u

/**
 * struct variable - One variable with everything that is stored of it.
 * @guid: vendor GUID
 * @name: UTF-16 in this machine's byte order, with its terminator; owned
 * @name_length: characters without the terminator
 * @attributes: EFI_VARIABLE_*
 * @data: owned
 * @size: bytes at @data
 * @has_time: @time is there
 * @time: EFI_TIME of the last authenticated write
 * @signer_size: bytes of @signer, 0 for none
 * @signer: digest by which later writers are known
 * @where: offset in the file that it was read from, bytes; 0 from a store
 */
struct variable {
	struct efi_guid guid;
	uint16_t *name;
	size_t name_length;
	uint32_t attributes;
	uint8_t *data;
	size_t size;
	bool has_time;
	uint8_t time[FFAV_STORE_TIME_SIZE];
	uint8_t signer_size;
	uint8_t signer[FFAV_STORE_SIGNER_MAX];
	size_t where;
};

/** struct variables - Many of them. @all: owned; @count: how many; @room: for how many. */
struct variables {
	struct variable *all;
	size_t count;
	size_t room;
};

/** struct problem - What is wrong with a file, as a sentence. */
struct problem {
	char text[512];
};

/** problem_set() - Say what is wrong. Return: -1, for the caller to return. */
int problem_set(struct problem *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * variables_add() - Make room for one more variable.
 * @list: the list
 * @name_length: characters
 * @size: bytes of data
 *
 * Return: a variable whose name (terminated, else zero) and data can be filled in, or NULL
 * without memory. Valid until the next call.
 */
struct variable *variables_add(struct variables *list, size_t name_length, size_t size);

/** variables_drop() - Take one out again. @index: its place. */
void variables_drop(struct variables *list, size_t index);

/** variables_sort() - Put them in the order of their GUIDs and names. */
void variables_sort(struct variables *list);

/** variables_free() - Give everything back. */
void variables_free(struct variables *list);

/**
 * variables_check() - Is this a set of variables that a store can hold?
 * @list: the set
 * @p: where what is wrong goes, with the offset
 *
 * Looks at names, attributes, time stamps, and whether one is there twice. Return: 0 or -1.
 */
int variables_check(const struct variables *list, struct problem *p);

/**
 * variable_time_is_odd() - Has it a time stamp that is no date?
 *
 * The variable service takes what was signed with one; zeros, which stand for none, are not odd.
 */
bool variable_time_is_odd(const struct variable *v);

/** variable_same() - Are all fields but @where equal? */
bool variable_same(const struct variable *a, const struct variable *b);

/** variable_is() - Is this the variable of that name? @name: ASCII */
bool variable_is(const struct variable *v, const struct efi_guid *guid, const char *name);

/** Most bytes of a key in the store. */
#define VARIABLE_KEY_MAX (sizeof(struct efi_guid) + (size_t)2 * NAME_MAX_CHARACTERS)

/** variable_key() - Its key in the store. @out: VARIABLE_KEY_MAX bytes. Return: bytes. */
size_t variable_key(const struct variable *v, uint8_t *out);

/**
 * variable_change() - What puts a variable into the store, with all that it has.
 * @v: the variable, which must stay
 * @key: VARIABLE_KEY_MAX bytes that must stay
 */
struct ffav_store_change variable_change(const struct variable *v, uint8_t *key);

/**
 * variable_label() - GUID and name for a message.
 * @v: the variable
 * @out: where it goes, cut off where it is longer
 * @room: bytes at @out
 *
 * Return: @out.
 */
const char *variable_label(const struct variable *v, char *out, size_t room);

/** variable_is_key_database() - Is this PK, KEK, db, dbx, dbt or dbr, whose signers are fixed? */
bool variable_is_key_database(const struct variable *v);

#endif
