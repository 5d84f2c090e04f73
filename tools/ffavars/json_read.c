// SPDX-License-Identifier: BSD-3-Clause
#include <inttypes.h>
#include <stdlib.h>

#include "tools/ffavars/json.h"

/**
 * struct places - Walks over a JSON text beside the parser, which forgets offsets.
 * @text: the text, which the parser has accepted
 * @size: bytes
 * @at: where it is
 */
struct places {
	const char *text;
	size_t size;
	size_t at;
};

/* What the parser takes for space. */
static bool is_space(char c)
{
	return c > 0 && c <= ' ';
}

/* Skips a string, at its first quote. */
static void skip_string(struct places *s)
{
	for (s->at++; s->at < s->size && s->text[s->at] != '"'; s->at++)
		s->at += s->text[s->at] == '\\';
	s->at++;
}

static void skip_space(struct places *s)
{
	while (s->at < s->size && is_space(s->text[s->at]))
		s->at++;
}

/* Skips a value with all that it contains. */
static void skip_value(struct places *s)
{
	size_t depth = 0;

	do {
		char c = '\0';

		if (s->at < s->size)
			c = s->text[s->at];
		if (c == '"') {
			skip_string(s);
			continue;
		}
		depth += c == '{' || c == '[';
		depth -= depth && (c == '}' || c == ']');
		s->at++;
		/* A number or word ends before what cannot be part of it. */
		while (!depth && c != '}' && c != ']' && s->at < s->size &&
		       !is_space(s->text[s->at]) && !strchr(",}]", s->text[s->at]))
			s->at++;
	} while (depth && s->at < s->size);
}

/* Goes to the first item of an array that is this field of the object that is the text. */
static void enter_array(struct places *s, const cJSON *root, const cJSON *array)
{
	skip_space(s);
	for (const cJSON *i = root->child; i; i = i->next) {
		/* The brace or comma, the key, the colon. */
		s->at++;
		skip_space(s);
		skip_string(s);
		skip_space(s);
		s->at++;
		skip_space(s);
		if (i == array)
			break;
		skip_value(s);
		skip_space(s);
	}
	s->at++;
}

/* What cJSON would take for the end of a string or text, or pass on changed. */
static int check_text(const char *text, size_t size, struct problem *p)
{
	bool inside = false;

	for (size_t i = 0; i < size; i++) {
		if (!text[i])
			return problem_set(p, "There is a NUL byte at offset %zu.", i);
		if (text[i] == '"') {
			inside = !inside;
		} else if (inside && text[i] == '\\') {
			if (size - i >= 6 && !memcmp(text + i, "\\u0000", 6))
				return problem_set(
					p, "There is a NUL in the string at offset %zu.", i);
			i++;
		} else if (inside && (unsigned char)text[i] < 0x20) {
			return problem_set(p,
					   "There is a control character in the string at "
					   "offset %zu.",
					   i);
		}
	}
	return 0;
}

/* Every key is one that is known, and is there once. */
static int check_keys(const cJSON *object, const char *const *known, size_t where,
		      struct problem *p)
{
	for (const cJSON *i = object->child; i; i = i->next) {
		const char *const *k = known;

		while (*k && strcmp(*k, i->string) != 0)
			k++;
		if (!*k)
			return problem_set(p,
					   "The object at offset %zu has the field \"%.60s\", "
					   "which is none of this format.",
					   where, i->string);
		for (const cJSON *j = i->next; j; j = j->next) {
			if (!strcmp(i->string, j->string))
				return problem_set(p,
						   "The object at offset %zu has the field "
						   "\"%s\" twice.",
						   where, i->string);
		}
	}
	return 0;
}

static const cJSON *field(const cJSON *object, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(object, key);
}

static const char *string_field(const cJSON *object, const char *key, bool needed, size_t where,
				struct problem *p, int *result)
{
	const cJSON *item = field(object, key);

