// SPDX-License-Identifier: BSD-3-Clause
#include "tests/replay/script.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool broken(const struct replay_script *s, const char *why)
{
	fprintf(stderr, "%s:%u: %s\n", s->name, s->line, why);
	return false;
}

/* The next line that says anything, without its newline; false at the end of the file. */
static bool read_line(struct replay_script *s)
{
	if (s->held) {
		s->held = false;
		return true;
	}
	while (fgets(s->text, sizeof(s->text), s->file)) {
		s->line++;
		s->text[strcspn(s->text, "\r\n")] = '\0';
		if (s->text[0] && s->text[0] != '#')
			return true;
	}
	return false;
}

/* What follows the line's first word, if that is @word. */
static const char *after(const struct replay_script *s, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(s->text, word, length))
		return NULL;
	if (s->text[length] == ' ')
		return s->text + length + 1;
	return s->text[length] ? NULL : s->text + length;
}

static bool number(const char **text, uint64_t *value)
{
	char *end;

	*value = strtoull(*text, &end, 16);
	if (end == *text || (*end && *end != ' '))
		return false;
	*text = *end ? end + 1 : end;
	return true;
}

static bool registers(struct replay_script *s, const char *text, struct ffav_smc_regs *regs)
{
	memset(regs, 0, sizeof(*regs));
	for (unsigned int i = 0; *text; i++) {
		if (i == FFAV_SMC_REGS || !number(&text, &regs->x[i]))
			return broken(s, "these are not up to 18 registers.");
	}
	return true;
}

static int digit(char c)
{
	const char *digits = "0123456789abcdef";
	const char *found = c ? strchr(digits, c) : NULL;

	return found ? (int)(found - digits) : -1;
}

static bool data(const char *text, struct replay_bytes *b, size_t *have)
{
	for (; *text; text += 2) {
		int high = digit(text[0]);
		int low = high < 0 ? -1 : digit(text[1]);

		if (low < 0 || *have == b->size)
			return false;
		b->bytes[(*have)++] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static bool same(const char *text, struct replay_bytes *b, size_t *have)
{
	uint64_t value, count;

	if (!number(&text, &value) || value > UINT8_MAX || !number(&text, &count) || *text ||
	    count > b->size - *have)
		return false;
	memset(b->bytes + *have, (int)value, (size_t)count);
	*have += (size_t)count;
	return true;
}

/* The lines with the bytes; @text is what follows "message", "reply" or "rx". */
static bool bytes(struct replay_script *s, const char *text, bool with_offset,
		  struct replay_bytes *b)
{
	uint64_t offset = 0, size;
	size_t have = 0;
	const char *more;

	if ((with_offset && !number(&text, &offset)) || !number(&text, &size) || *text ||
	    offset > REPLAY_BYTES_MAX || size > REPLAY_BYTES_MAX - offset)
		return broken(s, "these are no offset and size within the shared buffer.");
	b->present = true;
	b->offset = (size_t)offset;
	b->size = (size_t)size;
	while (have < b->size) {
		if (!read_line(s))
			return broken(s, "the file ends where bytes should follow.");
		more = after(s, "data");
		if (more ? !data(more, b, &have)
			 : !(more = after(s, "same")) || !same(more, b, &have))
			return broken(s, "this is neither 'data' nor 'same' with what is "
					 "missing.");
	}
	return true;
}

static bool call(struct replay_script *s, struct replay_step *step)
{
	const char *text;

	if (!read_line(s))
		return broken(s, "the file ends with a call that has no answer.");
	text = after(s, "message");
	if (text) {
		if (!bytes(s, text, true, &step->message))
			return false;
		if (!read_line(s))
			return broken(s, "the file ends with a call that has no answer.");
	}
	text = after(s, "answer");
	if (!text)
		return broken(s, "a call is followed by its message or its answer.");
	if (!registers(s, text, &step->out))
		return false;
	while (read_line(s)) {
		if ((text = after(s, "reply")) != NULL) {
			if (!bytes(s, text, true, &step->reply))
				return false;
		} else if ((text = after(s, "rx")) != NULL) {
			if (!bytes(s, text, false, &step->rx))
				return false;
		} else {
			s->held = true;
			break;
		}
	}
	return true;
}

static bool sizes(struct replay_script *s, const char *text, struct replay_step *step)
{
	uint64_t size;

	do {
		if (step->size_count == REPLAY_SIZES_MAX || !number(&text, &size) || !size ||
		    size > REPLAY_BYTES_MAX)
			return broken(s, "these are not up to 8 sizes of data.");
		step->sizes[step->size_count++] = (size_t)size;
	} while (*text);
	return true;
}

static enum replay_kind next(struct replay_script *s, struct replay_step *step)
{
	const char *text;

	if (!read_line(s))
		return REPLAY_END;
	step->line = s->line;
	if ((text = after(s, "call")) != NULL)
		return registers(s, text, &step->in) && call(s, step) ? REPLAY_CALL
								      : REPLAY_BROKEN;
	if ((text = after(s, "section")) != NULL) {
		snprintf(step->title, sizeof(step->title), "%s", text);
		return REPLAY_SECTION;
	}
	if ((text = after(s, "boot")) != NULL)
		return REPLAY_BOOT;
	if ((text = after(s, "fill")) != NULL)
		return sizes(s, text, step) ? REPLAY_FILL : REPLAY_BROKEN;
	broken(s, "this is none of 'boot', 'fill', 'section' and 'call'.");
	return REPLAY_BROKEN;
}

void replay_next(struct replay_script *s, struct replay_step *step)
{
	step->size_count = 0;
	step->message.present = false;
	step->reply.present = false;
	step->rx.present = false;
	step->line = s->line;
	step->kind = next(s, step);
}
