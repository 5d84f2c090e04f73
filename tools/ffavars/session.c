// SPDX-License-Identifier: BSD-3-Clause
/* A machine on the user's flash image. */
#include <inttypes.h>

#include "tools/ffavars/ffavars.h"

/* What partition and manager say goes to the user: it is the reason of a failure. */
static void report(void *context, const char *line, size_t length)
{
	(void)context;
	message("%.*s", (int)length, line);
}

/* What the library says while it looks for the partition matters only if it finds none. */
static void boot_log(void *context, const char *text, uint64_t value)
{
	struct session *s = context;

	if (s->log_lines < LOG_LINES) {
		s->log_text[s->log_lines] = text;
		s->log_value[s->log_lines++] = value;
	}
}

static void tell_log(const struct session *s)
{
	for (unsigned int i = 0; i < s->log_lines; i++)
		message("%s 0x%" PRIx64, s->log_text[i], s->log_value[i]);
}

static void trace(void *context, const struct ffav_host_event *event)
{
	struct session *s = context;

	ffav_trace_event(&s->trace, event);
}

static int start(struct session *s, const struct arguments *a)
{
	const struct image *image = s->image;
	struct ffav_host_options options = {
		.nor = &s->nor,
		.counter = image_counter(image),
		.rebind_store = a->rebind,
		.hooks = {.context = s,
			  .trace = a->trace ? trace : NULL,
			  .report = report,
			  .log = boot_log},
	};
	efi_status_t status;

	s->host = ffav_host_create(&options);
	if (!s->host) {
		message("There is no memory for the machine.");
		return -1;
	}
	s->trace.out = stderr;
	s->trace.machine = s->host;
	if (ffav_host_boot(s->host) != FFAV_HOST_READY) {
		message("%s: the variable service does not start on the store's window of %zu "
			"bytes at 0x%zx in sectors of %" PRIu32 " bytes. Nothing was changed.",
			image->path, image->window_size, image->window, image->sector_size);
		return -1;
	}
	status = ffav_host_probe(s->host, 0, true);
	if (status != EFI_SUCCESS) {
		const char *name = ffav_status_name(status);

		tell_log(s);
		message("The normal world does not find the variable service: EFI_%s.",
			name ? name : "error");
		return -1;
	}
	s->mm = ffav_host_resident(s->host);
	return 0;
}

enum exit_status session_open(struct session *s, struct image *image, const struct arguments *a)
{
	memset(s, 0, sizeof(*s));
	s->image = image;
	if (image_flash(image, &s->nor))
		return STATUS_IMAGE;
	if (start(s, a)) {
		session_close(s);
		return STATUS_IMAGE;
	}
	return STATUS_DONE;
}

void session_close(struct session *s)
{
	ffav_host_destroy(s->host);
	ffav_nor_close(&s->nor);
}
