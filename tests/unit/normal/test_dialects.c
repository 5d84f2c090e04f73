/* SPDX-License-Identifier: BSD-3-Clause */
/* Whole conversations of each doorbell dialect, written down register by register. */
#include <string.h>

#include "tests/unit/normal/world.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Service UUIDs in two registers. */
#define UUID_VARIABLE UINT64_C(0x0942e69933d532ed), UINT64_C(0xa798d9cd722dc09c)
#define UUID_COMM2    UINT64_C(0x46446bf0dcae8d37), UINT64_C(0xa3873c93ab401483)
#define UUID_COMM3    UINT64_C(0xc046f20d144a23f7), UINT64_C(0x2fa783b8e69028ad)

/* Headers: of MM version 1 with a length, of version 3 with two, of a variable message. */
#define MM1   "33d532ed e699 0942 9cc02d72cdd998a7 "
#define MM3   "53c8e868 a92b d74d 9ac091e16155c935 "
#define ASKED "07000000 00000080 "
#define OK    "00000000 00000000 "

/* The payload size, asked and answered: 0xfc0 bytes. */
#define SIZE_ASKED MM1 "18000000 00000000 0b000000 00000000 " ASKED "00000000 00000000"
#define SIZE_TOLD  MM1 "18000000 00000000 0b000000 00000000 " OK "c00f0000 00000000"
#define SIZE_ASKED_3                                   \
	MM3 "50000000 00000000 00000000 00000000 " MM1 \
	    "18000000 00000000 0b000000 00000000 " ASKED "00000000 00000000"
#define SIZE_TOLD_3                                    \
	MM3 "50000000 00000000 00000000 00000000 " MM1 \
	    "18000000 00000000 0b000000 00000000 " OK "c00f0000 00000000"

/* GetVariable of "Hi" in the global namespace with room for 8 bytes; the answer has 4. */
#define NAME "61dfe48b ca93 d211 aa0d00e098032b8c "
#define GET_ASKED                                             \
	MM1 "42000000 00000000 01000000 00000000 " ASKED NAME \
	    "08000000 00000000 06000000 00000000 00000000 4800 6900 0000"
#define GET_TOLD                                           \
	MM1 "3e000000 00000000 01000000 00000000 " OK NAME \
	    "04000000 00000000 06000000 00000000 07000000 4800 6900 0000 deadbeef"
#define GET_ASKED_3                                           \
	MM3 "7a000000 00000000 00000000 00000000 " MM1        \
	    "42000000 00000000 01000000 00000000 " ASKED NAME \
	    "08000000 00000000 06000000 00000000 00000000 4800 6900 0000"
#define GET_TOLD_3                                         \
	MM3 "76000000 00000000 00000000 00000000 " MM1     \
	    "3e000000 00000000 01000000 00000000 " OK NAME \
	    "04000000 00000000 06000000 00000000 07000000 4800 6900 0000 deadbeef"

/* FFA_VERSION 1.2 and FFA_ID_GET: we are endpoint 0. */
#define OPEN_1_2                                          \
	{.in = {0x84000063, 0x10002}, .out = {0x10002}},  \
	{                                                 \
		.in = {0x84000069}, .out = { 0x84000061 } \
	}
/* FEATURES says yes to PARTITION_INFO_GET_REGS. */
#define FEATURES_REGS                                                 \
	{                                                             \
		.in = {0x84000064, 0xc400008b}, .out = { 0x84000061 } \
	}
#define NOBODY(uuid)                                                           \
	FEATURES_REGS,                                                         \
	{                                                                      \
		.in = {0xc400008b, uuid}, .out = { 0x84000060, 0, 0xfffffffe } \
	}
/* One descriptor: id 0x8003, one context, its properties. */
#define FOUND(uuid, properties)                                              \
	FEATURES_REGS,                                                       \
	{                                                                    \
		.in = {0xc400008b, uuid},                                    \
		.out = { 0xc4000061,                                         \
			 0,                                                  \
			 UINT64_C(24) << 48,                                 \
			 UINT64_C(0x00018003) | UINT64_C(properties) << 32 } \
	}

static struct ffav_mm mm;

static int setup(void **state)
{
	(void)state;
	world_reset();
	return 0;
}

static efi_status_t probe(size_t offset)
{
	return ffav_mm_probe(&mm, world.near, WORLD_BUFFER_ADDRESS, WORLD_BUFFER_SIZE, offset,
			     world.rxtx, WORLD_RXTX_ADDRESS);
}

