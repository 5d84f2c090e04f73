// SPDX-License-Identifier: BSD-3-Clause
/* The command 'ffavars': what was found, and does it answer? */
#include <command.h>
#include <efi_loader.h>
#include <stdio.h>
#include "shim.h"
#include "uboot.h"

static int do_ffavars(struct cmd_tbl *cmdtp, int flag, int argc, char *const argv[])
{
	struct ffavars_connection connection;
	ulong payload;
	int ret;

	if (argc != 1)
		return CMD_RET_USAGE;
	/* What is missing has been said. */
	if (efi_init_obj_list() != EFI_SUCCESS)
		return CMD_RET_FAILURE;
	ffavars_describe(&connection);
	if (connection.version)
		printf("FF-A:          %u.%u, own id 0x%x, MM partition 0x%x\n",
		       connection.version >> 16, connection.version & 0xffff, connection.own_id,
		       connection.partition_id);
	printf("Doorbell:      %s\n", connection.dialect);
	printf("Shared buffer: 0x%lx, 0x%lx bytes, messages at offset 0x%lx\n",
	       (ulong)CONFIG_FFAVARS_BUFFER_ADDRESS, (ulong)CONFIG_FFAVARS_BUFFER_SIZE,
	       (ulong)CONFIG_FFAVARS_MESSAGE_OFFSET);
	printf("Payload:       at most %lu bytes\n", connection.payload_max);
	ret = ffavars_ask_payload_size(&payload, ffavars_transport_communicate);
	if (ret) {
		printf("The partition does not answer: error %d\n", ret);
		return CMD_RET_FAILURE;
	}
	printf("The partition answers: it takes %lu bytes\n", payload);
	return CMD_RET_SUCCESS;
}

U_BOOT_CMD(ffavars, 1, 0, do_ffavars, "show the MM partition that keeps UEFI variables",
	   "- show it and ask it for its payload size");
