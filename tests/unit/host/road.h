/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: What the tests of the whole road share
 *
 * A flash that lasts for a test, and machines that are switched on and off over
 * it. Helpers fail the test themselves where something that is not its subject
 * goes wrong.
 */
#ifndef TEST_HOST_ROAD_H
#define TEST_HOST_ROAD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h needs the four above. */
#include <cmocka.h>
#include <stdio.h>

#include "abi/variable.h"
#include "machines/host/host.h"

#define NV_BS    (EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS)
#define NV_BS_RT (NV_BS | EFI_VARIABLE_RUNTIME_ACCESS)

/** Bytes of one sector of the flash, and how many it has unless a test says otherwise. */
#define ROAD_SECTOR  4096u
#define ROAD_SECTORS 64u

/**
 * struct road - A flash, and the machine that runs on it now.
 * @nor: the flash
 * @m: the machine, or NULL while it is off
 * @mm: the normal world's connection
 * @told: what was reported since the machine was switched on, as much as fits, one line each
 * @lines: lines reported since the machine was switched on
 */
struct road {
	struct ffav_nor nor;
	struct ffav_host *m;
	struct ffav_mm *mm;
	char told[2048];
	unsigned int lines;
};

/** road_flash() - Make a blank flash of @sectors sectors of ROAD_SECTOR bytes. */
void road_flash(struct road *r, uint32_t sectors);

/** road_on() - Switch a machine on. @options: may be NULL; flash, report hook and context are set here. */
enum ffav_host_boot road_on(struct road *r, const struct ffav_host_options *options);

/** road_boot() - road_on(), which has to succeed, and find the partition. @offset: of messages. */
void road_boot(struct road *r, const struct ffav_host_options *options, size_t offset);

/** road_off() - Pull the plug. */
void road_off(struct road *r);

/** road_end() - Pull the plug and give the flash back. */
void road_end(struct road *r);

/** road_name() - A UTF-16 name from ASCII; lives until the next call but three. */
const uint16_t *road_name(const char *ascii);

/** road_guid - The vendor GUID of the tests' variables. */
extern const struct efi_guid road_guid;

/** road_set() - SetVariable() with road_guid. */
efi_status_t road_set(struct road *r, const char *name, uint32_t attributes, const void *data,
		      size_t size);

/**
 * road_get() - GetVariable() with road_guid.
 * @size: in: room at @data; out: as the service says
 */
efi_status_t road_get(struct road *r, const char *name, uint32_t *attributes, void *data,
		      size_t *size);

/** road_expect() - The variable is there with exactly this content. */
void road_expect(struct road *r, const char *name, uint32_t attributes, const void *data,
		 size_t size);

/** road_count() - Enumerate; how many variables with road_guid are there? */
unsigned int road_count(struct road *r);

/**
 * road_put_set() - Write a SetVariable message into the shared buffer, past the library.
 *
 * Whoever rings the doorbell has it answered, and calls road_take_reply() afterwards.
 */
void road_put_set(struct road *r, const char *name, const void *data, size_t size);

/** road_take_reply() - Let the normal world see what is in memory now; its first bytes. */
const uint8_t *road_take_reply(struct road *r);

/** road_call() - Make one SMC by hand. @x: x0 to x7; the answer replaces them. */
void road_call(uint64_t x[8]);

#endif
