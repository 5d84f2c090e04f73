/* SPDX-License-Identifier: BSD-3-Clause */
/* The secure console; see console.h. PL011: Arm DDI0183. */
#include "machines/qemu-virt/el3/console.h"
#include "machines/qemu-virt/el3/lock.h"
#include "machines/qemu-virt/el3/monitor.h"
#include "machines/qemu-virt/el3/sysreg.h"
#include "machines/qemu-virt/memory.h"
#include "secure/report/report.h"
#include "secure/spmc/spmc.h"

#define UART_DR   0x00
#define UART_FR   0x18
#define UART_LCRH 0x2c
#define UART_CR   0x30

#define UART_FR_TXFF    (1u << 5)
#define UART_LCRH_8BITS (3u << 5)
#define UART_LCRH_FIFO  (1u << 4)
#define UART_CR_ENABLE  ((1u << 0) | (1u << 8))

/* Bytes that one call of ffav_console_drain() writes at most: the depth of the FIFO. */
#define DRAIN_MAX 16u
/* How often reports are taken, and one more is allowed. */
#define REPORTS_PER_SECOND 16u
/* A fault's report waits for the UART if none has for so many seconds. */
#define WAIT_SECONDS 10u
/* Who waits for the UART gives it up if it takes nothing for this part of a second. */
#define GIVE_UP_PER_SECOND 20u

static struct {
	struct ffav_lock lock;
	uint8_t bytes[4096];
	unsigned int head;
	unsigned int used;
	unsigned int dropped;
	uint64_t refilled;
	bool waited;
	uint64_t wait_again;
} console;

static void put(uint8_t byte)
{
	console.bytes[(console.head + console.used) % sizeof(console.bytes)] = byte;
	console.used++;
}

static void put_text(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		put((uint8_t)text[i]);
}

static size_t text_length(const char *text)
{
	size_t n = 0;

	while (text[n])
		n++;
	return n;
}

/* "0x" and at least one digit; @out has 18 bytes. */
static size_t hexadecimal(char *out, uint64_t value)
{
	unsigned int shift = 60;
	size_t n = 2;

	out[0] = '0';
	out[1] = 'x';
	while (shift && !(value >> shift))
		shift -= 4;
	for (;; shift -= 4) {
		out[n++] = "0123456789abcdef"[(value >> shift) & 15];
		if (!shift)
			return n;
	}
}

static bool room(size_t length)
{
	if (length + 2 <= sizeof(console.bytes) - console.used)
		return true;
	console.dropped++;
	return false;
}

/* Says how many lines were dropped, once there is room for saying it. */
static void announce_dropped(void)
{
	static const char text[] = " lines did not fit in the console's ring";
	char number[18];
	size_t length;

	if (!console.dropped || sizeof(console.bytes) - console.used < 128)
		return;
	length = hexadecimal(number, console.dropped);
	console.dropped = 0;
	put_text(number, length);
	put_text(text, sizeof(text) - 1);
	put('\r');
	put('\n');
}

void ffav_console_init(void)
{
	ffav_write32(FFAV_SECURE_UART_BASE + UART_CR, 0);
	ffav_write32(FFAV_SECURE_UART_BASE + UART_LCRH, UART_LCRH_8BITS | UART_LCRH_FIFO);
	ffav_write32(FFAV_SECURE_UART_BASE + UART_CR, UART_CR_ENABLE);
}

void ffav_console_line(const char *text, size_t length)
{
	if (!ffav_lock_unless_panicked(&console.lock))
		return;
	announce_dropped();
	if (room(length)) {
		/* What others wrote is shown, not obeyed. */
		for (size_t i = 0; i < length; i++)
			put((uint8_t)(text[i] >= ' ' && text[i] <= '~' ? text[i] : '.'));
		put('\r');
		put('\n');
	}
	ffav_unlock(&console.lock);
}

void ffav_console_value(const char *before, uint64_t value, const char *after)
{
	size_t first = text_length(before);
	size_t last = text_length(after);
	char number[18];
	size_t length = hexadecimal(number, value);

	if (!ffav_lock_unless_panicked(&console.lock))
		return;
	announce_dropped();
	if (room(first + length + last)) {
		put_text(before, first);
		put_text(number, length);
		put_text(after, last);
		put('\r');
		put('\n');
	}
	ffav_unlock(&console.lock);
}

static bool uart_full(void)
{
	return ffav_read32(FFAV_SECURE_UART_BASE + UART_FR) & UART_FR_TXFF;
}

/* Wait until the UART takes a byte. Return: false if it takes none for long. */
static bool wait_for_uart(void)
{
	uint64_t patience = ffav_sysreg_read(cntfrq_el0) / GIVE_UP_PER_SECOND;
	uint64_t start = ffav_sysreg_read(cntpct_el0);

	while (uart_full()) {
		if (ffav_sysreg_read(cntpct_el0) - start > patience)
			return false;
	}
	return true;
}