static void get_hi(efi_status_t expected)
{
	static const uint16_t name[] = {'H', 'i', 0};
	const struct efi_guid guid = EFI_GLOBAL_VARIABLE_GUID;
	static const uint8_t value[] = {0xde, 0xad, 0xbe, 0xef};
	uint32_t attributes = 0xffffffff;
	uint64_t size = 8;
	uint8_t data[8] = {0};

	assert_int_equal(ffav_get_variable(&mm, name, &guid, &attributes, &size, data),
			 expected);
	world_finish();
	assert_int_equal(size, expected ? 8 : 4);
	assert_int_equal(attributes, expected ? 0xffffffff : 7);
	if (!expected)
		assert_memory_equal(data, value, sizeof(value));
}

static void test_offset(void **state)
{
	static const struct world_step steps[] = {
		OPEN_1_2,
		FOUND(UUID_VARIABLE, 1),
		{.in = {0xc400006f, 0x8003},
		 .out = {0xc4000070, 0x80030000},
		 .message = SIZE_ASKED,
		 .reply = SIZE_TOLD},
		{.in = {0xc400006f, 0x8003},
		 .out = {0xc4000070, 0x80030000},
		 .message = GET_ASKED,
		 .reply = GET_TOLD},
		/* Without the name and with DENIED, in both widths. */
		{.in = {0xc400006f, 0x8003},
		 .out = {0xc4000070, 0x80030000, 0, 0xfffffffd},
		 .message = GET_ASKED},
	};
	static const struct world_step wide[] = {
		{.in = {0xc400006f, 0x8003},
		 .out = {0xc4000070, 0x80030000, 0, UINT64_C(0xfffffffffffffffb)},
		 .message = GET_ASKED},
	};

	(void)state;
	world_run(steps, 6);
	assert_int_equal(probe(0), EFI_SUCCESS);
	assert_int_equal(mm.dialect, FFAV_MM_OFFSET);
	assert_int_equal(mm.payload_max, 0xfc0);
	assert_true(world_logged("ed32d533"));
	/* Every line once when the buffer is taken; then those of one request and one reply. */
	assert_int_equal(world.lines_cleaned, WORLD_BUFFER_SIZE / WORLD_LINE + 1);
	assert_int_equal(world.lines_invalidated, WORLD_BUFFER_SIZE / WORLD_LINE + 2);
	get_hi(EFI_SUCCESS);
	world_run(steps + 6, 1);
	get_hi(EFI_ACCESS_DENIED);
	world_run(wide, 1);
	get_hi(EFI_OUT_OF_RESOURCES);
	assert_false(mm.dead);
}

static void test_offset_elsewhere(void **state)
{
	static const struct world_step steps[] = {
		OPEN_1_2,
		FOUND(UUID_VARIABLE, 1),
		{.in = {0xc400006f, 0x8003, 0, 0x408},
		 .out = {0xc4000070, 0x80030000},
		 .message = SIZE_ASKED,
		 .reply = SIZE_TOLD},
		{.in = {0xc400006f, 0x8003, 0, 0x408},
		 .out = {0xc4000070, 0x80030000},
		 .message = GET_ASKED,
		 .reply = GET_TOLD},
	};

	(void)state;
	world_run(steps, COUNT(steps));
	assert_int_equal(probe(0x408), EFI_SUCCESS);
	/* What the server takes does not fit behind the offset: the room is the limit. */
	assert_int_equal(mm.payload_max, WORLD_BUFFER_SIZE - 0x408 - 24 - 16);
	get_hi(EFI_SUCCESS);
}

/* FF-A 1.0 with 8-byte descriptors through RX/TX, as an older manager has it. */
static void test_offset_1_0(void **state)
{
	static const struct world_step steps[] = {
		{.in = {0x84000063, 0x10002}, .out = {UINT64_C(0xffffffffffffffff)}},
		{.in = {0x84000063, 0x10001}, .out = {0xffffffff}},
		{.in = {0x84000063, 0x10000}, .out = {0x10000}},
		{.in = {0x84000069}, .out = {0x84000061}},
		{.in = {0x84000064, 0xc4000066}, .out = {0x84000061}},
		{.in = {0xc4000066, WORLD_RXTX_ADDRESS + 4096, WORLD_RXTX_ADDRESS, 1},
		 .out = {0x84000061}},
		{.in = {0x84000068, 0x33d532ed, 0x0942e699, 0x722dc09c, 0xa798d9cd},
		 .out = {0x84000061, 0, 1, 0xdead}},
		{.in = {0x84000065}, .out = {0x84000061}},
		{.in = {0x84000067}, .out = {0x84000061}},
		{.in = {0xc400006f, 0x8003},
		 .out = {0xc4000070, 0x80030000},
		 .message = SIZE_ASKED,
		 .reply = SIZE_TOLD},
		{.in = {0xc400006f, 0x8003},
		 .out = {0x84000062, 0x80030000},
		 .message = GET_ASKED},
		{.in = {0x8400006d, 0x80030000}, .out = {0xc4000070, 0x80030000}},
	};

	(void)state;
	world_hex(world.rxtx, 8, "0380 0100 01000000");
	world_run(steps, COUNT(steps));
	assert_int_equal(probe(0), EFI_SUCCESS);
	assert_false(mm.ffa.rxtx_mapped);
	/* The answer came after an interrupt, and the partition wrote nothing. */
	get_hi(EFI_DEVICE_ERROR);
	assert_false(mm.dead);
}

