/* SPDX-License-Identifier: BSD-3-Clause */
/* The conversation between the worlds, on the secure console; see trace.h. */
#include "machines/qemu-virt/el3/trace.h"

#include "abi/ffa.h"
#include "abi/mm.h"
#include "machines/qemu-virt/el3/console.h"
#include "machines/qemu-virt/el3/lock.h"
#include "machines/qemu-virt/el3/monitor.h"
#include "machines/qemu-virt/memory.h"
#include "secure/spmc/spmc.h"

/* Bytes per data line, and how many equal ones are worth a line of their own. */
#define DATA_MAX 32u
#define SAME_MIN 16u

/* The line that is being made; one CPU at a time. */
static struct {
	struct ffav_lock lock;
	char text[18 * (16 + 1) + 16];
	size_t length;
} line;

/* What each CPU waits for. */
static struct {
	bool message;
	size_t offset;
	size_t size;
	bool descriptors;
} calls[FFAV_CPUS_MAX];

static void put_char(char c)
{
	line.text[line.length++] = c;
}

static void put_text(const char *text)
{
	while (*text)
		put_char(*text++);
}

static void put_number(uint64_t value)
{
	unsigned int shift = 60;

	while (shift && !(value >> shift))
		shift -= 4;
	for (;; shift -= 4) {
		put_char("0123456789abcdef"[(value >> shift) & 15]);
		if (!shift)
			return;
	}
}

static void put_byte(uint8_t byte)
{
	put_char("0123456789abcdef"[byte >> 4]);
	put_char("0123456789abcdef"[byte & 15]);
}

static void begin(unsigned int cpu, const char *what)
{
	line.length = 0;
	put_char('~');
	put_number(cpu);
	put_char(' ');
	put_text(what);
}

/* Each line is written out at once: a whole conversation does not fit in the ring. */
static void end(void)
{
	ffav_console_line(line.text, line.length);
	ffav_console_flush();
}

static void put_registers(unsigned int cpu, const char *what, const uint64_t *x)
{
	unsigned int count = FFAV_SMC_REGS;

	while (count > 1 && !x[count - 1])
		count--;
	begin(cpu, what);
	for (unsigned int i = 0; i < count; i++) {
		put_char(' ');
		put_number(x[i]);
	}
	end();
}

/* How many bytes at @bytes are equal to the first. */
static size_t same(const uint8_t *bytes, size_t size)
{
	size_t n = 1;

	while (n < size && bytes[n] == bytes[0])
		n++;
	return n;
}

static void put_bytes(unsigned int cpu, const uint8_t *bytes, size_t size)
{
	size_t run, n;

	while (size) {
		run = same(bytes, size);
		n = 0;
		if (run >= SAME_MIN) {
			begin(cpu, "same ");
			put_byte(bytes[0]);
			put_char(' ');
			put_number(run);
			n = run;
		} else {
			begin(cpu, "data ");
			while (n < size && n < DATA_MAX && same(bytes + n, size - n) < SAME_MIN)
				put_byte(bytes[n++]);
		}
		end();
		bytes += n;
		size -= n;
	}
}

/* Offset of a message in the shared buffer, whatever dialect names it; false if none does. */
static bool message_offset(const uint64_t *x, size_t *offset)
{
	uint64_t where;

	switch ((uint32_t)x[0]) {
	case FFA_MSG_SEND_DIRECT_REQ_64:
		where = x[3];
		break;
	case FFA_MSG_SEND_DIRECT_REQ2:
		where = x[4];
		break;
	default:
		return false;
	}
	if (where >= FFAV_SHARED_BUFFER_BASE)
		where -= FFAV_SHARED_BUFFER_BASE;
	*offset = (size_t)where;
	return where < FFAV_SHARED_BUFFER_SIZE;
}

/* Bytes of the message at @offset, header included; of what makes no sense, none. */
static size_t message_size(size_t offset)
{
	struct ffav_mm_header h;

	if (!ffav_mm_header_decode((const uint8_t *)FFAV_SHARED_BUFFER_BASE + offset,
				   FFAV_SHARED_BUFFER_SIZE - offset, &h))
		return 0;
	return h.header_size + (size_t)h.data_size;
}

static void put_message(unsigned int cpu, const char *what, size_t offset, size_t size)
{
	begin(cpu, what);
	put_char(' ');
	put_number(offset);
	put_char(' ');
	put_number(size);
	end();
	put_bytes(cpu, (const uint8_t *)FFAV_SHARED_BUFFER_BASE + offset, size);
}

static void put_descriptors(unsigned int cpu, const uint64_t *x)
{
	const struct ffav_endpoint *normal = &ffav_manager()->normal;
	uint64_t size = x[3] ? x[3] : FFA_PARTITION_INFO_SIZE_1_0;

	if (!normal->rx || x[2] > FFA_PAGE_SIZE || size > FFA_PAGE_SIZE ||
	    x[2] * size > FFA_PAGE_SIZE)
		return;
	begin(cpu, "rx ");
	put_number(x[2] * size);
	end();
	put_bytes(cpu, normal->rx, (size_t)(x[2] * size));
}

void ffav_trace_boot(void)
{
	static const char boot[] = "~boot";

	ffav_console_line(boot, sizeof(boot) - 1);
	ffav_console_flush();
}

void ffav_trace_call(unsigned int cpu, const uint64_t *x)
{
	uint32_t fid = (uint32_t)x[0];
	size_t offset;

	ffav_lock(&line.lock);
	put_registers(cpu, "call", x);
	if (fid != FFA_RUN) {
		calls[cpu].descriptors =
			fid == FFA_PARTITION_INFO_GET && !(x[5] & FFA_PARTITION_INFO_COUNT);
		calls[cpu].message = message_offset(x, &offset);
		if (calls[cpu].message) {
			calls[cpu].offset = offset;
			calls[cpu].size = message_size(offset);
			put_message(cpu, "message", offset, calls[cpu].size);
		}
	}
	ffav_unlock(&line.lock);
}

void ffav_trace_answer(unsigned int cpu, const uint64_t *x)
{
	uint32_t fid = (uint32_t)x[0];
	size_t size;

	ffav_lock(&line.lock);
	put_registers(cpu, "answer", x);
	if (fid == FFA_SUCCESS_32 && calls[cpu].descriptors)
		put_descriptors(cpu, x);
	if (calls[cpu].message && fid != FFA_INTERRUPT && fid != FFA_YIELD) {
		size = message_size(calls[cpu].offset);
		/* What the reply is too short for has to stay as it was, too. */
		if (size < calls[cpu].size)
			size = calls[cpu].size;
		put_message(cpu, "reply", calls[cpu].offset, size);
		calls[cpu].message = false;
	}
	ffav_unlock(&line.lock);
}
