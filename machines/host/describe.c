// SPDX-License-Identifier: BSD-3-Clause
#include "machines/host/describe.h"

#include <inttypes.h>

/** How a function's registers are read. */
enum form {
	FORM_PLAIN,
	FORM_ERROR,
	FORM_VERSION,
	FORM_FUNCTION,
	FORM_MAP,
	FORM_UUID,
	FORM_UUID_REGS,
	FORM_TARGET,
	FORM_MESSAGE,
	FORM_MESSAGE2,
	FORM_TEXT,
};

#define CALL(id, form)        \
	{                     \
#id, id, form \
	}

static const struct {
	const char *name;
	uint32_t id;
	enum form form;
} calls[] = {
	CALL(FFA_ERROR, FORM_ERROR),
	CALL(FFA_SUCCESS_32, FORM_PLAIN),
	CALL(FFA_SUCCESS_64, FORM_PLAIN),
	CALL(FFA_INTERRUPT, FORM_TARGET),
	CALL(FFA_VERSION, FORM_VERSION),
	CALL(FFA_FEATURES, FORM_FUNCTION),
	CALL(FFA_RX_RELEASE, FORM_PLAIN),
	CALL(FFA_RXTX_MAP_32, FORM_MAP),
	CALL(FFA_RXTX_MAP_64, FORM_MAP),
	CALL(FFA_RXTX_UNMAP, FORM_PLAIN),
	CALL(FFA_PARTITION_INFO_GET, FORM_UUID),
	CALL(FFA_ID_GET, FORM_PLAIN),
	CALL(FFA_MSG_WAIT, FORM_PLAIN),
	CALL(FFA_YIELD, FORM_TARGET),
	CALL(FFA_RUN, FORM_TARGET),
	CALL(FFA_MSG_SEND_DIRECT_REQ_32, FORM_MESSAGE),
	CALL(FFA_MSG_SEND_DIRECT_REQ_64, FORM_MESSAGE),
	CALL(FFA_MSG_SEND_DIRECT_RESP_32, FORM_MESSAGE),
	CALL(FFA_MSG_SEND_DIRECT_RESP_64, FORM_MESSAGE),
	CALL(FFA_SPM_ID_GET, FORM_PLAIN),
	CALL(FFA_CONSOLE_LOG_32, FORM_PLAIN),
	CALL(FFA_CONSOLE_LOG_64, FORM_TEXT),
	CALL(FFA_PARTITION_INFO_GET_REGS, FORM_UUID_REGS),
	CALL(FFA_MSG_SEND_DIRECT_REQ2, FORM_MESSAGE2),
	CALL(FFA_MSG_SEND_DIRECT_RESP2, FORM_MESSAGE2),
	CALL(SMCCC_VERSION, FORM_PLAIN),
	CALL(SMCCC_ARCH_FEATURES, FORM_FUNCTION),
	CALL(PSCI_VERSION, FORM_PLAIN),
	CALL(PSCI_SYSTEM_OFF, FORM_PLAIN),
	CALL(PSCI_SYSTEM_RESET, FORM_PLAIN),
};

#define CALLS (sizeof(calls) / sizeof(calls[0]))

static const char *const errors[] = {
	"OK",        "NOT_SUPPORTED", "INVALID_PARAMETERS",
	"NO_MEMORY", "BUSY",          "INTERRUPTED",
	"DENIED",    "RETRY",         "ABORTED",
	"NO_DATA",   "NOT_READY",
};

static void put_function(FILE *out, uint32_t id)
{
	for (size_t i = 0; i < CALLS; i++) {
		if (calls[i].id == id) {
			fputs(calls[i].name, out);
			return;
		}
	}
	fprintf(out, "0x%08" PRIx32, id);
}

static void put_error(FILE *out, uint64_t w2)
{
	int64_t code = -(int64_t)(int32_t)(uint32_t)w2;

	if (code > 0 && code < (int64_t)(sizeof(errors) / sizeof(errors[0])))
		fprintf(out, ", %s", errors[code]);
	else
		fprintf(out, ", code %" PRId64, -code);
}

static void put_version(FILE *out, uint64_t version)
{
	fprintf(out, "%" PRIu32 ".%" PRIu32, (uint32_t)version >> 16,
		(uint32_t)version & 0xffff);
}

static void put_uuid(FILE *out, struct ffav_uuid uuid)
{
	fputs(", service ", out);
	for (size_t i = 0; i < sizeof(uuid.b); i++)
		fprintf(out, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
			uuid.b[i]);
}

