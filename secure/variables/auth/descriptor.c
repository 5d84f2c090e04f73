// SPDX-License-Identifier: BSD-3-Clause
/* EFI_VARIABLE_AUTHENTICATION_2; UEFI 2.10 section 8.2.2. */
#include "secure/variables/auth/descriptor.h"

/* EFI_TIME, UEFI 2.10 section 8.3. */
#define TIME_YEAR       0u
#define TIME_MONTH      2u
#define TIME_DAY        3u
#define TIME_HOUR       4u
#define TIME_MINUTE     5u
#define TIME_SECOND     6u
#define TIME_PAD1       7u
#define TIME_NANOSECOND 8u
#define TIME_ZONE       12u
#define TIME_DAYLIGHT   14u
#define TIME_PAD2       15u

/* WIN_CERTIFICATE_UEFI_GUID behind the time. */
#define CERTIFICATE_SIZE     24u
#define CERTIFICATE_LENGTH   (EFI_TIME_SIZE + 0u)
#define CERTIFICATE_REVISION (EFI_TIME_SIZE + 4u)
#define CERTIFICATE_TYPE     (EFI_TIME_SIZE + 6u)
#define CERTIFICATE_GUID     (EFI_TIME_SIZE + 8u)

#define REVISION_2    0x0200u
#define TYPE_EFI_GUID 0x0ef1u

/* EFI_CERT_TYPE_PKCS7_GUID */
static const struct efi_guid pkcs7 = EFI_GUID_INIT(0x4aafd29d, 0x68df, 0x49ee, 0x8a, 0xa9, 0x34,
						   0x7d, 0x37, 0x56, 0x65, 0xa7);

static const char *check_time(const uint8_t *time, uint64_t *value)
{
	*value = time[TIME_PAD1];
	if (*value)
		return "the time stamp's Pad1 is not zero but";
	*value = ffav_get32(time + TIME_NANOSECOND);
	if (*value)
		return "the time stamp's Nanosecond is not zero but";
	*value = ffav_get16(time + TIME_ZONE);
	if (*value)
		return "the time stamp's TimeZone is not zero but";
	*value = time[TIME_DAYLIGHT];
	if (*value)
		return "the time stamp's Daylight is not zero but";
	*value = time[TIME_PAD2];
	if (*value)
		return "the time stamp's Pad2 is not zero but";
	return NULL;
}

const char *ffav_descriptor_parse(struct ffav_descriptor *descriptor, struct ffav_bytes data,
				  uint64_t *value)
{
	const char *why;
	size_t size;

	*value = data.size;
	if (data.size < FFAV_DESCRIPTOR_SIZE)
		return "the data is shorter than an authentication descriptor, bytes";
	why = check_time(data.data, value);
	if (why)
		return why;
	*value = size = ffav_get32(data.data + CERTIFICATE_LENGTH);
	if (size < CERTIFICATE_SIZE)
		return "dwLength is less than its own header, bytes";
	if (size > data.size - EFI_TIME_SIZE)
		return "dwLength goes beyond the data, bytes";
	*value = ffav_get16(data.data + CERTIFICATE_REVISION);
	if (*value != REVISION_2)
		return "wRevision is not 0x200 but";
	*value = ffav_get16(data.data + CERTIFICATE_TYPE);
	if (*value != TYPE_EFI_GUID)
		return "wCertificateType is not 0xef1 but";
	*value = ffav_get32(data.data + CERTIFICATE_GUID);
	if (!ffav_guid_equal(data.data + CERTIFICATE_GUID, &pkcs7))
		return "CertType is not PKCS#7 but begins with";
	descriptor->time = data.data;
	descriptor->signed_data = (struct ffav_bytes){.data = data.data + FFAV_DESCRIPTOR_SIZE,
						      .size = size - CERTIFICATE_SIZE};
	descriptor->payload = (struct ffav_bytes){.data = data.data + EFI_TIME_SIZE + size,
						  .size = data.size - EFI_TIME_SIZE - size};
	return NULL;
}

int ffav_time_compare(const uint8_t *a, const uint8_t *b)
{
	static const uint8_t fields[] = {TIME_MONTH, TIME_DAY, TIME_HOUR, TIME_MINUTE,
					 TIME_SECOND};
	int difference = (int)ffav_get16(a + TIME_YEAR) - (int)ffav_get16(b + TIME_YEAR);

	for (size_t i = 0; !difference && i < sizeof(fields); i++)
		difference = (int)a[fields[i]] - (int)b[fields[i]];
	return difference;
}