static void test_address(void **state)
{
	static const struct world_step steps[] = {
		OPEN_1_2,
		NOBODY(UUID_VARIABLE),
		FOUND(UUID_COMM2, 3),
		{.in = {0xc400006f, 0x8003, 0, 0x47fc0040},
		 .out = {0xc4000070, 0x80030000, 0, 0xc4000061, 0},
		 .message = SIZE_ASKED,
		 .reply = SIZE_TOLD},
		{.in = {0xc400006f, 0x8003, 0, 0x47fc0040},
		 .out = {0xc4000070, 0x80030000, 0, 0xc4000061, 0},
		 .message = GET_ASKED,
		 .reply = GET_TOLD},
	};
	static const struct {
		struct world_step step[2];
		efi_status_t status;
	} failures[] = {
		/* Today's servers: FFA_ERROR as the answer, at once or after a preemption. */
		{{{.out = {0x84000060, 0, 0xfffffffe}}}, EFI_INVALID_PARAMETER},
		{{{.out = {0x84000060, 0, 0xfffffffd}}}, EFI_OUT_OF_RESOURCES},
		{{{.out = {0x84000060, 0, 0xfffffffa}}}, EFI_ACCESS_DENIED},
		{{{.out = {0x84000060, 0, 0xffffffff}}}, EFI_DEVICE_ERROR},
		{{{.out = {0x84000060, 0, 0x80000000}}}, EFI_DEVICE_ERROR},
		{{{.out = {0x84000062, 0x80030000}},
		  {.in = {0x8400006d, 0x80030000}, .out = {0x84000060, 0, 0xfffffffa}}},
		 EFI_ACCESS_DENIED},
		/* The form proposed to replace it, and the one that suits every client. */
		{{{.out = {0xc4000070, 0x80030000, 0, 0xc4000061, 0xfffffffe}}},
		 EFI_INVALID_PARAMETER},
		{{{.out = {0xc4000070, 0x80030000, 0, 0xfffffffb, 0xfffffffb}}},
		 EFI_OUT_OF_RESOURCES},
		/* Neither a code nor the event. */
		{{{.out = {0xc4000070, 0x80030000, 0, UINT64_C(0x1c4000061), 0}}},
		 EFI_ACCESS_DENIED},
		{{{.out = {0xc4000070, 0x80030000, 0, 0xc4000061,
			   UINT64_C(0x8000000000000000)}}},
		 EFI_ACCESS_DENIED},
	};

	(void)state;
	world_run(steps, COUNT(steps));
	assert_int_equal(probe(0x40), EFI_SUCCESS);
	assert_int_equal(mm.dialect, FFAV_MM_ADDRESS);
	assert_true(world_logged("Tried service ed32d533"));
	get_hi(EFI_SUCCESS);
	for (size_t i = 0; i < COUNT(failures); i++) {
		struct world_step s[2] = {failures[i].step[0], failures[i].step[1]};

		memcpy(s[0].in, steps[COUNT(steps) - 1].in, sizeof(s[0].in));
		world_run(s, s[1].in[0] ? 2 : 1);
		get_hi(failures[i].status);
		assert_false(mm.dead);
	}
}

static void test_request2(void **state)
{
	static const struct world_step steps[] = {
		OPEN_1_2,
		NOBODY(UUID_VARIABLE),
		/* No plain direct requests: properties bit 9 alone. */
		FOUND(UUID_COMM2, 0x200),
		FOUND(UUID_COMM2, 0x200),
		{.in = {0xc400008d, 0x8003, UUID_COMM2, 0x47fc0000},
		 .out = {0xc400008e, 0x80030000},
		 .message = SIZE_ASKED,
		 .reply = SIZE_TOLD},
		{.in = {0xc400008d, 0x8003, UUID_COMM2, 0x47fc0000},
		 .out = {0xc400008e, 0x80030000, 0, 0, 0xc4000061, 0},
		 .message = GET_ASKED,
		 .reply = GET_TOLD},
		{.in = {0xc400008d, 0x8003, UUID_COMM2, 0x47fc0000},
		 .out = {0x84000060, 0, 0xfffffffe},
		 .message = GET_ASKED},
		{.in = {0xc400008d, 0x8003, UUID_COMM2, 0x47fc0000},
		 .out = {0xc400008e, 0x80030000, 0, 0, 0xfffffffd},
		 .message = GET_ASKED},
	};

	(void)state;
	world_run(steps, COUNT(steps) - 2);
	assert_int_equal(probe(0), EFI_SUCCESS);
	assert_int_equal(mm.dialect, FFAV_MM_REQUEST2);
	get_hi(EFI_SUCCESS);
	world_run(steps + COUNT(steps) - 2, 1);
	get_hi(EFI_INVALID_PARAMETER);
	world_run(steps + COUNT(steps) - 1, 1);
	get_hi(EFI_ACCESS_DENIED);
}

