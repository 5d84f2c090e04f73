/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: The UEFI tables, as far as this driver reaches into them
 *
 * UEFI 2.10: section 4 (system table, configuration tables), section 7 (boot
 * services), section 8 (runtime services), section 9.1 (loaded image), section
 * 12.4 (text output), section 4.6 (runtime properties table). Entries that are
 * not used have the type void *, so that they keep their place.
 */
#ifndef FFAV_UEFI_H
#define FFAV_UEFI_H

#include "abi/efi.h"

typedef void *efi_handle_t;
typedef void *efi_event_t;
typedef uint64_t efi_physical_address_t;

/** struct efi_table_header - What every table starts with. @header_size covers the table. */
struct efi_table_header {
	uint64_t signature;
	uint32_t revision;
	uint32_t header_size;
	uint32_t crc32;
	uint32_t reserved;
};

#define EFI_RUNTIME_SERVICES_SIGNATURE UINT64_C(0x56524553544e5552)

#define EFI_PAGE_SIZE UINT64_C(4096)
/** Runtime regions of AArch64 keep to 64 KiB (UEFI 2.10 section 2.3.6). */
#define EFI_RUNTIME_PAGE_SIZE UINT64_C(0x10000)

/* EFI_MEMORY_TYPE and EFI_ALLOCATE_TYPE, section 7.2. */
#define EFI_LOADER_DATA           2u
#define EFI_BOOT_SERVICES_DATA    4u
#define EFI_RUNTIME_SERVICES_CODE 5u
#define EFI_RUNTIME_SERVICES_DATA 6u
#define EFI_ALLOCATE_ANY_PAGES    0u
#define EFI_ALLOCATE_ADDRESS      2u

/** struct efi_memory_descriptor - EFI_MEMORY_DESCRIPTOR, version 1; a map may have longer ones. */
struct efi_memory_descriptor {
	uint32_t type;
	uint32_t padding;
	uint64_t physical_start;
	uint64_t virtual_start;
	uint64_t pages;
	uint64_t attribute;
};

/* Events, section 7.1. */
#define EFI_EVENT_EXIT_BOOT_SERVICES     0x00000201u
#define EFI_EVENT_VIRTUAL_ADDRESS_CHANGE 0x60000202u
#define EFI_TPL_CALLBACK                 8u
#define EFI_TPL_NOTIFY                   16u
#define EFI_TPL_HIGH_LEVEL               31u

/* RaiseTPL() returns the level that RestoreTPL() goes back to. */
typedef uint64_t (*efi_raise_tpl_t)(uint64_t level);
typedef void (*efi_restore_tpl_t)(uint64_t level);

typedef void (*efi_event_notify_t)(efi_event_t event, void *context);

/** struct efi_boot_services - EFI_BOOT_SERVICES up to LocateProtocol(). */
struct efi_boot_services {
	struct efi_table_header header;
	efi_raise_tpl_t raise_tpl;
	efi_restore_tpl_t restore_tpl;
	efi_status_t (*allocate_pages)(uint32_t how, uint32_t type, uint64_t pages,
				       efi_physical_address_t *address);
	efi_status_t (*free_pages)(efi_physical_address_t address, uint64_t pages);
	efi_status_t (*get_memory_map)(uint64_t *map_size, struct efi_memory_descriptor *map,
				       uint64_t *key, uint64_t *descriptor_size,
				       uint32_t *descriptor_version);
	void *allocate_pool;
	void *free_pool;
	efi_status_t (*create_event)(uint32_t type, uint64_t tpl, efi_event_notify_t notify,
				     void *context, efi_event_t *event);
	void *set_timer;
	void *wait_for_event;
	void *signal_event;
	efi_status_t (*close_event)(efi_event_t event);
	void *check_event;
	efi_status_t (*install_protocol_interface)(efi_handle_t *handle,
						   const struct efi_guid *protocol,
						   uint32_t interface_type, void *interface);
	void *reinstall_protocol_interface;
	efi_status_t (*uninstall_protocol_interface)(efi_handle_t handle,
						     const struct efi_guid *protocol,
						     void *interface);
	efi_status_t (*handle_protocol)(efi_handle_t handle, const struct efi_guid *protocol,
					void **interface);
	void *reserved;
	void *register_protocol_notify;
	void *locate_handle;
	void *locate_device_path;
	void *install_configuration_table;
	void *load_image;
	void *start_image;
	void *exit;
	void *unload_image;
	efi_status_t (*exit_boot_services)(efi_handle_t image, uint64_t key);
	void *get_next_monotonic_count;
	void *stall;
	void *set_watchdog_timer;
	void *connect_controller;
	void *disconnect_controller;
	void *open_protocol;
	void *close_protocol;
	void *open_protocol_information;
	void *protocols_per_handle;
	void *locate_handle_buffer;
	efi_status_t (*locate_protocol)(const struct efi_guid *protocol, void *registration,
					void **interface);
};

