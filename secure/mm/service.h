/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: The MM service: one message, one request
 *
 * What happens between two calls of the partition manager, usable without one:
 * given the shared buffer and the registers of a direct request, answer it.
 */
#ifndef FFAV_MM_SERVICE_H
#define FFAV_MM_SERVICE_H

#include "abi/ffa.h"
#include "secure/variables/variables.h"

/**
 * struct ffav_service - The MM service.
 * @shared: the shared buffer as the partition sees it; normal-world memory, which can change
 *	at any moment
 * @shared_address: its physical address, at least @shared_size
 * @shared_size: bytes
 * @own: where the manifest says that the buffer is, while another one is in use
 * @handle: under which the normal world shares the buffer, 0 for the manifest's
 * @copy: private memory that messages are copied into
 * @copy_size: bytes at @copy; longer messages are refused
 * @variables: the variable service
 */
struct ffav_service {
	uint8_t *shared;
	uint64_t shared_address;
	size_t shared_size;
	struct {
		uint8_t *shared;
		uint64_t address;
		size_t size;
	} own;
	uint64_t handle;
	uint8_t *copy;
	size_t copy_size;
	struct ffav_variables *variables;
};

/**
 * ffav_service_message() - Carry out the message at an offset of the shared buffer.
 * @s: the service
 * @offset: bytes; anything
 *
 * No byte of the shared buffer is read twice, none is read after the first one is written,
 * and only the reply is written.
 *
 * Return: an MM return code; with MM_SUCCESS the reply is where the message was.
 */
int ffav_service_message(struct ffav_service *s, uint64_t offset);

/**
 * ffav_service_request() - Answer a direct request in the dialect in which it was made.
 * @s: the service
 * @regs: x0-x17 as the manager delivered them; on return the matching response
 *
 * Return: false, with @regs untouched, if it is not a direct request.
 */
bool ffav_service_request(struct ffav_service *s, struct ffav_smc_regs *regs);

/**
 * ffav_service_respond() - Turn a request of 64 bits into a response where every client finds @code.
 */
void ffav_service_respond(struct ffav_smc_regs *regs, int code);

/**
 * ffav_service_buffer() - Answer MM_BUFFER_TAKE and MM_BUFFER_GIVE_UP (abi/mm.h).
 * @s: the service
 * @regs: x0-x17 as the manager delivered them; on return the matching response
 *
 * It calls the manager, to retrieve or relinquish memory. A message that is refused leaves the
 * buffer that is in use. Return: false, with @regs untouched, if it is neither.
 */
bool ffav_service_buffer(struct ffav_service *s, struct ffav_smc_regs *regs);

/**
 * ffav_service_refuse() - Answer a direct request where there is no service.
 * @regs: x0-x17 as the manager delivered them; on return the matching response, in which every
 *	dialect finds MM_NOT_SUPPORTED
 *
 * Return: false, with @regs untouched, if it is not a direct request.
 */
bool ffav_service_refuse(struct ffav_smc_regs *regs);

/**
 * ffav_service_dispatch() - Carry out a message that has been copied in.
 * @s: the service
 * @guid: who it is for, 16 bytes
 * @data: its data; the reply replaces them
 * @size: bytes of the request
 * @capacity: bytes at @data that the reply may use, at least @size
 * @reply_size: where the reply's length goes, bytes
 *
 * Return: an MM return code; with MM_SUCCESS there is a reply.
 */
int ffav_service_dispatch(struct ffav_service *s, const void *guid, uint8_t *data, size_t size,
			  size_t capacity, size_t *reply_size);

#endif