	if (item && cJSON_IsString(item))
		return item->valuestring;
	if (item)
		*result = problem_set(p, "\"%s\" of the variable at offset %zu is no string.",
				      key, where);
	else if (needed)
		*result =
			problem_set(p, "The variable at offset %zu has no \"%s\".", where, key);
	return NULL;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Return: 0, or -1 after a problem. @in has 2 * @size characters that matter. */
static int read_hex(const char *in, uint8_t *out, size_t size, const char *key, size_t where,
		    struct problem *p)
{
	for (size_t i = 0; i < 2 * size; i++) {
		int digit = hex_value(in[i]);

		if (digit < 0)
			return problem_set(p,
					   "\"%s\" of the variable at offset %zu has at its "
					   "character %zu no hexadecimal digit.",
					   key, where, i + 1);
		out[i / 2] = (uint8_t)(i % 2 ? out[i / 2] << 4 | digit : digit);
	}
	return 0;
}

/* A string of bytes whose number lies in a range. Return: how many, or -1 after a problem. */
static long hex_size(const char *in, const char *key, size_t least, size_t most, size_t where,
		     struct problem *p)
{
	size_t digits = strlen(in);

	if (digits % 2)
		return problem_set(p,
				   "\"%s\" of the variable at offset %zu has an odd number of "
				   "hexadecimal digits.",
				   key, where);
	if (digits / 2 < least || digits / 2 > most)
		return problem_set(p,
				   "\"%s\" of the variable at offset %zu has %zu bytes; it "
				   "must have %zu to %zu.",
				   key, where, digits / 2, least, most);
	return (long)(digits / 2);
}

static int read_name(const cJSON *object, uint16_t *out, size_t where, struct problem *p)
{
	uint8_t units[2 * NAME_MAX_CHARACTERS] = {0};
	int result = 0;
	const char *text = string_field(object, "name", true, where, p, &result);
	const char *raw = string_field(object, "name-utf16", false, where, p, &result);
	bool exact = true;
	char *said;
	long size;
	int length;

	if (result)
		return -1;
	length = name_from_utf8(text, out);
	if (length < 0)
		return problem_set(p,
				   "\"name\" of the variable at offset %zu is not UTF-8, or "
				   "longer than %u characters.",
				   where, NAME_MAX_CHARACTERS);
	if (!raw)
		return length;
	size = hex_size(raw, "name-utf16", 2, sizeof(units), where, p);
	if (size < 0 || read_hex(raw, units, (size_t)size, "name-utf16", where, p))
		return -1;
	for (length = 0; length < size / 2; length++)
		out[length] = ffav_get16(units + 2 * (size_t)length);
	out[length] = 0;
	said = name_to_utf8(out, &exact);
	if (size % 2 || !said || strcmp(said, text) != 0)
		result = problem_set(p,
				     "\"name\" and \"name-utf16\" of the variable at offset "
				     "%zu contradict each other.",
				     where);
	free(said);
	return result ? result : length;
}

static int read_attributes(const cJSON *object, uint32_t *out, size_t where, struct problem *p)
{
	const cJSON *item = field(object, "attr");

	if (!item)
		return problem_set(p, "The variable at offset %zu has no \"attr\".", where);
	if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0) ||
	    item->valuedouble > UINT32_MAX ||
	    item->valuedouble != (double)(uint32_t)item->valuedouble)
		return problem_set(p,
				   "\"attr\" of the variable at offset %zu is not a number of "
				   "32 bits.",
				   where);
	*out = (uint32_t)item->valuedouble;
	return 0;
}

static int read_authentication(const cJSON *object, struct variable *v, struct problem *p)
{
	int result = 0;
	/* The two programs that use this format do not agree on the name. */
	const char *key = field(object, "timestamp") ? "timestamp" : "time";
	const char *time = string_field(object, key, false, v->where, p, &result);
	const char *signer = string_field(object, "digest", false, v->where, p, &result);
	long size;

	if (result)
		return -1;
	if (time) {
		if (field(object, "time") && field(object, "timestamp"))
			return problem_set(p,
					   "The variable at offset %zu has both \"time\" and "
					   "\"timestamp\".",
					   v->where);
		size = hex_size(time, key, sizeof(v->time), sizeof(v->time), v->where, p);
		if (size < 0 || read_hex(time, v->time, sizeof(v->time), key, v->where, p))
			return -1;
		v->has_time = true;
	}
	if (signer) {
		size = hex_size(signer, "digest", 1, sizeof(v->signer), v->where, p);
		if (size < 0 ||
		    read_hex(signer, v->signer, (size_t)size, "digest", v->where, p))
			return -1;
		v->signer_size = (uint8_t)size;
	}
	return 0;
}

