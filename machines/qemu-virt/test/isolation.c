/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A normal world that shows what keeps whom from what. It lets a partition try what it must not
 * be able to do, tries itself what the normal world must not, and ends the MM partition in the
 * middle of what it does to the flash; after each it looks that everybody else still answers and
 * that whoever made a fault is there again. tests/system/qemu_el3_isolation.py reads the secure
 * console.
 */
#include "abi/variable.h"
#include "machines/qemu-virt/el3/sysreg.h"
#include "machines/qemu-virt/memory.h"
#include "machines/qemu-virt/rogue/rogue.h"
#include "machines/qemu-virt/test/library.h"

#define ECHO   0x8002u
#define ROGUE  0x8011u
#define PEER   0x8012u
#define HCR_RW (UINT64_C(1) << 31)
#define SIZE   600u
/* crash_bus.c */
#define COUNTDOWN ((volatile uint64_t *)(FFAV_SHARED_BUFFER_BASE + FFAV_SHARED_BUFFER_SIZE - 8))
/* Memory of the normal world that nobody shares. */
#define OURS (FFAV_SHARED_BUFFER_BASE + FFAV_SHARED_BUFFER_SIZE)
/* More writes to the chips than SetVariable() of SIZE bytes makes. */
#define WRITES_MAX 600u
/* The partition is ended before each of so many writes, and then before some of the others. */
#define WRITES_EACH 24u
#define WRITES_STEP 11u

/* el1.S */
uint64_t isolation_at_el1(uint64_t (*function)(uint64_t), uint64_t argument);

/* The last value of the variable, and what it must still be. */
static unsigned int seed = 1;

static struct ffav_smc_regs ask(uint16_t endpoint, uint64_t command, uint64_t argument)
{
	struct ffav_smc_regs regs = {
		.x = {FFA_MSG_SEND_DIRECT_REQ_64,
		      ffav_ffa_endpoints(FFA_NORMAL_WORLD_ID, endpoint), 0, command, argument},
	};

	bare_smc(&regs);
	return regs;
}

static bool answers(uint16_t endpoint)
{
	static uint64_t word;
	struct ffav_smc_regs regs = ask(endpoint, FFAV_ROGUE_PLAIN, ++word);

	return regs.x[0] == FFA_MSG_SEND_DIRECT_RESP_64 && regs.x[4] == word;
}

static bool others_go_on(void)
{
	return answers(ECHO) && answers(PEER) && library_get(0, SIZE, seed) == EFI_SUCCESS;
}

/* The example partition answers each form of request with the payload that it got. */
static void echo_echoes(void)
{
	static const struct {
		uint32_t request, response;
		unsigned int first, last;
	} forms[] = {
		{FFA_MSG_SEND_DIRECT_REQ_32, FFA_MSG_SEND_DIRECT_RESP_32, 3, 7},
		{FFA_MSG_SEND_DIRECT_REQ_64, FFA_MSG_SEND_DIRECT_RESP_64, 3, 7},
		{FFA_MSG_SEND_DIRECT_REQ2, FFA_MSG_SEND_DIRECT_RESP2, 4, 17},
	};
	/* d0e1f2a3-5b6c-4d7e-8f90-a1b2c3d4e5f6 */
	const uint64_t uuid[] = {UINT64_C(0x7e4d6c5ba3f2e1d0), UINT64_C(0xf6e5d4c3b2a1908f)};
	struct ffav_smc_regs regs = {.x = {FFA_PARTITION_INFO_GET_REGS, uuid[0], uuid[1]}};

	bare_smc(&regs);
	bare_equal(regs.x[0], FFA_SUCCESS_64, "the echo partition's service is found");
	bare_equal(ffav_info_regs_get(&regs, 0).id, ECHO, "by its UUID");
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		bool same = true;

		regs = (struct ffav_smc_regs){.x = {forms[i].request, ECHO}};
		if (forms[i].request == FFA_MSG_SEND_DIRECT_REQ2) {
			regs.x[2] = uuid[0];
			regs.x[3] = uuid[1];
		}
		for (unsigned int n = forms[i].first; n <= forms[i].last; n++)
			regs.x[n] = 0x1000 + n;
		bare_smc(&regs);
		for (unsigned int n = forms[i].first; n <= forms[i].last; n++)
			same &= regs.x[n] == 0x1000 + n;
		bare_equal(regs.x[0], forms[i].response,
			   "it answers in the form of the request");
		bare_equal(regs.x[1], ffav_ffa_endpoints(ECHO, FFA_NORMAL_WORLD_ID),
			   "to its sender");
		bare_ok(same, "with its payload");
	}
}