static void test_request2_v3(void **state)
{
	static const struct world_step steps[] = {
		OPEN_1_2,
		NOBODY(UUID_VARIABLE),
		NOBODY(UUID_COMM2),
		NOBODY(UUID_COMM2),
		FOUND(UUID_COMM3, 0x600),
		{.in = {0xc400008d, 0x8003, UUID_COMM3, 0x47fc0000},
		 .out = {0xc400008e, 0x80030000},
		 .message = SIZE_ASKED_3,
		 .reply = SIZE_TOLD_3},
		{.in = {0xc400008d, 0x8003, UUID_COMM3, 0x47fc0000},
		 .out = {0xc400008e, 0x80030000},
		 .message = GET_ASKED_3,
		 .reply = GET_TOLD_3},
	};

	(void)state;
	world_run(steps, COUNT(steps));
	assert_int_equal(probe(0), EFI_SUCCESS);
	get_hi(EFI_SUCCESS);
}

/* The first server is there but does not understand offsets; the second entry works. */
static void test_wrong_dialect(void **state)
{
	static const struct world_step steps[] = {
		OPEN_1_2,
		FOUND(UUID_VARIABLE, 1),
		{.in = {0xc400006f, 0x8003},
		 .out = {0xc4000070, 0x80030000, 0, 0xfffffffe},
		 .message = SIZE_ASKED},
		FOUND(UUID_COMM2, 1),
		{.in = {0xc400006f, 0x8003, 0, 0x47fc0000},
		 .out = {0xc4000070, 0x80030000, 0, 0xc4000061},
		 .message = SIZE_ASKED,
		 .reply = SIZE_TOLD},
	};

	(void)state;
	world_run(steps, COUNT(steps));
	assert_int_equal(probe(0), EFI_SUCCESS);
	world_finish();
	assert_int_equal(mm.dialect, FFAV_MM_ADDRESS);
	assert_true(world_logged("no usable answer"));
}

/* No FF-A of any version. */
#define OPEN_NONE                                                                     \
	{.in = {0x84000063, 0x10002}, .out = {UINT64_C(0xffffffffffffffff)}},         \
		{.in = {0x84000063, 0x10001}, .out = {UINT64_C(0xffffffffffffffff)}}, \
	{                                                                             \
		.in = {0x84000063, 0x10000}, .out = { UINT64_C(0xffffffffffffffff) }  \
	}

static void test_spm_mm(void **state)
{
	static const struct world_step steps[] = {
		OPEN_NONE,
		{.in = {0x84000040}, .out = {0x10001}},
		{.in = {0xc4000041, 0, 0x47fc0000}, .message = SIZE_ASKED, .reply = SIZE_TOLD},
		{.in = {0xc4000041, 0, 0x47fc0000}, .message = GET_ASKED, .reply = GET_TOLD},
		{.in = {0xc4000041, 0, 0x47fc0000},
		 .out = {UINT64_C(0xfffffffffffffffd)},
		 .message = GET_ASKED},
	};
	static const struct {
		uint64_t x0;
		efi_status_t status;
	} codes[] = {
		{0xffffffff, EFI_DEVICE_ERROR},
		{UINT64_MAX, EFI_DEVICE_ERROR},
		{0xfffffffe, EFI_INVALID_PARAMETER},
		{0xfffffffb, EFI_OUT_OF_RESOURCES},
		{0x80000000, EFI_ACCESS_DENIED},
		{UINT64_C(1) << 32, EFI_ACCESS_DENIED},
		{1, EFI_ACCESS_DENIED},
	};

	(void)state;
	world_run(steps, 6);
	assert_int_equal(probe(0), EFI_SUCCESS);
	assert_int_equal(mm.dialect, FFAV_MM_SPM);
	get_hi(EFI_SUCCESS);
	world_run(steps + 6, 1);
	get_hi(EFI_ACCESS_DENIED);
	for (size_t i = 0; i < COUNT(codes); i++) {
		struct world_step s = {.in = {0xc4000041, 0, 0x47fc0000}};

		s.out[0] = codes[i].x0;
		world_run(&s, 1);
		get_hi(codes[i].status);
	}
}

static void check_left_nothing(efi_status_t got, efi_status_t expected)
{
	world_finish();
	assert_int_equal(got, expected);
	assert_false(mm.found);
	assert_null(mm.buffer);
	assert_false(mm.ffa.rxtx_mapped);
	assert_false(world.locked);
}

