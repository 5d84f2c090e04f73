/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: The variable service on real stores, spoken to in messages
 *
 * The NV store is on the NOR model, which counts and enforces; names are given
 * in ASCII and become UTF-16. Every call checks what holds for every reply.
 */
#ifndef FFAV_TESTS_VARIABLES_FIXTURE_H
#define FFAV_TESTS_VARIABLES_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "machines/host/nor.h"
#include "secure/variables/variables.h"

#define NV  EFI_VARIABLE_NON_VOLATILE
#define BS  EFI_VARIABLE_BOOTSERVICE_ACCESS
#define RT  EFI_VARIABLE_RUNTIME_ACCESS
#define HR  EFI_VARIABLE_HARDWARE_ERROR_RECORD
#define TA  EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS
#define APP EFI_VARIABLE_APPEND_WRITE

#define FX_BUFFER      0x20000u
#define FX_PAYLOAD_MAX (FX_BUFFER - 72u)
#define FX_NAME_MAX    2050u
#define FX_DATA_MAX    0x10000u

/** struct fx - A service, its stores and the message that was last answered. */
struct fx {
	struct ffav_nor nor;
	struct ffav_nor ram;
	struct ffav_store nonvolatile;
	struct ffav_store volatiles;
	void *nonvolatile_memory;
	void *volatiles_memory;
	uint32_t items;
	struct ffav_variables_config config;
	struct ffav_variables v;
	uint8_t *message;
	size_t reply_size;
};

extern const struct efi_guid fx_guid;
extern const struct efi_guid fx_guid2;
extern const struct efi_guid fx_global;

/** fx_open() - A fresh service; 64 sectors of 4 KiB of flash for 300 variables. */
void fx_open(struct fx *f);
/** fx_open_sized() - The same with other sizes. */
void fx_open_sized(struct fx *f, uint32_t sectors, uint32_t items);
/** fx_reset() - Reset the machine: the flash stays, everything else starts again. */
void fx_reset(struct fx *f);
/** fx_close() - Free everything. */
void fx_close(struct fx *f);

/** fx_setup() - cmocka set-up: fx_open() into *state. */
int fx_setup(void **state);
/** fx_teardown() - cmocka tear-down. */
int fx_teardown(void **state);

/** fx_call() - Send the @size bytes of payload at f->message + 16; returns the status. */
efi_status_t fx_call(struct fx *f, uint64_t function, size_t size);
/** fx_payload() - The payload in the message. */
uint8_t *fx_payload(struct fx *f);
/** fx_name() - Write @name as UTF-16 with its terminator; returns its size in bytes. */
size_t fx_name(uint8_t *out, const char *name);
/** fx_key() - Write the key under which the store has a variable; returns its size in bytes. */
size_t fx_key(uint8_t *out, const struct efi_guid *guid, const char *name);
/** fx_access() - Write an access message; returns its payload size. */
size_t fx_access(struct fx *f, const struct efi_guid *guid, const char *name,
		 uint32_t attributes, uint64_t data_size, const void *data);

efi_status_t fx_set(struct fx *f, const char *name, uint32_t attributes, const void *data,
		    size_t size);
efi_status_t fx_set_guid(struct fx *f, const struct efi_guid *guid, const char *name,
			 uint32_t attributes, const void *data, size_t size);
/** fx_lock() - Function 8: make a variable read-only until reset. */
efi_status_t fx_lock(struct fx *f, const struct efi_guid *guid, const char *name);
/** fx_get() - GetVariable with @room bytes of room; @f->message holds the reply. */
efi_status_t fx_get(struct fx *f, const struct efi_guid *guid, const char *name, uint64_t room);
/** fx_expect() - Assert that the variable is there with these attributes and this data. */
void fx_expect(struct fx *f, const struct efi_guid *guid, const char *name, uint32_t attributes,
	       const void *data, size_t size);
/** fx_absent() - Assert that the variable is not there. */
void fx_absent(struct fx *f, const char *name);
/** fx_next() - GetNextVariableName; @name and @guid are those in the message afterwards. */
efi_status_t fx_next(struct fx *f, struct efi_guid *guid, char *name, uint64_t room);
/** fx_count() - Enumerate; how many names are there? */
unsigned int fx_count(struct fx *f);
/** fx_enumerated() - Enumerate; how often does this name come? */
unsigned int fx_enumerated(struct fx *f, const struct efi_guid *guid, const char *name);
/** fx_reported() - Take all reports; was there one with these words? */
bool fx_reported(const char *words);

#endif
