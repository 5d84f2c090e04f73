// SPDX-License-Identifier: BSD-3-Clause
/*
 * What of U-Boot's side stays after ExitBootServices: the entries of the runtime
 * table, the address-map event and the two services that the library asks for. No
 * resident function here calls anything of U-Boot but what U-Boot keeps resident.
 */
#include <efi_api.h>
#include <efi_loader.h>
#include <linux/arm-smccc.h>
#include <linux/build_bug.h>
#include <linux/stringify.h>
#include "sections.h"
#include "shim.h"
#include "uboot.h"

/* The library's marks are U-Boot's. */
#define SAME_MARK(a, b)                                                   \
	_Static_assert(!__builtin_strcmp(__stringify(a), __stringify(b)), \
		       "port/sections.h does not match U-Boot's efi_loader.h")
SAME_MARK(FFAV_RESIDENT, __efi_runtime);
SAME_MARK(FFAV_RESIDENT_DATA, __efi_runtime_data);
SAME_MARK(FFAV_RESIDENT_RODATA, __efi_runtime_rodata);

void __efi_runtime ffavars_uboot_smc(unsigned long *regs)
{
	_Static_assert(sizeof(struct arm_smccc_1_2_regs) == 18 * sizeof(*regs), "x0 to x17");
	arm_smccc_1_2_smc((const struct arm_smccc_1_2_regs *)regs,
			  (struct arm_smccc_1_2_regs *)regs);
}

void __efi_runtime ffavars_uboot_convert_pointer(void **p)
{
	efi_convert_pointer(0, p);
}

static efi_status_t EFIAPI __efi_runtime efi_get_variable_int_runtime(u16 *name,
								      const efi_guid_t *vendor,
								      u32 *attributes,
								      efi_uintn_t *data_size,
								      void *data)
{
	return ffavars_get(name, vendor, attributes, data_size, data);
}

static efi_status_t EFIAPI __efi_runtime
efi_get_next_variable_name_int_runtime(efi_uintn_t *name_size, u16 *name, efi_guid_t *vendor)
{
	return ffavars_next(name_size, name, vendor);
}

static efi_status_t EFIAPI __efi_runtime efi_set_variable_int_runtime(u16 *name,
								      const efi_guid_t *vendor,
								      u32 attributes,
								      efi_uintn_t data_size,
								      const void *data)
{
	return ffavars_set(name, vendor, attributes, data_size, data);
}

static efi_status_t EFIAPI __efi_runtime efi_query_variable_info_int_runtime(u32 attributes,
									     u64 *max_storage,
									     u64 *remaining,
									     u64 *max_variable)
{
	return ffavars_query(attributes, max_storage, remaining, max_variable);
}

static void EFIAPI __efi_runtime address_map_changed(struct efi_event *event, void *context)
{
	ffavars_set_virtual_address_map();
}

efi_status_t ffavars_runtime_listen(void)
{
	struct efi_event *event;

	return efi_create_event(EVT_SIGNAL_VIRTUAL_ADDRESS_CHANGE, TPL_CALLBACK,
				address_map_changed, NULL, NULL, &event);
}

void ffavars_runtime_publish(void)
{
	efi_runtime_services.get_variable = efi_get_variable_int_runtime;
	efi_runtime_services.get_next_variable_name = efi_get_next_variable_name_int_runtime;
	efi_runtime_services.set_variable = efi_set_variable_int_runtime;
	efi_runtime_services.query_variable_info = efi_query_variable_info_int_runtime;
	efi_update_table_header_crc32(&efi_runtime_services.hdr);
}
