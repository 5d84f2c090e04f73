// SPDX-License-Identifier: BSD-3-Clause
/*
 * Say a recorded conversation again, to our secure world on the host machine: the same registers
 * and bytes go in, and the same have to come out. TAP, one point per section.
 *
 *   replay FILE                        replay it
 *   replay --fill FLASH OFFSET SIZE..  fill the store at OFFSET of an image with data of
 *                                      these sizes, for recording with it; in hexadecimal
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/ffa.h"
#include "abi/variable.h"
#include "machines/host/host.h"
#include "tests/replay/script.h"

/* The flash of the QEMU machine (machines/qemu-virt/memory.h), so that all sizes are the same. */
#define SECTOR_SIZE  0x40000u
#define SECTOR_COUNT 16u
#define PROGRAM_UNIT 4u
/* More variables than the partition takes. */
#define FILL_MAX 10000u

static const struct efi_guid fill_guid = EFI_GUID_INIT(0x5f3d2a10, 0x7c41, 0x4b8e, 0x9d, 0x02,
						       0x11, 0x22, 0x33, 0x44, 0x55, 0x66);

/**
 * struct player - A replay.
 * @nor: the flash
 * @m: the machine, or NULL before it is first switched on
 * @step: what is replayed
 * @rx: where the caller's RX buffer is, or 0
 * @failed: the answer was not the recorded one
 */
struct player {
	struct ffav_nor nor;
	struct ffav_host *m;
	struct replay_step step;
	uint64_t rx;
	bool failed;
};

static void report(void *context, const char *line, size_t length)
{
	(void)context;
	printf("# secure world: %.*s\n", (int)length, line);
}

static bool power_on(struct player *p)
{
	struct ffav_host_options options = {.nor = &p->nor, .hooks = {.report = report}};

	ffav_host_destroy(p->m);
	p->rx = 0;
	p->m = ffav_host_create(&options);
	if (p->m && ffav_host_boot(p->m) == FFAV_HOST_READY)
		return true;
	printf("# The machine does not start.\n");
	return false;
}

/** struct fill - How the store is filled, and how it went. */
struct fill {
	struct ffav_host *m;
	const size_t *sizes;
	unsigned int size_count;
	unsigned int written;
	efi_status_t status;
};

static void fill_name(uint16_t name[9], unsigned int i)
{
	char text[9];

	snprintf(text, sizeof(text), "Fill%04u", i % FILL_MAX);
	for (unsigned int c = 0; c < 9; c++)
		name[c] = (uint8_t)text[c];
}

/* In the normal world: for each size as many variables as the store takes. */
static void fill_world(void *argument)
{
	static uint8_t value[REPLAY_BYTES_MAX];
	struct fill *f = argument;
	struct ffav_mm *mm = ffav_host_resident(f->m);
	uint16_t name[9];

	f->status = ffav_host_probe(f->m, 0, true);
	for (unsigned int i = 0; !f->status && i < f->size_count; i++) {
		do {
			fill_name(name, f->written);
			memset(value, (int)f->written, f->sizes[i]);
			f->status = ffav_set_variable(mm, name, &fill_guid,
						      EFI_VARIABLE_NON_VOLATILE |
							      EFI_VARIABLE_BOOTSERVICE_ACCESS |
							      EFI_VARIABLE_RUNTIME_ACCESS,
						      f->sizes[i], value);
		} while (!f->status && ++f->written < FILL_MAX);
		if (f->status == EFI_OUT_OF_RESOURCES)
			f->status = EFI_SUCCESS;
	}
}

static bool fill_store(struct player *p, const size_t *sizes, unsigned int size_count)
{
	struct fill f = {.sizes = sizes, .size_count = size_count};

	if (!power_on(p))
		return false;
	f.m = p->m;
	if (!ffav_host_run(p->m, 0, fill_world, &f) || f.status || f.written == FILL_MAX) {
		printf("# The store does not become full: status 0x%" PRIx64
		       " after %u variables.\n",
		       (uint64_t)f.status, f.written);
		return false;
	}
	ffav_host_destroy(p->m);
	p->m = NULL;
	return true;
}

static bool differs(const char *what, const uint8_t *got, const struct replay_bytes *expected)
{
	for (size_t i = 0; i < expected->size; i++) {
		if (got[i] != expected->bytes[i]) {
			printf("# Byte 0x%zx of the %s is 0x%02x, recorded was 0x%02x.\n", i,
			       what, got[i], expected->bytes[i]);
			return true;
		}
	}
	return false;
}

static bool has_buffer(const struct player *p, const struct replay_bytes *b)
{
	return !b->present ||
	       ffav_range_in(b->offset, b->size, ffav_host_memory(p->m)->buffer_size);
}