/* What a partition tries. The secure console names it and the address in the same order. */
static void partition_tries(void)
{
	static const struct {
		uint64_t command, argument;
		const char *what;
	} rows[] = {
		{FFAV_ROGUE_WRITE_CODE, 0, "its own code cannot be written"},
		{FFAV_ROGUE_WRITE_CONSTANT, 0, "nor its constants"},
		{FFAV_ROGUE_EXECUTE_DATA, 0, "its own data cannot be executed"},
		{FFAV_ROGUE_OVERFLOW_STACK, 1000, "its stack has an end"},
		{FFAV_ROGUE_READ_ADDRESS, FFAV_SECURE_RAM_BASE, "the manager cannot be read"},
		{FFAV_ROGUE_WRITE_ADDRESS, FFAV_SECURE_RAM_BASE, "nor written"},
		{FFAV_ROGUE_EXECUTE_ADDRESS, FFAV_SECURE_RAM_BASE, "nor executed"},
		{FFAV_ROGUE_READ_ADDRESS, FFAV_SECURE_RAM_BASE + FFAV_MONITOR_SIZE - 8,
		 "nor what it keeps behind its data"},
		{FFAV_ROGUE_READ_ADDRESS, FFAV_MM_BASE, "another partition cannot be read"},
		{FFAV_ROGUE_WRITE_ADDRESS, FFAV_MM_BASE + 0x40000, "nor written"},
		{FFAV_ROGUE_EXECUTE_ADDRESS, FFAV_ECHO_BASE, "nor executed"},
		{FFAV_ROGUE_READ_ADDRESS, FFAV_SHARED_BUFFER_BASE,
		 "a buffer that is shared with another partition cannot be read"},
		{FFAV_ROGUE_READ_ADDRESS, OURS, "the normal world's memory cannot be read"},
		{FFAV_ROGUE_WRITE_ADDRESS, OURS, "nor written"},
		{FFAV_ROGUE_READ_ADDRESS, FFAV_STORE_BASE,
		 "the flash window of another partition cannot be read"},
		{FFAV_ROGUE_WRITE_ADDRESS, FFAV_STORE_BASE, "nor written"},
		{FFAV_ROGUE_WRITE_ADDRESS, FFAV_FLASH_BASE, "nor the monitor in the flash"},
		{FFAV_ROGUE_WRITE_ADDRESS, FFAV_SECURE_UART_BASE,
		 "the secure console cannot be written"},
		{FFAV_ROGUE_WRITE_ADDRESS, FFAV_GICD_BASE, "nor the interrupt controller"},
		{FFAV_ROGUE_WRITE_ADDRESS, FFAV_SECURE_GPIO_BASE, "nor the power controller"},
		{FFAV_ROGUE_READ_ADDRESS, 0x4000000000, "what is not there cannot be read"},
	};

	*(volatile uint64_t *)OURS = 0x5ec0de;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ffav_smc_regs regs;

		bare_print("# try\n");
		regs = ask(ROGUE, rows[i].command, rows[i].argument);
		bare_ok(regs.x[0] == FFA_ERROR && regs.x[2] == (uint32_t)FFA_ABORTED,
			rows[i].what);
		bare_ok(others_go_on(), "the others go on");
		bare_ok(answers(ROGUE), "and the partition is there again");
	}
	bare_equal(*(volatile uint64_t *)OURS, 0x5ec0de, "nothing of ours was written");
}