static void test_nothing_there(void **state)
{
	static const struct world_step none[] = {
		OPEN_NONE,
		{.in = {0x84000040}, .out = {UINT64_C(0xffffffffffffffff)}},
	};
	static const struct world_step ffa_only[] = {
		OPEN_1_2,           NOBODY(UUID_VARIABLE),
		NOBODY(UUID_COMM2), NOBODY(UUID_COMM2),
		NOBODY(UUID_COMM3), {.in = {0x84000040}, .out = {0xffffffff}},
	};
	static const uint64_t versions[] = {0x20000, 0x00001, 0x80010000, 0};

	(void)state;
	world_run(none, COUNT(none));
	check_left_nothing(probe(0), EFI_UNSUPPORTED);
	assert_true(world_logged("FFA_VERSION"));
	assert_true(world_logged("Tried SPM_MM"));

	setup(NULL);
	world_run(ffa_only, COUNT(ffa_only));
	check_left_nothing(probe(0), EFI_NOT_FOUND);
	/* What was tried, one line each, and the verdict. */
	assert_true(world_logged("Tried service ed32d533"));
	assert_true(world_logged("Tried service 378daedc (address"));
	assert_true(world_logged("Tried service 378daedc (DIRECT_REQ2"));
	assert_true(world_logged("Tried service f7234a14"));
	assert_true(world_logged("Tried SPM_MM"));
	assert_true(world_logged("No MM partition"));

	for (size_t i = 0; i < COUNT(versions); i++) {
		struct world_step s[] = {OPEN_NONE, {.in = {0x84000040}}};

		setup(NULL);
		s[3].out[0] = versions[i];
		world_run(s, COUNT(s));
		check_left_nothing(probe(0), EFI_UNSUPPORTED);
	}
}

/* A partition whose answer to the payload size is of no use. */
static void test_unusable_answers(void **state)
{
	static const char *const replies[] = {
		/* Nothing written at all: our own poison is still there. */
		NULL,
		/* A payload of 255 bytes; of none. */
		MM1 "18000000 00000000 0b000000 00000000 " OK "ff000000 00000000",
		MM1 "18000000 00000000 0b000000 00000000 " OK "00000000 00000000",
		/* A length without the value, without a status, of nothing, of too much. */
		MM1 "17000000 00000000 0b000000 00000000 " OK "c00f0000 00000000",
		MM1 "0f000000 00000000 0b000000 00000000 " OK "c00f0000 00000000",
		MM1 "00000000 00000000 0b000000 00000000 " OK "c00f0000 00000000",
		MM1 "e90f0000 00000000 0b000000 00000000 " OK "c00f0000 00000000",
		MM1 "ffffffff ffffffff 0b000000 00000000 " OK "c00f0000 00000000",
		/* Another function, another service, another header. */
		MM1 "18000000 00000000 01000000 00000000 " OK "c00f0000 00000000",
		"34d532ed e699 0942 9cc02d72cdd998a7 18000000 00000000 0b000000 00000000 " OK
		"c00f0000 00000000",
		MM3 "50000000 00000000 00000000 00000000 " MM1
		    "18000000 00000000 0b000000 00000000 " OK "c00f0000 00000000",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(replies); i++) {
		const struct world_step steps[] = {
			OPEN_1_2,
			FOUND(UUID_VARIABLE, 1),
			{.in = {0xc400006f, 0x8003},
			 .out = {0xc4000070, 0x80030000},
			 .message = SIZE_ASKED,
			 .reply = replies[i]},
			NOBODY(UUID_COMM2),
			NOBODY(UUID_COMM2),
			NOBODY(UUID_COMM3),
			{.in = {0x84000040}, .out = {0xffffffff}},
		};

		setup(NULL);
		world_run(steps, COUNT(steps));
		check_left_nothing(probe(0), EFI_DEVICE_ERROR);
		assert_false(mm.dead);
	}
}

/* What each service says and hears, from the function on; lengths with both headers. */
#define SET_ASKED                       \
	"03000000 00000000 " ASKED NAME \
	"04000000 00000000 06000000 00000000 07000000 4800 6900 0000 deadbeef"
#define NEXT_ASKED "02000000 00000000 " ASKED NOBODYS "10000000 00000000 0000"
#define NEXT_TOLD  "02000000 00000000 " OK NAME "06000000 00000000 4800 6900 0000"
#define INFO_ASKED                                                                          \
	"04000000 00000000 " ASKED "00000000 00000000 00000000 00000000 00000000 00000000 " \
	"07000000 00000000"
#define INFO_TOLD                                                                        \
	"04000000 00000000 " OK "00000100 00000000 00800000 00000000 00100000 00000000 " \
	"07000000"
#define EXIT_ASKED "06000000 00000000 " ASKED
#define NOBODYS    "00000000 0000 0000 0000000000000000 "