/* The ring's first byte. */
static void write_first(void)
{
	ffav_write32(FFAV_SECURE_UART_BASE + UART_DR, console.bytes[console.head]);
	console.head = (console.head + 1) % (unsigned int)sizeof(console.bytes);
	console.used--;
}

/* Is there something to write? After a panic the UART is that CPU's alone. */
static bool waiting(void)
{
	return console.used && !ffav_has_panicked();
}

/*
 * Allow one more report, and move what there is to the console's ring, as far as that has
 * room. The manager's lock covers its reports too.
 */
static void take_reports(void)
{
	char line[FFAV_REPORT_LINE_MAX];
	size_t length;

	if (!ffav_machine_lock_unless_panicked())
		return;
	ffav_report_refill(1);
	while (sizeof(console.bytes) - console.used >= FFAV_REPORT_LINE_MAX + 2) {
		length = ffav_report_take(line);
		if (!length)
			break;
		put_text(line, length);
		put('\r');
		put('\n');
	}
	ffav_machine_unlock();
}

/* Write out what is in the ring, waiting for the UART as long as it goes on taking bytes. */
static void write_all(void)
{
	while (waiting() && wait_for_uart())
		write_first();
}

void ffav_console_fault(const char *name, const struct ffav_fault *fault)
{
	static const char *const label[] = {" made a fault and is stopped: ESR ", " ELR ",
					    " FAR "};
	const uint64_t value[] = {fault->esr, fault->elr, fault->far};
	size_t length = text_length(name);
	char number[18];

	bool wait;

	if (!ffav_lock_unless_panicked(&console.lock))
		return;
	wait = !console.waited || ffav_sysreg_read(cntpct_el0) > console.wait_again;
	/* What the partition said before it died comes first. */
	if (wait)
		write_all();
	take_reports();
	if (wait)
		write_all();
	announce_dropped();
	if (room(length + 128)) {
		put_text(name, length);
		for (unsigned int i = 0; i < 3; i++) {
			put_text(label[i], text_length(label[i]));
			put_text(number, hexadecimal(number, value[i]));
		}
		put('\r');
		put('\n');
	}
	if (wait) {
		write_all();
		console.waited = true;
		console.wait_again = ffav_sysreg_read(cntpct_el0) +
				     WAIT_SECONDS * ffav_sysreg_read(cntfrq_el0);
	}
	ffav_unlock(&console.lock);
}

void ffav_console_drain(void)
{
	uint64_t now = ffav_sysreg_read(cntpct_el0);
	uint64_t step = ffav_sysreg_read(cntfrq_el0) / REPORTS_PER_SECOND;

	/* Another CPU at it is as good. */
	if (!ffav_trylock(&console.lock))
		return;
	/* A taken line says how many were dropped before it: that has to be rare, too. */
	if (now - console.refilled >= step) {
		console.refilled = now;
		take_reports();
	}
	for (unsigned int i = 0; i < DRAIN_MAX && waiting() && !uart_full(); i++)
		write_first();
	ffav_unlock(&console.lock);
}

void ffav_console_flush(void)
{
	uint64_t start;

	if (ffav_lock_unless_panicked(&console.lock)) {
		take_reports();
		write_all();
		ffav_unlock(&console.lock);
	}
	if (!ffav_has_panicked())
		return;
	/* Whoever panicked writes what there is: a full ring and some waiting take that long. */
	start = ffav_sysreg_read(cntpct_el0);
	while (ffav_sysreg_read(cntpct_el0) - start < ffav_sysreg_read(cntfrq_el0))
		;
}

/* Another CPU may be at its last byte; this one, or another that panicked, may hold the lock for good. */
static void wait_for_writer(void)
{
	/* Longer than that one waits for the UART. */
	uint64_t patience = 2 * ffav_sysreg_read(cntfrq_el0) / GIVE_UP_PER_SECOND;
	uint64_t start = ffav_sysreg_read(cntpct_el0);

	while (__atomic_load_n(&console.lock.taken, __ATOMIC_ACQUIRE)) {
		if (ffav_sysreg_read(cntpct_el0) - start > patience)
			return;
	}
}

static void write_now(const char *text, size_t length)
{
	for (size_t i = 0; i < length && wait_for_uart(); i++)
		ffav_write32(FFAV_SECURE_UART_BASE + UART_DR, (uint8_t)text[i]);
}

void ffav_console_panic(const char *what, uint64_t value)
{
	char number[18];
	size_t length = hexadecimal(number, value);

	/* It may come before ffav_console_init(). */
	ffav_console_init();
	wait_for_writer();
	/* Counted here: two CPUs may panic at a time. */
	for (unsigned int left = console.used; left && wait_for_uart(); left--)
		write_first();
	console.used = 0;
	write_now(what, text_length(what));
	write_now(number, length);
	write_now("\r\n", 2);
}
