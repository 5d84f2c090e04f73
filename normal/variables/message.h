/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: One variable message, there and back
 *
 * What the services share. A service places its payload in the shared buffer
 * at ffav_var_payload(), sends it, and checks the payload of the reply; the
 * headers are written and checked here. Resident, boot and runtime.
 *
 * What is sent and what is written differ: a request announces room for the
 * reply's data, which existing servers insist on, but nothing is put there.
 * The other world reads what its memory holds at that place, an earlier
 * message of the same conversation, and uses none of it.
 */
#ifndef FFAV_NORMAL_VARIABLES_MESSAGE_H
#define FFAV_NORMAL_VARIABLES_MESSAGE_H

#include "abi/variable.h"
#include "normal/mm/mm.h"

/**
 * struct ffav_var_reply - The payload of a reply, behind the variable header.
 * @payload: in the shared buffer; contents are not checked and may change
 * @size: bytes, checked
 */
struct ffav_var_reply {
	const uint8_t *payload;
	size_t size;
};

/**
 * ffav_var_begin() - ffav_mm_begin() for a service: at runtime the partition knows it, too.
 * @mm: the connection
 *
 * If the message of ExitBootServices has not been answered yet, it is sent first. A partition
 * that answers it with an error of its own has refused it: that is for the partition to decide,
 * and it is not asked again.
 *
 * Return: EFI_SUCCESS, then ffav_mm_end() must follow; or, with nothing taken, what
 * ffav_mm_begin() returns, or EFI_DEVICE_ERROR if nobody answered.
 */
efi_status_t ffav_var_begin(struct ffav_mm *mm);

/**
 * ffav_var_tell_exit() - Send the message of ExitBootServices, and note what comes of it.
 * @mm: between ffav_mm_begin() and ffav_mm_end()
 *
 * Return: EFI_SUCCESS; EFI_DEVICE_ERROR if nobody answered; or the partition's own error.
 */
efi_status_t ffav_var_tell_exit(struct ffav_mm *mm);

/** ffav_var_payload() - Where a service puts its payload, @mm->payload_max bytes of room. */
static inline uint8_t *ffav_var_payload(const struct ffav_mm *mm)
{
	return ffav_mm_message(mm) + mm->header_size + FFAV_VAR_HEADER_SIZE;
}

/**
 * ffav_var_put_name() - Measure a name and copy it, in one go.
 * @out: where it goes
 * @room: bytes there
 * @name: terminated UTF-16 string
 *
 * Return: bytes with the terminator, or 0 if there is none within @room; then @room bytes
 * may have been written.
 */
size_t ffav_var_put_name(uint8_t *out, uint64_t room, const uint16_t *name);

/**
 * ffav_var_abandon() - Leave no dirty line behind a payload that is not sent.
 * @mm: the connection
 * @written: bytes of payload that may have been written
 */
void ffav_var_abandon(const struct ffav_mm *mm, uint64_t written);

/**
 * ffav_var_send() - Send the payload that is in the shared buffer.
 * @mm: between ffav_mm_begin() and ffav_mm_end()
 * @function: enum ffav_var_function
 * @size: bytes of payload that the message has; at most @mm->payload_max
 * @written: bytes of it, from its start, that were written
 * @reply: filled in with EFI_SUCCESS and EFI_BUFFER_TOO_SMALL
 *
 * Return: the status that the partition answered, if it is one that UEFI knows as an error;
 * EFI_DEVICE_ERROR for every other; or what ffav_mm_exchange() returns.
 */
efi_status_t ffav_var_send(struct ffav_mm *mm, uint64_t function, uint64_t size,
			   uint64_t written, struct ffav_var_reply *reply);

#endif