/* Variables of which something holds until reset. */
#define BOOT   u"Boot"
#define LOST   u"Volatile"
#define LOCKED u"Locked"
#define VALUE  0x5ec0deu

static const struct efi_guid vendor = EFI_GUID_INIT(0x91d0c0de, 0x5a5a, 0x4c3d, 0x8e, 0x2f,
						    0x10, 0x21, 0x32, 0x43, 0x54, 0x65);

static efi_status_t set(const uint16_t *name, uint32_t attributes, uint32_t value)
{
	return ffav_set_variable(&library_mm, name, &vendor, attributes, sizeof(value), &value);
}

/* Return: the status, or EFI_ABORTED if the variable holds anything else than VALUE. */
static efi_status_t get(const uint16_t *name)
{
	uint32_t value = 0, attributes;
	uint64_t size = sizeof(value);
	efi_status_t status =
		ffav_get_variable(&library_mm, name, &vendor, &attributes, &size, &value);

	return status || (size == sizeof(value) && value == VALUE) ? status : EFI_ABORTED;
}

static efi_status_t lock(const uint16_t *name, size_t name_size)
{
	static const struct efi_guid service = MM_VARIABLE_GUID;
	static uint8_t message[256];
	uint8_t *data = message + MM_HEADER_V1_SIZE;
	struct ffav_mm_header header = {
		.guid = service.b,
		.header_size = MM_HEADER_V1_SIZE,
		.data_size = FFAV_VAR_HEADER_SIZE + FFAV_VAR_NEXT_SIZE + name_size,
	};
	size_t size = sizeof(message);
	efi_status_t status;

	ffav_mm_header_encode(message, sizeof(message), &header);
	ffav_var_header_encode(data, FFAV_VAR_LOCK, EFI_DEVICE_ERROR);
	ffav_var_next_encode(data + FFAV_VAR_HEADER_SIZE, FFAV_VAR_NEXT_SIZE + name_size,
			     vendor.b, name_size, name, name_size);
	status = ffav_mm_communicate(&library_mm, message, &size);
	return status ? status : ffav_var_status(data);
}

/* Closed is what ExitBootServices and a lock closed, and a volatile variable is still there. */
static bool closed_until_reset(void)
{
	return get(BOOT) == EFI_NOT_FOUND && get(LOST) == EFI_SUCCESS &&
	       set(LOCKED, LIBRARY_PLAIN, VALUE + 1) == EFI_WRITE_PROTECTED &&
	       get(LOCKED) == EFI_SUCCESS;
}

static void close_until_reset(void)
{
	const uint32_t bs = EFI_VARIABLE_BOOTSERVICE_ACCESS;

	bare_equal(set(BOOT, EFI_VARIABLE_NON_VOLATILE | bs, VALUE), EFI_SUCCESS,
		   "MM stores a variable for the boot");
	bare_equal(set(LOST, bs | EFI_VARIABLE_RUNTIME_ACCESS, VALUE), EFI_SUCCESS,
		   "and a volatile one");
	bare_equal(set(LOCKED, LIBRARY_PLAIN, VALUE), EFI_SUCCESS, "and one to be locked");
	bare_equal(lock(LOCKED, sizeof(LOCKED)), EFI_SUCCESS, "and locks it");
	bare_equal(get(BOOT), EFI_SUCCESS, "the boot reads its own");
	bare_equal(ffav_variables_exit_boot_services(&library_mm), EFI_SUCCESS,
		   "the boot is over");
	bare_ok(closed_until_reset(), "that closes what is the boot's, and the lock holds");
}