/* In the normal world: one call. */
static void say(void *argument)
{
	struct player *p = argument;
	const struct replay_step *step = &p->step;
	struct ffav_host_memory *memory = ffav_host_memory(p->m);
	uint8_t *buffer = ffav_memory_ram(memory, FFAV_HOST_BUFFER, memory->buffer_size);
	struct ffav_smc_regs regs = step->in;
	const uint8_t *rx;

	if (step->message.present)
		memcpy(buffer + step->message.offset, step->message.bytes, step->message.size);
	ffav_smc(&regs);
	for (unsigned int i = 0; i < FFAV_SMC_REGS; i++) {
		if (regs.x[i] != step->out.x[i]) {
			printf("# x%u is 0x%" PRIx64 ", recorded was 0x%" PRIx64 ".\n", i,
			       regs.x[i], step->out.x[i]);
			p->failed = true;
		}
	}
	if (step->reply.present && differs("reply", buffer + step->reply.offset, &step->reply))
		p->failed = true;
	if ((uint32_t)step->in.x[0] == FFA_RXTX_MAP_64 && (uint32_t)regs.x[0] == FFA_SUCCESS_32)
		p->rx = step->in.x[2];
	if (!step->rx.present)
		return;
	rx = ffav_memory_ram(memory, p->rx, step->rx.size);
	if (!rx) {
		printf("# There are descriptors, but no RX buffer.\n");
		p->failed = true;
	} else if (differs("RX buffer", rx, &step->rx)) {
		p->failed = true;
	}
}

static bool play_call(struct player *p)
{
	if (!p->m) {
		printf("# There is a call before the first 'boot'.\n");
		return false;
	}
	if (!has_buffer(p, &p->step.message) || !has_buffer(p, &p->step.reply)) {
		printf("# The message is not in the shared buffer.\n");
		return false;
	}
	if (!ffav_host_run(p->m, 0, say, p)) {
		printf("# The power was cut.\n");
		return false;
	}
	return !p->failed;
}

static bool play_step(struct player *p)
{
	switch (p->step.kind) {
	case REPLAY_FILL:
		return fill_store(p, p->step.sizes, p->step.size_count);
	case REPLAY_BOOT:
		return power_on(p);
	case REPLAY_CALL:
		return play_call(p);
	case REPLAY_BROKEN:
		return false;
	default:
		return true;
	}
}

static bool play_file(struct player *p, const char *name)
{
	struct replay_script script = {.name = name, .file = fopen(name, "r")};
	unsigned int sections = 0, calls = 0;
	char title[sizeof(p->step.title)] = "start";
	bool fine = true;

	if (!script.file) {
		fprintf(stderr, "%s cannot be opened.\n", name);
		return false;
	}
	do {
		replay_next(&script, &p->step);
		if (p->step.kind == REPLAY_SECTION || p->step.kind == REPLAY_END) {
			/* A section proves something by the calls it has. */
			if (calls)
				printf("ok %u - %s (%u calls)\n", ++sections, title, calls);
			calls = 0;
			memcpy(title, p->step.title, sizeof(title));
			continue;
		}
		calls += p->step.kind == REPLAY_CALL;
		fine = play_step(p);
		if (!fine)
			printf("not ok %u - %s: %s:%u\n", ++sections, title, name,
			       p->step.line);
	} while (fine && p->step.kind != REPLAY_END);
	if (!sections) {
		printf("not ok 1 - %s has no calls\n", name);
		sections = 1;
		fine = false;
	}
	printf("1..%u\n", sections);
	fclose(script.file);
	return fine;
}

static int fill_image(struct player *p, char **arguments, int count)
{
	size_t sizes[REPLAY_SIZES_MAX];
	uint64_t offset = strtoull(arguments[1], NULL, 16);
	int fd, result;

	for (int i = 2; i < count; i++) {
		sizes[i - 2] = strtoul(arguments[i], NULL, 16);
		if (!sizes[i - 2] || sizes[i - 2] > REPLAY_BYTES_MAX) {
			fprintf(stderr, "%s is no size of data.\n", arguments[i]);
			return 1;
		}
	}
	fd = open(arguments[0], O_RDWR);
	if (fd < 0 ||
	    ffav_nor_file(&p->nor, SECTOR_SIZE, SECTOR_COUNT, PROGRAM_UNIT, fd, offset, true)) {
		perror(arguments[0]);
		return 1;
	}
	close(fd);
	result = fill_store(p, sizes, (unsigned int)(count - 2)) ? 0 : 1;
	ffav_host_destroy(p->m);
	ffav_nor_close(&p->nor);
	return result;
}

int main(int argc, char **argv)
{
	static struct player p;
	bool fine;

	if (argc >= 5 && argc <= 4 + (int)REPLAY_SIZES_MAX && !strcmp(argv[1], "--fill"))
		return fill_image(&p, argv + 2, argc - 2);
	if (argc != 2) {
		fprintf(stderr, "usage: replay FILE | replay --fill FLASH OFFSET SIZE...\n");
		return 2;
	}
	if (ffav_nor_memory(&p.nor, SECTOR_SIZE, SECTOR_COUNT, PROGRAM_UNIT)) {
		fprintf(stderr, "There is no memory for the flash.\n");
		return 2;
	}
	fine = play_file(&p, argv[1]);
	ffav_host_destroy(p.m);
	ffav_nor_close(&p.nor);
	return fine ? 0 : 1;
}