static const struct {
	/* Version 1, then version 3 header. */
	const char *message[2];
	const char *reply[2];
} services[] = {
	{{MM1 "3e000000 00000000 " SET_ASKED,
	  MM3 "76000000 00000000 00000000 00000000 " MM1 "3e000000 00000000 " SET_ASKED},
	 {MM1 "10000000 00000000 03000000 00000000 " OK,
	  MM3 "76000000 00000000 00000000 00000000 " MM1
	      "10000000 00000000 03000000 00000000 " OK}},
	{{GET_ASKED, GET_ASKED_3}, {GET_TOLD, GET_TOLD_3}},
	{{MM1 "38000000 00000000 " NEXT_ASKED,
	  MM3 "70000000 00000000 00000000 00000000 " MM1 "38000000 00000000 " NEXT_ASKED},
	 {MM1 "2e000000 00000000 " NEXT_TOLD,
	  MM3 "70000000 00000000 00000000 00000000 " MM1 "2e000000 00000000 " NEXT_TOLD}},
	{{MM1 "30000000 00000000 " INFO_ASKED,
	  MM3 "68000000 00000000 00000000 00000000 " MM1 "30000000 00000000 " INFO_ASKED},
	 {MM1 "2c000000 00000000 " INFO_TOLD,
	  MM3 "68000000 00000000 00000000 00000000 " MM1 "2c000000 00000000 " INFO_TOLD}},
	{{MM1 "10000000 00000000 " EXIT_ASKED,
	  MM3 "48000000 00000000 00000000 00000000 " MM1 "10000000 00000000 " EXIT_ASKED},
	 {MM1 "10000000 00000000 06000000 00000000 " OK,
	  MM3 "48000000 00000000 00000000 00000000 " MM1
	      "10000000 00000000 06000000 00000000 " OK}},
};

/* All services, each with one ring of the doorbell. */
static void use_services(void)
{
	static const uint16_t name[] = {'H', 'i', 0};
	static const uint8_t value[] = {0xde, 0xad, 0xbe, 0xef};
	const struct efi_guid global = EFI_GLOBAL_VARIABLE_GUID;
	struct efi_guid guid = {0};
	uint64_t storage, remaining, largest;
	uint16_t found[8] = {0};
	uint64_t size = sizeof(found);
	uint32_t attributes;
	uint8_t data[8];

	assert_int_equal(ffav_set_variable(&mm, name, &global, 7, sizeof(value), value),
			 EFI_SUCCESS);
	size = sizeof(data);
	assert_int_equal(ffav_get_variable(&mm, name, &global, &attributes, &size, data),
			 EFI_SUCCESS);
	assert_memory_equal(data, value, sizeof(value));
	size = sizeof(found);
	assert_int_equal(ffav_get_next_variable_name(&mm, &size, found, &guid), EFI_SUCCESS);
	assert_int_equal(size, sizeof(name));
	assert_memory_equal(found, name, sizeof(name));
	assert_memory_equal(&guid, &global, sizeof(guid));
	assert_int_equal(ffav_query_variable_info(&mm, 7, &storage, &remaining, &largest),
			 EFI_SUCCESS);
	assert_int_equal(storage, 0x10000);
	assert_int_equal(remaining, 0x8000);
	assert_int_equal(largest, 0x1000);
	assert_int_equal(ffav_variables_exit_boot_services(&mm), EFI_SUCCESS);
}

static void test_every_service(void **state)
{
	static const struct {
		enum ffav_mm_dialect dialect;
		bool v3;
		struct world_step doorbell;
	} dialects[] = {
		{FFAV_MM_OFFSET,
		 false,
		 {.in = {0xc400006f, 0x8003}, .out = {0xc4000070, 0x80030000}}},
		{FFAV_MM_OFFSET,
		 true,
		 {.in = {0xc400006f, 0x8003}, .out = {0xc4000070, 0x80030000}}},
		/* The event's id is an answer in this dialect as well. */
		{FFAV_MM_OFFSET,
		 false,
		 {.in = {0xc400006f, 0x8003}, .out = {0xc4000070, 0x80030000, 0, 0xc4000061}}},
		{FFAV_MM_ADDRESS,
		 false,
		 {.in = {0xc400006f, 0x8003, 0, 0x47fc0000},
		  .out = {0xc4000070, 0x80030000, 0, 0xc4000061}}},
		{FFAV_MM_ADDRESS,
		 true,
		 {.in = {0xc400006f, 0x8003, 0, 0x47fc0000}, .out = {0xc4000070, 0x80030000}}},
		{FFAV_MM_REQUEST2,
		 false,
		 {.in = {0xc400008d, 0x8003, UUID_COMM2, 0x47fc0000},
		  .out = {0xc400008e, 0x80030000}}},
		{FFAV_MM_REQUEST2,
		 true,
		 {.in = {0xc400008d, 0x8003, UUID_COMM2, 0x47fc0000},
		  .out = {0xc400008e, 0x80030000, 0, 0, 0xc4000061}}},
		{FFAV_MM_SPM, false, {.in = {0xc4000041, 0, 0x47fc0000}}},
	};
	struct world_step steps[COUNT(services)];

	(void)state;
	for (size_t d = 0; d < COUNT(dialects); d++) {
		setup(NULL);
		world_connect(&mm, dialects[d].dialect, 0);
		mm.ffa.uuid_lo = UINT64_C(0x46446bf0dcae8d37);
		mm.ffa.uuid_hi = UINT64_C(0xa3873c93ab401483);
		if (dialects[d].v3) {
			mm.header_size = MM_HEADER_V3_SIZE;
			mm.payload_max -= MM_HEADER_V3_SIZE - MM_HEADER_V1_SIZE;
		}
		for (size_t i = 0; i < COUNT(services); i++) {
			steps[i] = dialects[d].doorbell;
			steps[i].message = services[i].message[dialects[d].v3];
			steps[i].reply = services[i].reply[dialects[d].v3];
		}
		world_run(steps, COUNT(services));
		use_services();
		world_finish();
		assert_false(mm.dead);
	}
}