static int read_variable(const cJSON *object, size_t where, struct variables *list,
			 struct problem *p)
{
	static const char *const known[] = {"name", "name-utf16", "guid",   "attr", "data",
					    "time", "timestamp",  "digest", NULL};
	uint16_t name[NAME_MAX_CHARACTERS + 1];
	struct efi_guid guid_bytes;
	const char *guid, *data;
	struct variable *v;
	int result = 0;
	int length;
	long size;

	if (!cJSON_IsObject(object))
		return problem_set(p, "What is at offset %zu is no object.", where);
	if (check_keys(object, known, where, p))
		return -1;
	length = read_name(object, name, where, p);
	if (length < 0)
		return -1;
	guid = string_field(object, "guid", true, where, p, &result);
	data = result ? NULL : string_field(object, "data", true, where, p, &result);
	if (result)
		return -1;
	if (!name_guid_parse(guid, &guid_bytes))
		return problem_set(
			p, "\"guid\" of the variable at offset %zu is no GUID: \"%.60s\".",
			where, guid);
	size = hex_size(data, "data", 0, VARIABLE_DATA_MAX, where, p);
	if (size < 0)
		return -1;
	if (list->count == VARIABLES_MAX)
		return problem_set(p,
				   "The variable at offset %zu is one more than the %u that a "
				   "store can hold.",
				   where, VARIABLES_MAX);
	v = variables_add(list, (size_t)length, (size_t)size);
	if (!v)
		return problem_set(p, "There is no memory.");
	v->where = where;
	v->guid = guid_bytes;
	memcpy(v->name, name, (size_t)length * sizeof(*name));
	if (read_hex(data, v->data, v->size, "data", where, p) ||
	    read_attributes(object, &v->attributes, where, p))
		return -1;
	return read_authentication(object, v, p);
}

static int read_root(const cJSON *root, const char *text, size_t size, struct variables *list,
		     struct problem *p)
{
	static const char *const known[] = {"version", "variables", NULL};
	struct places places = {.text = text, .size = size};
	const cJSON *version = field(root, "version");
	const cJSON *all = field(root, "variables");

	if (!cJSON_IsObject(root))
		return problem_set(p, "It is JSON, but no object with \"version\" and "
				      "\"variables\".");
	if (check_keys(root, known, 0, p))
		return -1;
	if (!version || !cJSON_IsNumber(version) || version->valuedouble < 2 ||
	    version->valuedouble > 2)
		return problem_set(p, "\"version\" is missing or not 2, the only one that is "
				      "known.");
	if (!all || !cJSON_IsArray(all))
		return problem_set(p, "\"variables\" is missing or no array.");
	enter_array(&places, root, all);
	for (const cJSON *one = all->child; one; one = one->next) {
		skip_space(&places);
		if (read_variable(one, places.at, list, p))
			return -1;
		skip_value(&places);
		skip_space(&places);
		places.at++;
	}
	return 0;
}

int json_read(const char *text, size_t size, struct variables *list, struct problem *p)
{
	const char *end = NULL;
	cJSON *root;
	int result;

	if (check_text(text, size, p))
		return -1;
	root = cJSON_ParseWithLengthOpts(text, size, &end, false);
	if (!root)
		return problem_set(p, "It is not JSON from offset %zu on.",
				   end ? (size_t)(end - text) : 0);
	while (end < text + size && is_space(*end))
		end++;
	if (end < text + size)
		result = problem_set(p,
				     "There is something behind the end of the JSON text, "
				     "at offset %zu.",
				     (size_t)(end - text));
	else
		result = read_root(root, text, size, list, p);
	cJSON_Delete(root);
	return result;
}
