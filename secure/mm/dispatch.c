// SPDX-License-Identifier: BSD-3-Clause
/* Who a message is for: variables, their policies, or an event. */
#include "secure/mm/service.h"
#include "secure/report/report.h"
#include "secure/variables/policy.h"

int ffav_service_dispatch(struct ffav_service *s, const void *guid, uint8_t *data, size_t size,
			  size_t capacity, size_t *reply_size)
{
	static const struct efi_guid variables = MM_VARIABLE_GUID;
	static const struct efi_guid policies = MM_VARIABLE_POLICY_GUID;
	static const struct efi_guid exit_boot_services = EFI_EVENT_EXIT_BOOT_SERVICES_GUID;
	/* All three say that the platform firmware has had its turn. */
	static const struct efi_guid end_of_dxe[] = {
		EFI_END_OF_DXE_EVENT_GROUP_GUID,
		EFI_DXE_MM_READY_TO_LOCK_GUID,
		EFI_EVENT_READY_TO_BOOT_GUID,
	};

	if (ffav_guid_equal(guid, &variables))
		return ffav_variables_handle(s->variables, data, size, capacity, reply_size);

	/* An event's data are one byte without a meaning; they go back as they came. */
	*reply_size = size;
	if (ffav_guid_equal(guid, &exit_boot_services)) {
		ffav_variables_enter_runtime(s->variables);
		return MM_SUCCESS;
	}
	for (size_t i = 0; i < sizeof(end_of_dxe) / sizeof(end_of_dxe[0]); i++) {
		if (ffav_guid_equal(guid, &end_of_dxe[i])) {
			ffav_variables_end_of_dxe(s->variables);
			return MM_SUCCESS;
		}
	}
	if (ffav_guid_equal(guid, &policies))
		return ffav_policy_handle(s->variables, data, size, reply_size);
	ffav_report("MM communicate", "nobody answers to the GUID that starts with",
		    ffav_get32(guid));
	return MM_NOT_SUPPORTED;
}
