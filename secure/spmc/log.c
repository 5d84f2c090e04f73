// SPDX-License-Identifier: BSD-3-Clause
/* FFA_CONSOLE_LOG: what partitions say, line by line into the report. */
#include "secure/spmc/core.h"

void ffav_spmc_log_flush(struct ffav_partition *partition)
{
	if (partition->line_size)
		ffav_report_line(FFAV_REPORT_PARTITIONS, partition->config.name,
				 partition->line, partition->line_size);
	partition->line_size = 0;
}

/* Add one character to the partition's line. */
static void put(struct ffav_partition *partition, char c)
{
	if (c == '\n') {
		ffav_spmc_log_flush(partition);
		return;
	}
	if (c == '\r' || c == '\0')
		return;
	if (partition->line_size == sizeof(partition->line))
		ffav_spmc_log_flush(partition);
	partition->line[partition->line_size++] = c;
}

/*
 * FF-A 1.2, section "FFA_CONSOLE_LOG". The characters are in w2-w7, x2-x7, or
 * x2-x17 since FF-A 1.2, the first in the lowest byte.
 */
struct ffav_switch ffav_spmc_console_log(struct ffav_spmc *m, const struct ffav_caller *caller,
					 const struct ffav_smc_regs *in,
					 struct ffav_smc_regs *out)
{
	bool wide = in->x[0] & SMCCC_64;
	size_t width = wide ? sizeof(uint64_t) : sizeof(uint32_t);
	size_t registers = wide && caller->endpoint->version >= FFA_VERSION_1_2 ? 16 : 6;
	uint64_t count = in->x[1];

	if (!count || count > registers * width)
		return ffav_spmc_refuse(m, caller, FFA_INVALID_PARAMETERS,
					"the character count does not fit", count, out);
	for (size_t i = 0; i < count; i++)
		put(caller->partition, (char)(in->x[2 + i / width] >> 8 * (i % width)));
	return ffav_spmc_success(m, caller, 0, out);
}