/* Registers from @first on as they are, as far as any is set. */
static void put_rest(FILE *out, const struct ffav_smc_regs *regs, unsigned int first)
{
	unsigned int last = FFAV_SMC_REGS - 1;

	while (last >= first && !regs->x[last])
		last--;
	for (unsigned int i = first; i <= last; i++)
		fprintf(out, ", x%u 0x%" PRIx64, i, regs->x[i]);
}

/* What a partition writes comes from another world: only what prints is printed. */
static void put_text(FILE *out, const struct ffav_smc_regs *regs)
{
	uint64_t count = regs->x[1] < 48 ? regs->x[1] : 48;

	fputs(", \"", out);
	for (uint64_t i = 0; i < count; i++) {
		unsigned int c = (unsigned int)(regs->x[2 + i / 8] >> 8 * (i % 8)) & 0xff;

		if (c >= ' ' && c <= '~')
			fputc((int)c, out);
		else
			fputs(c == '\n' ? "\\n" : "?", out);
	}
	fputc('"', out);
}

static void put_arguments(FILE *out, enum form form, const struct ffav_smc_regs *regs)
{
	switch (form) {
	case FORM_PLAIN:
		put_rest(out, regs, 1);
		break;
	case FORM_ERROR:
		put_error(out, regs->x[2]);
		break;
	case FORM_VERSION:
		fputs(", ", out);
		put_version(out, regs->x[1]);
		break;
	case FORM_FUNCTION:
		fputs(" of ", out);
		put_function(out, (uint32_t)regs->x[1]);
		break;
	case FORM_MAP:
		fprintf(out, ", TX 0x%" PRIx64 ", RX 0x%" PRIx64 ", %" PRIu64 " page(s)",
			regs->x[1], regs->x[2], regs->x[3]);
		break;
	case FORM_UUID:
		put_uuid(out, ffav_uuid_from_words((uint32_t)regs->x[1], (uint32_t)regs->x[2],
						   (uint32_t)regs->x[3], (uint32_t)regs->x[4]));
		break;
	case FORM_UUID_REGS:
		put_uuid(out, ffav_uuid_from_regs(regs->x[1], regs->x[2]));
		put_rest(out, regs, 3);
		break;
	case FORM_TARGET:
		fprintf(out, ", partition 0x%04x, context %u", ffav_ffa_sender(regs->x[1]),
			ffav_ffa_receiver(regs->x[1]));
		break;
	case FORM_MESSAGE:
	case FORM_MESSAGE2:
		fprintf(out, ", 0x%04x to 0x%04x", ffav_ffa_sender(regs->x[1]),
			ffav_ffa_receiver(regs->x[1]));
		if (form == FORM_MESSAGE)
			fprintf(out, ", x3 0x%" PRIx64, regs->x[3]);
		put_rest(out, regs, form == FORM_MESSAGE ? 4 : 2);
		break;
	case FORM_TEXT:
		put_text(out, regs);
		break;
	}
}

void ffav_describe_call(FILE *out, const struct ffav_smc_regs *regs)
{
	uint32_t function = (uint32_t)regs->x[0];

	put_function(out, function);
	for (size_t i = 0; i < CALLS; i++) {
		if (calls[i].id == function) {
			put_arguments(out, calls[i].form, regs);
			return;
		}
	}
	put_rest(out, regs, 1);
}

/* What FFA_PARTITION_INFO_GET_REGS has found. */
static void put_partitions(FILE *out, const struct ffav_smc_regs *regs)
{
	struct ffav_info_regs m = ffav_info_regs_decode(regs->x[2]);

	fprintf(out, "FFA_SUCCESS_64, partitions up to %u of %u", m.current, m.last);
	for (unsigned int i = 0; i <= m.current && i < FFA_INFO_REGS_MAX; i++) {
		struct ffav_partition_info info = ffav_info_regs_get(regs, i);

		fprintf(out, ", 0x%04x with properties 0x%" PRIx32, info.id, info.properties);
	}
}

void ffav_describe_result(FILE *out, uint32_t function, const struct ffav_smc_regs *regs)
{
	if (function == FFA_VERSION) {
		if (regs->x[0] & FFA_VERSION_RESERVED_BIT)
			put_error(out, regs->x[0]);
		else
			put_version(out, regs->x[0]);
	} else if (function == FFA_PARTITION_INFO_GET_REGS &&
		   (uint32_t)regs->x[0] == FFA_SUCCESS_64) {
		put_partitions(out, regs);
	} else if (function == SMCCC_VERSION) {
		put_version(out, regs->x[0]);
	} else {
		ffav_describe_call(out, regs);
	}
}