/** struct efi_runtime_services - EFI_RUNTIME_SERVICES of UEFI 2.0 and later. */
struct efi_runtime_services {
	struct efi_table_header header;
	efi_status_t (*get_time)(void *time, void *capabilities);
	efi_status_t (*set_time)(void *time);
	efi_status_t (*get_wakeup_time)(uint8_t *enabled, uint8_t *pending, void *time);
	efi_status_t (*set_wakeup_time)(uint8_t enable, void *time);
	efi_status_t (*set_virtual_address_map)(uint64_t map_size, uint64_t descriptor_size,
						uint32_t descriptor_version, void *map);
	efi_status_t (*convert_pointer)(uint64_t disposition, void **address);
	efi_status_t (*get_variable)(const uint16_t *name, const struct efi_guid *guid,
				     uint32_t *attributes, uint64_t *data_size, void *data);
	efi_status_t (*get_next_variable_name)(uint64_t *name_size, uint16_t *name,
					       struct efi_guid *guid);
	efi_status_t (*set_variable)(const uint16_t *name, const struct efi_guid *guid,
				     uint32_t attributes, uint64_t data_size, const void *data);
	efi_status_t (*get_next_high_monotonic_count)(uint32_t *count);
	void (*reset_system)(uint32_t type, efi_status_t status, uint64_t size, void *data);
	efi_status_t (*update_capsule)(void **capsules, uint64_t count, uint64_t scatter_list);
	efi_status_t (*query_capsule_capabilities)(void **capsules, uint64_t count,
						   uint64_t *maximum, uint32_t *reset_type);
	efi_status_t (*query_variable_info)(uint32_t attributes, uint64_t *max_storage,
					    uint64_t *remaining, uint64_t *max_variable);
};

/** struct efi_text_output - EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL up to OutputString(). */
struct efi_text_output {
	void *reset;
	efi_status_t (*output_string)(struct efi_text_output *self, const uint16_t *string);
};

/** struct efi_configuration_table - One entry of the system table's list. */
struct efi_configuration_table {
	struct efi_guid guid;
	void *table;
};

/** struct efi_system_table - EFI_SYSTEM_TABLE. */
struct efi_system_table {
	struct efi_table_header header;
	uint16_t *firmware_vendor;
	uint32_t firmware_revision;
	uint32_t padding;
	efi_handle_t console_in_handle;
	void *console_in;
	efi_handle_t console_out_handle;
	struct efi_text_output *console_out;
	efi_handle_t standard_error_handle;
	void *standard_error;
	struct efi_runtime_services *runtime;
	struct efi_boot_services *boot;
	uint64_t configuration_tables;
	struct efi_configuration_table *configuration_table;
};

/** struct efi_loaded_image - EFI_LOADED_IMAGE_PROTOCOL up to ImageSize. */
struct efi_loaded_image {
	uint32_t revision;
	efi_handle_t parent;
	struct efi_system_table *system_table;
	efi_handle_t device;
	void *file_path;
	void *reserved;
	uint32_t load_options_size;
	void *load_options;
	void *image_base;
	uint64_t image_size;
};

/** struct efi_rt_properties - EFI_RT_PROPERTIES_TABLE: which services work at runtime. */
struct efi_rt_properties {
	uint16_t version;
	uint16_t length;
	uint32_t supported;
};

#define EFI_RT_SUPPORTED_GET_VARIABLE           0x0010u
#define EFI_RT_SUPPORTED_GET_NEXT_VARIABLE_NAME 0x0020u
#define EFI_RT_SUPPORTED_SET_VARIABLE           0x0040u
#define EFI_RT_SUPPORTED_QUERY_VARIABLE_INFO    0x2000u

#define EFI_LOADED_IMAGE_PROTOCOL_GUID                                                      \
	EFI_GUID_INIT(0x5b1b31a1, 0x9562, 0x11d2, 0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, \
		      0x3b)
#define EFI_DEVICE_TREE_TABLE_GUID                                                          \
	EFI_GUID_INIT(0xb1b621d5, 0xf19c, 0x41a5, 0x83, 0x0b, 0xd9, 0x15, 0x2c, 0x69, 0xaa, \
		      0xe0)
#define EFI_ACPI_20_TABLE_GUID                                                              \
	EFI_GUID_INIT(0x8868e871, 0xe4f1, 0x11d3, 0xbc, 0x22, 0x00, 0x80, 0xc7, 0x3c, 0x88, \
		      0x81)
#define EFI_RT_PROPERTIES_TABLE_GUID                                                        \
	EFI_GUID_INIT(0xeb66918a, 0x7eef, 0x402a, 0x84, 0x2e, 0x93, 0x1d, 0x21, 0xc3, 0x8a, \
		      0xe9)

#endif
