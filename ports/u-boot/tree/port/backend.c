// SPDX-License-Identifier: BSD-3-Clause
/*
 * UEFI variables in an MM partition: what U-Boot asks of a store while it is itself
 * running. Every service is one request to the partition; there is no copy in RAM.
 */
#define LOG_CATEGORY LOGC_EFI

#include <charset.h>
#include <efi_api.h>
#include <efi_loader.h>
#include <efi_variable.h>
#include <log.h>
#include <malloc.h>
#include "shim.h"
#include "uboot.h"

efi_status_t efi_get_variable_int(const u16 *variable_name, const efi_guid_t *vendor,
				  u32 *attributes, efi_uintn_t *data_size, void *data,
				  u64 *timep)
{
	/* The partition keeps the time of authenticated variables and tells it to nobody. */
	if (timep)
		*timep = 0;
	return ffavars_get(variable_name, vendor, attributes, data_size, data);
}

efi_status_t efi_get_next_variable_name_int(efi_uintn_t *variable_name_size, u16 *variable_name,
					    efi_guid_t *vendor)
{
	return ffavars_next(variable_name_size, variable_name, vendor);
}

efi_status_t efi_query_variable_info_int(u32 attributes, u64 *maximum_variable_storage_size,
					 u64 *remaining_variable_storage_size,
					 u64 *maximum_variable_size)
{
	return ffavars_query(attributes, maximum_variable_storage_size,
			     remaining_variable_storage_size, maximum_variable_size);
}

/* Does the variable have exactly this value and these attributes? */
static bool is_set(const u16 *name, const efi_guid_t *vendor, u32 attributes, efi_uintn_t size,
		   const void *data)
{
	efi_uintn_t there = size;
	u32 attributes_there;
	efi_status_t ret;
	bool same;
	void *value;

	if (!size)
		return false;
	value = malloc(size);
	if (!value)
		return false;
	ret = ffavars_get(name, vendor, &attributes_there, &there, value);
	same = ret == EFI_SUCCESS && attributes_there == attributes && there == size &&
	       !memcmp(value, data, size);
	free(value);
	return same;
}

/*
 * U-Boot's own constants (@ro_check is false, EFI_VARIABLE_READ_ONLY is set) are set at
 * every start. Some of them, SecureBoot and its kin, a partition may compute itself: what
 * has the right value already is left alone.
 */
efi_status_t efi_set_variable_int(const u16 *variable_name, const efi_guid_t *vendor,
				  u32 attributes, efi_uintn_t data_size, const void *data,
				  bool ro_check)
{
	bool read_only = attributes & EFI_VARIABLE_READ_ONLY;
	efi_status_t ret;

	if (!variable_name || !vendor || (data_size && !data))
		return EFI_INVALID_PARAMETER;
	attributes &= EFI_VARIABLE_MASK;
	if (read_only && is_set(variable_name, vendor, attributes, data_size, data))
		return EFI_SUCCESS;

	ret = ffavars_set(variable_name, vendor, attributes, data_size, data);
	if (ret == EFI_WRITE_PROTECTED && !ro_check) {
		ret = ffavars_protect(variable_name, vendor, attributes, data_size, false);
		if (ret == EFI_SUCCESS)
			ret = ffavars_set(variable_name, vendor, attributes, data_size, data);
	}
	if (ret != EFI_SUCCESS)
		return ret;
	if (read_only && data_size)
		ret = ffavars_protect(variable_name, vendor, attributes, data_size, true);
	/* With the platform key the secure boot state of U-Boot changes. */
	if (ret == EFI_SUCCESS && !u16_strcmp(variable_name, u"PK") &&
	    !guidcmp(vendor, &efi_global_variable_guid))
		ret = efi_init_secure_state();
	return ret;
}

u32 efi_ffavars_rt_supported(void)
{
	struct ffavars_connection connection;

	ffavars_describe(&connection);
	if (!connection.ready)
		return 0;
	return EFI_RT_SUPPORTED_SET_VARIABLE | EFI_RT_SUPPORTED_QUERY_VARIABLE_INFO;
}

void efi_variables_boot_exit_notify(void)
{
	efi_status_t ret;

	/* U-Boot's console still works here; from the next line on the services are silent. */
	ret = ffavars_exit_boot_services();
	if (ret != EFI_SUCCESS)
		log_err("ffavars: the MM partition could not be told of ExitBootServices: "
			"status 0x%lx\n",
			ret);
	if (!ffavars_transport_is_mapped()) {
		log_err("ffavars: the shared buffer is not EfiRuntimeServicesData any more (is "
			"it below /reserved-memory?), so there are no variables at runtime\n");
		ffavars_give_up();
	}
	ffavars_runtime_publish();
}

efi_status_t efi_init_variables(void)
{
	efi_status_t ret;

	ret = ffavars_transport_start();
	if (ret != EFI_SUCCESS)
		return ret;
	ret = ffavars_runtime_listen();
	if (ret != EFI_SUCCESS)
		return ret;
	return efi_init_secure_state();
}
