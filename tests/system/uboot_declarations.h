/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * As much of U-Boot's interface as the tested files of ports/u-boot use, declared here so
 * that they compile without its sources. Every header that they name is this one.
 */
#ifndef TESTS_UBOOT_DECLARATIONS_H
#define TESTS_UBOOT_DECLARATIONS_H

#include <stdbool.h>
#include <stddef.h>

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned long ulong;
typedef unsigned long efi_status_t;
typedef size_t efi_uintn_t;
typedef struct {
	u8 b[16];
} efi_guid_t;

#define __stringify_1(x...) #x
#define __stringify(x...)   __stringify_1(x)
#define __section(s)        __attribute__((__section__(s)))

#ifndef TEXT_SECTION
#define TEXT_SECTION ".text.efi_runtime"
#endif
#define __efi_runtime        __section(TEXT_SECTION)
#define __efi_runtime_data   __section(".data.efi_runtime")
#define __efi_runtime_rodata __section(".rodata.efi_runtime")
#define EFIAPI

#define EFI_ERROR_MASK        (1UL << 63)
#define EFI_SUCCESS           0
#define EFI_INVALID_PARAMETER (EFI_ERROR_MASK | 2)
#define EFI_UNSUPPORTED       (EFI_ERROR_MASK | 3)
#define EFI_BAD_BUFFER_SIZE   (EFI_ERROR_MASK | 4)
#define EFI_BUFFER_TOO_SMALL  (EFI_ERROR_MASK | 5)
#define EFI_DEVICE_ERROR      (EFI_ERROR_MASK | 7)
#define EFI_WRITE_PROTECTED   (EFI_ERROR_MASK | 8)
#define EFI_OUT_OF_RESOURCES  (EFI_ERROR_MASK | 9)
#define EFI_NOT_FOUND         (EFI_ERROR_MASK | 14)
#define EFI_ACCESS_DENIED     (EFI_ERROR_MASK | 15)

#define EFI_VARIABLE_BOOTSERVICE_ACCESS      2
#define EFI_VARIABLE_RUNTIME_ACCESS          4
#define EFI_VARIABLE_MASK                    0xff
#define EFI_VARIABLE_READ_ONLY               0x80000000
#define EFI_RT_SUPPORTED_SET_VARIABLE        0x40
#define EFI_RT_SUPPORTED_QUERY_VARIABLE_INFO 0x2000

enum { ENODEV = 19, EINVAL = 22, EPERM = 1, EACCES = 13, EBUSY = 16, E2BIG = 7 };

struct efi_event;
struct efi_table_hdr {
	u64 signature;
};
struct efi_runtime_services {
	struct efi_table_hdr hdr;
	efi_status_t (*get_variable)(u16 *, const efi_guid_t *, u32 *, efi_uintn_t *, void *);
	efi_status_t (*get_next_variable_name)(efi_uintn_t *, u16 *, efi_guid_t *);
	efi_status_t (*set_variable)(u16 *, const efi_guid_t *, u32, efi_uintn_t, const void *);
	efi_status_t (*query_variable_info)(u32, u64 *, u64 *, u64 *);
};
extern struct efi_runtime_services efi_runtime_services;
extern const efi_guid_t efi_global_variable_guid;

#define EVT_SIGNAL_VIRTUAL_ADDRESS_CHANGE 0x60000202
#define TPL_CALLBACK                      8
efi_status_t efi_create_event(u32 type, efi_uintn_t tpl,
			      void (*notify)(struct efi_event *event, void *context),
			      void *context, const efi_guid_t *group, struct efi_event **event);
efi_status_t efi_convert_pointer(efi_uintn_t disposition, void **address);
void efi_update_table_header_crc32(struct efi_table_hdr *table);
efi_status_t efi_init_secure_state(void);
int guidcmp(const void *a, const void *b);
int u16_strcmp(const u16 *a, const u16 *b);

struct arm_smccc_1_2_regs {
	unsigned long a[18];
};
void arm_smccc_1_2_smc(const struct arm_smccc_1_2_regs *args, struct arm_smccc_1_2_regs *res);

/* What the variable store gives to U-Boot. */
efi_status_t efi_get_variable_int(const u16 *name, const efi_guid_t *vendor, u32 *attributes,
				  efi_uintn_t *data_size, void *data, u64 *timep);
efi_status_t efi_get_next_variable_name_int(efi_uintn_t *size, u16 *name, efi_guid_t *vendor);
efi_status_t efi_set_variable_int(const u16 *name, const efi_guid_t *vendor, u32 attributes,
				  efi_uintn_t data_size, const void *data, bool ro_check);
efi_status_t efi_query_variable_info_int(u32 attributes, u64 *max_storage, u64 *remaining,
					 u64 *max_variable);
void efi_variables_boot_exit_notify(void);
efi_status_t efi_init_variables(void);

int printf(const char *format, ...);
void *malloc(size_t size);
void free(void *p);
int memcmp(const void *a, const void *b, size_t n);
#define log_err printf

#endif
