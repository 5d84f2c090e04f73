/* SPDX-License-Identifier: BSD-3-Clause */
/* The library's side of the seam: the one connection, and the services in plain types. */
#include "connection.h"
#include "normal/variables/variables.h"
#include "shim.h"

/* Resident: at runtime this and the lock are all the state that there is. */
FFAV_RESIDENT_DATA struct ffav_mm ffavars_mm;

FFAV_BOOT unsigned long ffavars_probe(void *buffer, unsigned long size, unsigned long offset,
				      void *rxtx)
{
	return ffav_mm_probe(&ffavars_mm, buffer, (uintptr_t)buffer, size, offset, rxtx,
			     (uintptr_t)rxtx);
}

FFAV_BOOT static const char *dialect_name(void)
{
	switch (ffavars_mm.dialect) {
	case FFAV_MM_OFFSET:
		return "offset in the buffer";
	case FFAV_MM_ADDRESS:
		return "address of the message";
	case FFAV_MM_REQUEST2:
		return "address of the message, FFA_MSG_SEND_DIRECT_REQ2";
	case FFAV_MM_SPM:
		return "SPM_MM, without FF-A";
	}
	return "unknown";
}

FFAV_BOOT void ffavars_describe(struct ffavars_connection *connection)
{
	connection->ready = ffavars_mm.found && !ffavars_mm.dead;
	connection->dead = ffavars_mm.dead;
	connection->rxtx_mapped = ffavars_mm.ffa.rxtx_mapped;
	connection->version = ffavars_mm.ffa.version;
	connection->own_id = ffavars_mm.ffa.id;
	connection->partition_id = ffavars_mm.ffa.partition;
	connection->dialect = dialect_name();
	connection->payload_max = ffavars_mm.payload_max;
}

FFAV_BOOT unsigned long ffavars_communicate(void *message, unsigned long *size)
{
	size_t bytes = *size;
	efi_status_t status = ffav_mm_communicate(&ffavars_mm, message, &bytes);

	*size = bytes;
	return status;
}

FFAV_RESIDENT unsigned long ffavars_get(const unsigned short *name, const void *guid,
					unsigned int *attributes, unsigned long *size,
					void *data)
{
	uint64_t bytes = size ? *size : 0;
	efi_status_t status;

	status = ffav_get_variable(&ffavars_mm, name, guid, attributes, size ? &bytes : NULL,
				   data);
	if (size)
		*size = bytes;
	return status;
}

FFAV_RESIDENT unsigned long ffavars_next(unsigned long *size, unsigned short *name, void *guid)
{
	uint64_t bytes = size ? *size : 0;
	efi_status_t status;

	status = ffav_get_next_variable_name(&ffavars_mm, size ? &bytes : NULL, name, guid);
	if (size)
		*size = bytes;
	return status;
}

FFAV_RESIDENT unsigned long ffavars_set(const unsigned short *name, const void *guid,
					unsigned int attributes, unsigned long size,
					const void *data)
{
	return ffav_set_variable(&ffavars_mm, name, guid, attributes, size, data);
}

FFAV_RESIDENT unsigned long ffavars_query(unsigned int attributes,
					  unsigned long long *max_storage,
					  unsigned long long *remaining,
					  unsigned long long *max_variable)
{
	uint64_t storage, left, variable;
	efi_status_t status;

	if (!max_storage || !remaining || !max_variable)
		return EFI_INVALID_PARAMETER;
	status = ffav_query_variable_info(&ffavars_mm, attributes, &storage, &left, &variable);
	if (status)
		return status;
	*max_storage = storage;
	*remaining = left;
	*max_variable = variable;
	return EFI_SUCCESS;
}

FFAV_BOOT unsigned long ffavars_exit_boot_services(void)
{
	return ffav_variables_exit_boot_services(&ffavars_mm);
}

FFAV_BOOT void ffavars_give_up(void)
{
	ffavars_mm.dead = true;
}

FFAV_RESIDENT void ffavars_set_virtual_address_map(void)
{
	ffav_mm_set_virtual_address_map(&ffavars_mm);
}