/* Two partitions for one service, our own id, a list of none: each is told and passed over. */
static void test_strange_partitions(void **state)
{
	static const struct world_step steps[] = {
		OPEN_1_2,
		/* Two descriptors, of ids 0x8003 and 0x8004. */
		FEATURES_REGS,
		{.in = {0xc400008b, UUID_VARIABLE},
		 .out = {0xc4000061, 0, UINT64_C(24) << 48 | 1 << 16 | 1, UINT64_C(0x100018003),
			 0, 0, UINT64_C(0x100018004)}},
		/* Id 0, which is ours. */
		FEATURES_REGS,
		{.in = {0xc400008b, UUID_COMM2},
		 .out = {0xc4000061, 0, UINT64_C(24) << 48, UINT64_C(0x100010000)}},
		/* One that receives no requests of the second kind. */
		FOUND(UUID_COMM2, 1),
		/* A manager that no longer knows discovery by registers, and a list of none. */
		FEATURES_REGS,
		{.in = {0xc400008b, UUID_COMM3}, .out = {0x84000060, 0, 0xffffffff}},
		{.in = {0x84000064, 0xc4000066}, .out = {0x84000061}},
		{.in = {0xc4000066, WORLD_RXTX_ADDRESS + 4096, WORLD_RXTX_ADDRESS, 1},
		 .out = {0x84000061}},
		{.in = {0x84000068, 0x144a23f7, 0xc046f20d, 0xe69028ad, 0x2fa783b8},
		 .out = {0x84000061, 0, 0, 24}},
		{.in = {0x84000065}, .out = {0x84000061}},
		{.in = {0x84000067}, .out = {0x84000061}},
		{.in = {0x84000040}, .out = {0xffffffff}},
	};

	(void)state;
	world_run(steps, COUNT(steps));
	check_left_nothing(probe(0), EFI_DEVICE_ERROR);
	assert_true(world_logged("Several partitions offer the same MM service"));
	assert_true(world_logged("our own endpoint id"));
	assert_true(world_logged("Tried service 378daedc (DIRECT_REQ2): not there"));
	assert_true(world_logged("Tried service f7234a14 (DIRECT_REQ2): not there"));
	assert_true(world_logged("No MM partition can be used"));
}

