// SPDX-License-Identifier: BSD-3-Clause
#include "tests/unit/auth/service.h"

#include <stdlib.h>

const struct efi_guid svc_security = EFI_IMAGE_SECURITY_DATABASE_GUID;

int svc_setup(void **state)
{
	struct svc *s = calloc(1, sizeof(*s));

	if (!s)
		return -1;
	fx_open(&s->f);
	vec_new(&s->pk, "Platform", NULL, VEC_CA);
	vec_new(&s->kek, "Exchange", NULL, VEC_CA);
	vec_new(&s->kek_leaf, "Signer", &s->kek, VEC_LEAF);
	vec_new(&s->other, "Somebody else", NULL, VEC_CA);
	*state = s;
	return 0;
}

int svc_teardown(void **state)
{
	struct svc *s = *state;

	vec_free(&s->pk);
	vec_free(&s->kek);
	vec_free(&s->kek_leaf);
	vec_free(&s->other);
	fx_close(&s->f);
	free(s);
	return 0;
}

efi_status_t svc_write_by(struct svc *s, const struct efi_guid *guid, const char *name,
			  uint32_t attributes, const struct vec_signer *signer,
			  unsigned int time, const struct vec_buffer *data)
{
	static const struct vec_buffer nothing;
	uint8_t stamp[EFI_TIME_SIZE];
	struct vec_buffer write = {0};
	efi_status_t status;

	if (!data)
		data = &nothing;
	vec_time(stamp, &(struct vec_time){2000 + time / 360, 1 + time % 360 / 30,
					   1 + time % 30, 12, 0, 0});
	vec_write(&write, signer, stamp, name, guid, attributes, data->data, data->size);
	(void)fx_reported("");
	status = fx_set_guid(&s->f, guid, name, attributes, write.data, write.size);
	vec_drop(&write);
	return status;
}

efi_status_t svc_write(struct svc *s, const struct efi_guid *guid, const char *name,
		       uint32_t attributes, const struct vec_id *signer, unsigned int time,
		       const struct vec_buffer *data)
{
	const struct vec_id *const kek = &s->kek;
	struct vec_signer by = {.id = signer, .hash = "SHA256"};

	if (signer == &s->kek_leaf) {
		by.others = &kek;
		by.other_count = 1;
	}
	return svc_write_by(s, guid, name, attributes, signer ? &by : NULL, time, data);
}

void svc_expect_byte(struct svc *s, const char *name, uint8_t value)
{
	fx_expect(&s->f, &fx_global, name, BS | RT, &value, 1);
}
