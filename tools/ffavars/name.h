/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: Variable names as people write them
 *
 * As efivar does: the vendor GUID, a hyphen, the name. A few well-known GUIDs
 * also have a word. Names are UTF-8 on the command line and UTF-16 in EFI.
 */
#ifndef FFAVARS_NAME_H
#define FFAVARS_NAME_H

#include <stdio.h>

#include "abi/efi.h"

/** Most characters of a name that the tool takes, without the terminator. */
#define NAME_MAX_CHARACTERS 1024u

/**
 * struct name - A variable's name.
 * @guid: vendor GUID
 * @text: UTF-16 in this machine's byte order, with its terminator
 */
struct name {
	struct efi_guid guid;
	uint16_t text[NAME_MAX_CHARACTERS + 1];
};

/**
 * name_parse() - Read a name.
 * @in: "guid-Name", "{guid}-Name" or "word-Name"; \uXXXX stands for a character, \\ for a \
 * @out: filled in
 * @why: where a sentence about what is wrong goes
 *
 * Return: 0, or -1 if @in is no name.
 */
int name_parse(const char *in, struct name *out, const char **why);

/** name_print() - Write a name so that name_parse() reads it again. Nothing unprintable gets out. */
void name_print(FILE *out, const struct efi_guid *guid, const uint16_t *text);

/** name_print_text() - The same without the GUID. */
void name_print_text(FILE *out, const uint16_t *text);

/** name_print_utf8() - Write UTF-8 that came from outside: \uXXXX for what must not reach a terminal. */
void name_print_utf8(FILE *out, const char *text);

/**
 * name_is_plain() - May this character reach a terminal as it is?
 *
 * Control characters, also the C1 set, may not, nor may marks that change the direction of text.
 */
bool name_is_plain(uint32_t c);

/**
 * name_take_utf8() - One character of UTF-8.
 * @in: terminated text
 * @c: where the character goes
 *
 * Return: bytes taken, 0 if it is not well formed.
 */
size_t name_take_utf8(const char *in, uint32_t *c);

/** name_print_guid() - A GUID in its usual spelling. */
void name_print_guid(FILE *out, const struct efi_guid *guid);

/**
 * name_to_utf8() - A name as UTF-8, nothing escaped.
 * @text: UTF-16 with its terminator
 * @exact: whether name_from_utf8() gives the same again; without, halves of surrogate pairs
 *	became U+FFFD
 *
 * Return: the text, for free(), or NULL without memory.
 */
char *name_to_utf8(const uint16_t *text, bool *exact);

/**
 * name_from_utf8() - The other way.
 * @in: UTF-8, terminated
 * @out: NAME_MAX_CHARACTERS + 1 characters, terminated
 *
 * Return: the number of characters, or -1 if @in is not UTF-8 or too long.
 */
int name_from_utf8(const char *in, uint16_t *out);

/** name_guid_text() - A GUID in its usual spelling. @out: NAME_GUID_TEXT bytes. Return: @out. */
const char *name_guid_text(const struct efi_guid *guid, char *out);

/** Bytes of a GUID in its usual spelling, with a terminator. */
#define NAME_GUID_TEXT 37u

/** name_guid_parse() - Read a GUID in its usual spelling. Return: false if @in is none. */
bool name_guid_parse(const char *in, struct efi_guid *guid);

/** name_guid_word() - The word for a well-known GUID, or NULL. */
const char *name_guid_word(const struct efi_guid *guid);

/** name_print_words() - One line per known word: the word and its GUID. */
void name_print_words(FILE *out);

#endif
