// SPDX-License-Identifier: BSD-3-Clause
/*
 * The secure-boot state over the whole road: what the manifest says of the platform, what is
 * enrolled, and what boot loader and operating system see of it.
 */
#include "tests/unit/auth/vectors.h"
#include "tests/unit/host/road.h"

#define KEY (NV_BS_RT | EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS)

static const struct efi_guid global = EFI_GLOBAL_VARIABLE_GUID;

static void expect_state(struct road *r, uint8_t setup_mode, uint8_t secure_boot)
{
	static const struct {
		const char *name;
		bool setup;
	} variables[] = {{"SetupMode", true}, {"SecureBoot", false}};

	for (size_t i = 0; i < 2; i++) {
		uint32_t attributes = 0;
		uint64_t size = 1;
		uint8_t value = 99;

		assert_int_equal(ffav_get_variable(r->mm, road_name(variables[i].name), &global,
						   &attributes, &size, &value),
				 EFI_SUCCESS);
		assert_int_equal(size, 1);
		assert_int_equal(attributes,
				 EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS);
		assert_int_equal(value, variables[i].setup ? setup_mode : secure_boot);
	}
}

static efi_status_t write_pk(struct road *r, const struct vec_signer *signer, unsigned int year,
			     const struct vec_buffer *list)
{
	struct vec_buffer write = {0};
	uint8_t time[EFI_TIME_SIZE];
	efi_status_t status;

	vec_time(time, &(struct vec_time){year, 1, 1, 0, 0, 0});
	vec_write(&write, signer, time, "PK", &global, KEY, list->data, list->size);
	status =
		ffav_set_variable(r->mm, road_name("PK"), &global, KEY, write.size, write.data);
	vec_drop(&write);
	return status;
}

static void live(bool verifies)
{
	const struct ffav_host_options options = {.verifies_images = verifies};
	struct vec_signer signer = {.hash = "SHA256"};
	struct vec_buffer list = {0}, none = {0};
	static struct road r;
	struct vec_id pk;

	vec_new_rsa(&pk, "Platform", NULL, VEC_CA);
	vec_list_cert(&list, &pk);
	signer.id = &pk;
	road_flash(&r, ROAD_SECTORS);
	road_boot(&r, &options, 0);
	expect_state(&r, 1, 0);
	assert_int_equal(write_pk(&r, NULL, 2001, &list), EFI_SUCCESS);
	expect_state(&r, 0, verifies);
	/* What firmware writes into it changes nothing. */
	assert_int_equal(
		ffav_set_variable(r.mm, road_name("SecureBoot"), &global,
				  EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS,
				  1, verifies ? "\0" : "\1"),
		EFI_SUCCESS);
	expect_state(&r, 0, verifies);
	road_off(&r);
	road_boot(&r, &options, 0);
	expect_state(&r, 0, verifies);
	assert_int_equal(ffav_variables_exit_boot_services(r.mm), EFI_SUCCESS);
	expect_state(&r, 0, verifies);
	assert_int_equal(write_pk(&r, NULL, 2002, &none), EFI_SECURITY_VIOLATION);
	expect_state(&r, 0, verifies);
	assert_int_equal(write_pk(&r, &signer, 2002, &none), EFI_SUCCESS);
	expect_state(&r, 1, 0);
	road_off(&r);
	road_boot(&r, &options, 0);
	expect_state(&r, 1, 0);
	road_end(&r);
	vec_drop(&list);
	vec_free(&pk);
}

static void platform_that_verifies_images(void **state)
{
	(void)state;
	live(true);
}

static void platform_that_does_not(void **state)
{
	(void)state;
	live(false);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(platform_that_verifies_images),
		cmocka_unit_test(platform_that_does_not),
	};

	return cmocka_run_group_tests_name("host/secure_boot", tests, NULL, NULL);
}