/* Every way to say "I do not understand": the next dialect is tried, and it is told. */
static void test_wrong_answers(void **state)
{
	static const struct {
		uint64_t out[5];
	} answers[] = {
		{{0xc4000070, 0x80030000, 0, 0xffffffff}},
		{{0xc4000070, 0x80030000, 0, UINT64_MAX, UINT64_MAX}},
		{{0xc4000070, 0x80030000, 0, 0xfffffffe, 0xfffffffe}},
		{{0xc4000070, 0x80030000, 0, 0xc4000061, 0xfffffffe}},
		{{0x84000060, 0, 0xffffffff}},
		{{0x84000060, 0, 0xfffffffe}},
		{{0x84000060, 0, 0xfffffffa}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++) {
		struct world_step steps[] = {
			OPEN_1_2,
			FOUND(UUID_VARIABLE, 1),
			{.in = {0xc400006f, 0x8003}, .message = SIZE_ASKED},
			FOUND(UUID_COMM2, 1),
			{.in = {0xc400006f, 0x8003, 0, 0x47fc0000},
			 .out = {0xc4000070, 0x80030000, 0, 0xc4000061},
			 .message = SIZE_ASKED,
			 .reply = SIZE_TOLD},
		};

		memcpy(steps[4].out, answers[i].out, sizeof(answers[i].out));
		setup(NULL);
		world_run(steps, COUNT(steps));
		assert_int_equal(probe(0), EFI_SUCCESS);
		world_finish();
		assert_int_equal(mm.dialect, FFAV_MM_ADDRESS);
		assert_true(world_logged("Tried service ed32d533 (offsets in the shared "
					 "buffer): no usable answer"));
	}
}

/* The partition is lost while it is asked: nobody else is asked with the same buffer. */
static void test_lost_in_probe(void **state)
{
	static const struct world_step steps[] = {
		OPEN_1_2,
		FOUND(UUID_VARIABLE, 1),
		{.in = {0xc400006f, 0x8003}, .out = {0xc4000070, 0x80040000}},
	};

	(void)state;
	world_run(steps, COUNT(steps));
	check_left_nothing(probe(0), EFI_DEVICE_ERROR);
	assert_true(mm.dead);
}

/* The manager will not give RX/TX back: who owns the pages learns that from a failed probe. */
static void test_still_mapped(void **state)
{
	static const struct world_step steps[] = {
		{.in = {0x84000063, 0x10002}, .out = {0x10000}},
		{.in = {0x84000063, 0x10000}, .out = {0x10000}},
		{.in = {0x84000069}, .out = {0x84000061}},
		{.in = {0x84000064, 0xc4000066}, .out = {0x84000061}},
		{.in = {0xc4000066, WORLD_RXTX_ADDRESS + 4096, WORLD_RXTX_ADDRESS, 1},
		 .out = {0x84000061}},
		{.in = {0x84000068, 0x33d532ed, 0x0942e699, 0x722dc09c, 0xa798d9cd},
		 .out = {0x84000060, 0, 0xfffffffe}},
		{.in = {0x84000067}, .out = {0x84000060, 0, 0xfffffffa}},
		/* The next service is looked for with the same pages. */
		{.in = {0x84000064, 0xc4000066}, .out = {0x84000061}},
		{.in = {0xc4000066, WORLD_RXTX_ADDRESS + 4096, WORLD_RXTX_ADDRESS, 1},
		 .out = {0x84000060, 0, 0xfffffffa}},
		{.in = {0x84000040}, .out = {0xffffffff}},
		/* Once more before giving up. */
		{.in = {0x84000067}, .out = {0x84000060, 0, 0xfffffffa}},
	};

	(void)state;
	world_run(steps, COUNT(steps));
	assert_int_equal(probe(0), EFI_DEVICE_ERROR);
	world_finish();
	assert_true(world_logged("FFA_RXTX_UNMAP"));
	assert_false(mm.found);
	assert_null(mm.buffer);
	assert_true(mm.ffa.rxtx_mapped);
}

static void test_bad_buffer(void **state)
{
	static const struct world_step none[] = {{.in = {0}}};

	(void)state;
	world_run(none, 0);
	check_left_nothing(
		ffav_mm_probe(&mm, NULL, WORLD_BUFFER_ADDRESS, WORLD_BUFFER_SIZE, 0, NULL, 0),
		EFI_INVALID_PARAMETER);
	check_left_nothing(ffav_mm_probe(&mm, world.near, WORLD_BUFFER_ADDRESS, 64, 0, NULL, 0),
			   EFI_INVALID_PARAMETER);
	check_left_nothing(probe(WORLD_BUFFER_SIZE - 64), EFI_INVALID_PARAMETER);
	check_left_nothing(probe(SIZE_MAX), EFI_INVALID_PARAMETER);
	check_left_nothing(
		ffav_mm_probe(&mm, world.near, UINT64_MAX - 4, WORLD_BUFFER_SIZE, 0, NULL, 0),
		EFI_INVALID_PARAMETER);
	assert_int_equal(world.smcs, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_offset, setup),
		cmocka_unit_test_setup(test_offset_elsewhere, setup),
		cmocka_unit_test_setup(test_offset_1_0, setup),
		cmocka_unit_test_setup(test_address, setup),
		cmocka_unit_test_setup(test_request2, setup),
		cmocka_unit_test_setup(test_request2_v3, setup),
		cmocka_unit_test_setup(test_wrong_dialect, setup),
		cmocka_unit_test_setup(test_spm_mm, setup),
		cmocka_unit_test_setup(test_nothing_there, setup),
		cmocka_unit_test_setup(test_unusable_answers, setup),
		cmocka_unit_test_setup(test_every_service, setup),
		cmocka_unit_test_setup(test_strange_partitions, setup),
		cmocka_unit_test_setup(test_wrong_answers, setup),
		cmocka_unit_test_setup(test_lost_in_probe, setup),
		cmocka_unit_test_setup(test_still_mapped, setup),
		cmocka_unit_test_setup(test_bad_buffer, setup),
	};

	return cmocka_run_group_tests_name("normal/dialects", tests, NULL, NULL);
}