/* What the normal world tries, at EL2 and at EL1. */
static void normal_world_tries(void)
{
	static const struct {
		uint64_t address;
		const char *what;
	} rows[] = {
		{FFAV_SECURE_RAM_BASE, "the monitor"},
		{FFAV_SECURE_RAM_BASE + FFAV_MONITOR_SIZE - 8, "what it keeps behind its data"},
		{FFAV_MM_BASE, "the MM partition"},
		{FFAV_ECHO_BASE, "the echo partition"},
		{FFAV_FLASH_BASE, "the monitor in the flash"},
		{FFAV_STORE_BASE, "the variable store"},
		{FFAV_SECURE_UART_BASE, "the secure console"},
		{FFAV_SECURE_GPIO_BASE, "the power controller"},
	};

	ffav_sysreg_write(hcr_el2, HCR_RW);
	ffav_isb();
	bare_equal(isolation_at_el1(bare_peek, FFAV_RAM_BASE), 0, "EL1 reads our own memory");
	bare_equal(isolation_at_el1(bare_poke, OURS), 0, "and writes it");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bare_print("# ");
		bare_print(rows[i].what);
		bare_print("\n");
		bare_equal(bare_peek(rows[i].address), 1, "EL2 cannot read it");
		bare_equal(bare_poke(rows[i].address), 1, "nor write it");
		bare_equal(isolation_at_el1(bare_peek, rows[i].address), 1,
			   "EL1 cannot read it");
		bare_equal(isolation_at_el1(bare_poke, rows[i].address), 1, "nor write it");
		bare_ok(others_go_on() && answers(ROGUE), "all partitions go on");
	}
}

/*
 * The MM partition makes a fault before one of its writes to the flash after the other, which leaves
 * the chips in the middle of a command, and is there again with the next call.
 */
static void mm_crashes(void)
{
	unsigned int crashed = 0, old = 0, other = 0, broken = 0, opened = 0;
	unsigned int n;

	for (n = 1; n < WRITES_MAX; n += n < WRITES_EACH ? 1 : WRITES_STEP) {
		efi_status_t status;

		*COUNTDOWN = n;
		status = library_set(0, SIZE, seed + 1);
		if (!status)
			break;
		crashed++;
		*COUNTDOWN = 0;
		broken += status != EFI_DEVICE_ERROR || library_mm.dead;
		broken += !answers(ECHO) || !answers(PEER);
		if (library_get(0, SIZE, seed) == EFI_SUCCESS) {
			old++;
		} else {
			seed++;
			other++;
			broken += library_get(0, SIZE, seed) != EFI_SUCCESS;
		}
		broken += library_get(1, SIZE, 77) != EFI_SUCCESS;
		opened += !closed_until_reset();
	}
	*COUNTDOWN = 0;
	bare_ok(n < WRITES_MAX, "SetVariable comes to its end where no fault is in its way");
	seed++;
	bare_ok(crashed > 20, "MM made faults in the middle of its writes to the flash");
	bare_print("# ");
	bare_print_number(crashed);
	bare_print(" faults, the old value ");
	bare_print_number(old);
	bare_print(" times\n");
	bare_equal(broken, 0, "each left the variables whole and the others working");
	bare_equal(opened, 0, "and none opened what is closed until reset");
	bare_ok(others_go_on(), "all go on");
	bare_equal(library_set(0, SIZE, ++seed), EFI_SUCCESS, "MM takes new values");
	bare_ok(others_go_on(), "and gives them back");
}

_Noreturn void bare_main(const void *dtb)
{
	(void)dtb;
	bare_print("TAP version 13\n");
	*COUNTDOWN = 0;
	bare_equal(library_probe(), EFI_SUCCESS, "the MM partition is found");
	bare_equal(library_set(0, SIZE, seed), EFI_SUCCESS, "it stores a variable");
	bare_equal(library_set(1, SIZE, 77), EFI_SUCCESS, "and another one");
	bare_ok(others_go_on() && answers(ROGUE), "and so do three other partitions");
	echo_echoes();
	partition_tries();
	normal_world_tries();
	close_until_reset();
	mm_crashes();
	bare_end();
}
