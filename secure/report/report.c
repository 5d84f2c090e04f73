// SPDX-License-Identifier: BSD-3-Clause
/* The ring of refusals. */
#include "secure/report/report.h"

/** Lines of one ration that wait to be taken, at most, and in a row without a refill. */
#define BURST 16u
/** Room for a burst of each ration; a power of two, for counters that wrap. */
#define RING_LINES 64u

_Static_assert(FFAV_REPORT_RATIONS *BURST <= RING_LINES, "a ration finds the ring full");

/**
 * struct report_line - A line in the ring.
 * @ration: whose it is
 * @drops: lines that had been dropped when it came, of all time
 * @size: bytes
 * @text: no terminator
 */
struct report_line {
	enum ffav_report_ration ration;
	unsigned int drops;
	unsigned int size;
	char text[FFAV_REPORT_LINE_MAX];
};

/*
 * Free-running counters with one writer each, so that taking lines needs no
 * lock: whoever reports (one at a time: the manager's lock sees to it) writes
 * put, drops and spent; whoever takes and refills writes taken, told, read and
 * granted. Differences of unsigned counters stay right when these wrap.
 */
static struct report_line ring[RING_LINES];
static unsigned int put;
static unsigned int drops;
static unsigned int taken;
static unsigned int told;

/** struct ration - Lines of one kind: @spent were put into the ring, @read taken out of it. */
static struct ration {
	unsigned int spent;
	unsigned int read;
	unsigned int granted;
} rations[FFAV_REPORT_RATIONS] = {{.granted = BURST}, {.granted = BURST}, {.granted = BURST}};

static unsigned int load(const unsigned int *counter)
{
	return __atomic_load_n(counter, __ATOMIC_ACQUIRE);
}

static void store(unsigned int *counter, unsigned int value)
{
	__atomic_store_n(counter, value, __ATOMIC_RELEASE);
}

/* The next free line, or NULL if too many of the ration wait or its rate does not allow it. */
static struct report_line *begin(enum ffav_report_ration ration)
{
	struct report_line *line = &ring[put % RING_LINES];
	const struct ration *r = &rations[ration];

	if (load(&r->granted) == r->spent || r->spent - load(&r->read) == BURST) {
		store(&drops, drops + 1);
		return NULL;
	}
	line->ration = ration;
	line->drops = drops;
	line->size = 0;
	return line;
}

static void end(enum ffav_report_ration ration)
{
	store(&rations[ration].spent, rations[ration].spent + 1);
	store(&put, put + 1);
}

/* Append a character; what does not print must not reach a console as it is. */
static size_t add_char(char *text, size_t size, char c)
{
	if (c < ' ' || c > '~')
		c = '?';
	if (size < FFAV_REPORT_LINE_MAX)
		text[size++] = c;
	return size;
}

static size_t add_string(char *text, size_t size, const char *s)
{
	while (*s)
		size = add_char(text, size, *s++);
	return size;
}

static size_t add_hex(char *text, size_t size, uint64_t value)
{
	unsigned int shift = 64;

	size = add_string(text, size, "0x");
	while (shift > 4 && !(value >> (shift - 4)))
		shift -= 4;
	while (shift) {
		shift -= 4;
		size = add_char(text, size, "0123456789abcdef"[value >> shift & 0xf]);
	}
	return size;
}

static size_t add_decimal(char *text, size_t size, unsigned int value)
{
	char digits[10];
	size_t count = 0;

	do {
		digits[count++] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	while (count)
		size = add_char(text, size, digits[--count]);
	return size;
}

void ffav_report_refusal(enum ffav_report_ration ration, const char *call, const char *reason,
			 uint64_t value)
{
	struct report_line *line = begin(ration);
	size_t size;

	if (!line)
		return;
	size = add_string(line->text, 0, call);
	size = add_string(line->text, size, " refused: ");
	size = add_string(line->text, size, reason);
	size = add_string(line->text, size, " (value ");
	size = add_hex(line->text, size, value);
	line->size = (unsigned int)add_string(line->text, size, ")");
	end(ration);
}

void ffav_report_line(enum ffav_report_ration ration, const char *source, const char *text,
		      size_t length)
{
	struct report_line *line = begin(ration);
	size_t size;

	if (!line)
		return;
	size = add_string(line->text, 0, source);
	size = add_string(line->text, size, ": ");
	for (size_t i = 0; i < length; i++)
		size = add_char(line->text, size, text[i]);
	line->size = (unsigned int)size;
	end(ration);
}

size_t ffav_report_take(char *line)
{
	/* Drops first: where the ring is empty then, they all came before its next line. */
	unsigned int dropped = load(&drops);
	const struct report_line *oldest = &ring[taken % RING_LINES];
	bool empty = load(&put) == taken;
	size_t size;

	if (!empty)
		dropped = oldest->drops;
	if (dropped != told) {
		size = add_decimal(line, 0, dropped - told);
		size = add_string(line, size,
				  dropped - told == 1 ? " line was" : " lines were");
		size = add_string(line, size, " dropped here.");
		told = dropped;
		return size;
	}
	if (empty)
		return 0;
	size = oldest->size;
	memcpy(line, oldest->text, size);
	store(&rations[oldest->ration].read, rations[oldest->ration].read + 1);
	store(&taken, taken + 1);
	return size;
}

void ffav_report_refill(unsigned int lines)
{
	for (unsigned int i = 0; i < FFAV_REPORT_RATIONS; i++) {
		struct ration *r = &rations[i];
		unsigned int left = r->granted - load(&r->spent);

		store(&r->granted, r->granted + (lines < BURST - left ? lines : BURST - left));
	}
}
