/* SPDX-License-Identifier: BSD-3-Clause */
/** DOC: The variable service, and people who sign. */
#ifndef FFAV_TESTS_AUTH_SERVICE_H
#define FFAV_TESTS_AUTH_SERVICE_H

#include "tests/unit/auth/vectors.h"
#include "tests/unit/variables/fixture.h"

/** Attributes of a variable that holds keys. */
#define KEY (NV | BS | RT | TA)

/**
 * struct svc - A service and some people.
 * @f: the service
 * @pk: a platform key's owner
 * @kek: a key exchange key's owner, an authority
 * @kek_leaf: a signer whom @kek answers for; svc_write() sends @kek's certificate along
 * @other: somebody else
 */
struct svc {
	struct fx f;
	struct vec_id pk, kek, kek_leaf, other;
};

extern const struct efi_guid svc_security;

int svc_setup(void **state);
int svc_teardown(void **state);

/**
 * svc_write() - An authenticated SetVariable.
 * @s: the service
 * @guid: vendor GUID
 * @name: ASCII
 * @attributes: as passed
 * @signer: who signs, or NULL for nobody
 * @time: the higher, the later
 * @data: the payload, or NULL for none
 */
efi_status_t svc_write(struct svc *s, const struct efi_guid *guid, const char *name,
		       uint32_t attributes, const struct vec_id *signer, unsigned int time,
		       const struct vec_buffer *data);
/** svc_write_by() - The same, with a say in how it is signed. */
efi_status_t svc_write_by(struct svc *s, const struct efi_guid *guid, const char *name,
			  uint32_t attributes, const struct vec_signer *signer,
			  unsigned int time, const struct vec_buffer *data);
/** svc_expect_byte() - Assert what a computed global variable says. */
void svc_expect_byte(struct svc *s, const char *name, uint8_t value);

#endif
