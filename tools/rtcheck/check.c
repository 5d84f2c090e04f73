// SPDX-License-Identifier: BSD-3-Clause
/*
 * The check itself: every reference out of a resident section must end in a
 * resident section. What is behind a condition counts as much as what is not:
 * the checker reads references, not intentions.
 */
#include "tools/rtcheck/rtcheck.h"

#include "abi/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** struct edge - One resident symbol refers to another. Symbols are indexes. */
struct edge {
	size_t from;
	size_t to;
};

/**
 * struct violation - A reference from resident to non-resident.
 * @from: the symbol that holds the place, or RT_NONE
 * @section: the section that holds it
 * @offset: the place
 * @what: the culprit by its name, owned
 * @where: the culprit's section, or NULL if nothing defines it
 * @got: it is the global offset table that is not resident
 */
struct violation {
	size_t from;
	size_t section;
	uint64_t offset;
	char *what;
	const char *where;
	bool got;
};

/** struct check - State of one check. */
struct check {
	struct rt_input *in;
	const struct rt_options *options;
	FILE *out;
	size_t *globals;
	size_t global_count;
	size_t *places;
	size_t place_count;
	struct edge *edges;
	size_t edge_count;
	size_t *parent;
	struct violation *violations;
	size_t violation_count;
};

/* qsort() passes no context; the check is single-threaded. */
static const struct rt_input *sorting;

static int by_name(const void *a, const void *b)
{
	const struct rt_symbol *x = &sorting->symbols[*(const size_t *)a];
	const struct rt_symbol *y = &sorting->symbols[*(const size_t *)b];
	int order = strcmp(x->name, y->name);

	/* A strong definition before the weak ones that it replaces. */
	return order ? order : (int)y->binding - (int)x->binding;
}

static int by_place(const void *a, const void *b)
{
	const struct rt_symbol *x = &sorting->symbols[*(const size_t *)a];
	const struct rt_symbol *y = &sorting->symbols[*(const size_t *)b];

	if (x->section != y->section)
		return x->section < y->section ? -1 : 1;
	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	/* Of aliases the global one names the place. */
	return (int)x->binding - (int)y->binding;
}

static bool is_definition(const struct rt_symbol *s)
{
	return s->section != RT_NONE || s->absolute;
}

static void sort_symbols(struct check *c)
{
	const struct rt_input *in = c->in;

	for (size_t i = 0; i < in->symbol_count; i++) {
		const struct rt_symbol *s = &in->symbols[i];

		/* $x and $d are marks of the assembler, not names of places. */
		if (!s->name[0] || s->name[0] == '$' || !is_definition(s))
			continue;
		if (s->binding != RT_LOCAL) {
			c->globals = rt_grow(c->globals, c->global_count, sizeof(*c->globals));
			c->globals[c->global_count++] = i;
		}
		if (s->section != RT_NONE) {
			c->places = rt_grow(c->places, c->place_count, sizeof(*c->places));
			c->places[c->place_count++] = i;
		}
	}
	sorting = in;
	if (c->global_count)
		qsort(c->globals, c->global_count, sizeof(*c->globals), by_name);
	if (c->place_count)
		qsort(c->places, c->place_count, sizeof(*c->places), by_place);
}

/* The definition that the linker would take for a name, or RT_NONE. */
static size_t find_global(const struct check *c, const char *name)
{
	size_t low = 0, high = c->global_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(c->in->symbols[c->globals[middle]].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < c->global_count && !strcmp(c->in->symbols[c->globals[low]].name, name))
		return c->globals[low];
	return RT_NONE;
}

/* The last symbol at or before a place in a section, or RT_NONE. */
static size_t find_place(const struct check *c, size_t section, uint64_t offset)
{
	size_t low = 0, high = c->place_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct rt_symbol *s = &c->in->symbols[c->places[middle]];

		if (s->section < section || (s->section == section && s->offset <= offset))
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || c->in->symbols[c->places[low - 1]].section != section)
		return RT_NONE;
	return c->places[low - 1];
}

static size_t resolve(const struct check *c, size_t symbol)
{
	/* A chain of weak externals is as long as there are symbols, at most. */
	for (size_t hops = 0; hops <= c->in->symbol_count; hops++) {
		const struct rt_symbol *s = &c->in->symbols[symbol];
		size_t global = RT_NONE;

		if (s->binding == RT_LOCAL || !s->name[0])
			return symbol;
		if (!c->in->objects[s->object].linked || !is_definition(s))
			global = find_global(c, s->name);
		if (global != RT_NONE)
			return global;
		if (is_definition(s) || s->alternative == RT_NONE)
			return symbol;
		symbol = s->alternative;
	}
	return symbol;
}

static void add_edge(struct check *c, size_t from, size_t to)
{
	if (from == to || from == RT_NONE || to == RT_NONE)
		return;
	c->edges = rt_grow(c->edges, c->edge_count, sizeof(*c->edges));
	c->edges[c->edge_count++] = (struct edge){from, to};
}

static bool is_allowed(const struct check *c, size_t from, const char *what)
{
	const char *holder = from == RT_NONE ? "" : c->in->symbols[from].name;

	for (size_t i = 0; i < c->options->allow_count; i++) {
		struct rt_allow *allow = &c->options->allow[i];

		if (strcmp(allow->symbol, what) || (allow->from && strcmp(allow->from, holder)))
			continue;
		allow->used = true;
		return true;
	}
	return false;
}

/* Record a violation once for each pair of holder and culprit; @what is copied. */
static void add_violation(struct check *c, size_t section, uint64_t offset, const char *what,
			  const char *where, bool got)
{
	size_t from = find_place(c, section, offset);

	if (is_allowed(c, from, what))
		return;
	for (size_t i = 0; i < c->violation_count; i++) {
		const struct violation *v = &c->violations[i];

		if (v->from == from && v->section == section && !strcmp(v->what, what))
			return;
	}
	c->violations = rt_grow(c->violations, c->violation_count, sizeof(*c->violations));
	c->violations[c->violation_count++] =
		(struct violation){from, section, offset, rt_copy(what, SIZE_MAX), where, got};
}

/* What to call a place: its symbol, or its section and offset where no symbol is there. */
static void name_place(const struct check *c, size_t section, uint64_t offset, char *out,
		       size_t room)
{
	size_t symbol = find_place(c, section, offset);
	const char *name = c->in->sections[section].name;

	if (symbol != RT_NONE && strncmp(c->in->symbols[symbol].name, ".L", 2))
		snprintf(out, room, "%s", c->in->symbols[symbol].name);
	else if (!strncmp(name, ".rodata.str", 11))
		snprintf(out, room, "string literal %s+0x%llx", name,
			 (unsigned long long)offset);
	else
		snprintf(out, room, "%s+0x%llx", name, (unsigned long long)offset);
}

static void check_reference(struct check *c, const struct rt_reference *r)
{
	const struct rt_input *in = c->in;
	size_t symbol = resolve(c, r->symbol), from, place;
	const struct rt_symbol *s = &in->symbols[symbol];
	uint64_t offset;
	char name[256];

	if (s->section == RT_NONE) {
		/* An undefined weak symbol is address 0: testing for it is fine, calling it is not. */
		if (!s->absolute && (s->binding != RT_WEAK || r->call))
			add_violation(c, r->section, r->offset, s->name, NULL, false);
		return;
	}
	offset = s->offset + (s->name[0] ? 0 : (uint64_t)r->addend);
	if (s->name[0] && s->name[0] != '.' && s->name[0] != '$')
		snprintf(name, sizeof(name), "%s", s->name);
	else
		name_place(c, s->section, offset, name, sizeof(name));
	if (!in->sections[s->section].resident) {
		add_violation(c, r->section, r->offset, name, in->sections[s->section].name,
			      false);
		return;
	}
	if (r->got) {
		add_violation(c, r->section, r->offset, name, in->sections[s->section].name,
			      true);
		return;
	}
	from = find_place(c, r->section, r->offset);
	place = s->name[0] && s->name[0] != '$' ? symbol : find_place(c, s->section, offset);
	add_edge(c, from, place);
}

/*
 * Branches that the assembler or linker has resolved leave no relocation in
 * objects where they stay within a section, and none in linked files at all.
 */
static void check_branches(struct check *c, size_t index)
{
	const struct rt_section *s = &c->in->sections[index];

	if (!s->data || !s->code)
		return;
	for (uint64_t at = 0; at + 4 <= s->size; at += 4) {
		uint32_t word = ffav_get32(s->data + at);
		uint64_t distance, target;
		size_t other = index;
		char name[256];

		if ((word & 0x7c000000u) != 0x14000000u)
			continue;
		distance = (uint64_t)(word & 0x03ffffffu) << 2;
		if (distance & (UINT64_C(1) << 27))
			distance |= ~((UINT64_C(1) << 28) - 1);
		target = at + distance;
		if (distance == 0)
			continue; /* a place for a relocation, or a loop on itself */
		if (target >= s->size) {
			if (!c->in->objects[s->object].linked)
				continue;
			target += s->address;
			for (other = 0; other < c->in->section_count; other++) {
				const struct rt_section *t = &c->in->sections[other];

				if (t->object == s->object && t->loaded &&
				    t->address <= target && target - t->address < t->size)
					break;
			}
			if (other == c->in->section_count)
				continue; /* data that looks like a branch */
			target -= c->in->sections[other].address;
		}
		if (c->in->sections[other].resident) {
			add_edge(c, find_place(c, index, at), find_place(c, other, target));
		} else if (c->in->sections[other].code) {
			name_place(c, other, target, name, sizeof(name));
			add_violation(c, index, at, name, c->in->sections[other].name, false);
		}
	}
}

static bool is_entry(const struct check *c, size_t symbol, const bool *called)
{
	const struct rt_symbol *s = &c->in->symbols[symbol];

	for (size_t i = 0; i < c->options->entry_count; i++) {
		if (!strcmp(c->options->entries[i], s->name))
			return true;
	}
	return !c->options->entry_count && !called[symbol];
}

/* Breadth-first from the entry points, so that the chains are the shortest there are. */
static void find_chains(struct check *c)
{
	size_t count = c->in->symbol_count, head = 0, tail = 0;
	size_t *queue = calloc(count + 1, sizeof(*queue));
	size_t *first = calloc(count + 2, sizeof(*first));
	size_t *sorted = calloc(c->edge_count + 1, sizeof(*sorted));
	bool *called = calloc(count + 1, sizeof(*called));
	bool *seen = calloc(count + 1, sizeof(*seen));

	c->parent = calloc(count + 1, sizeof(*c->parent));
	if (!queue || !first || !sorted || !called || !seen || !c->parent) {
		fprintf(stderr, "rtcheck: there is no memory for the chains.\n");
		exit(2);
	}
	for (size_t i = 0; i < c->edge_count; i++) {
		called[c->edges[i].to] = true;
		first[c->edges[i].from + 1]++;
	}
	for (size_t i = 0; i < count; i++)
		first[i + 1] += first[i];
	for (size_t i = 0; i < c->edge_count; i++)
		sorted[first[c->edges[i].from]++] = c->edges[i].to;
	for (size_t i = 0; i < count; i++) {
		const struct rt_symbol *s = &c->in->symbols[i];

		c->parent[i] = RT_NONE;
		if (s->section == RT_NONE || !c->in->sections[s->section].resident ||
		    !is_entry(c, i, called))
			continue;
		seen[i] = true;
		queue[tail++] = i;
	}
	while (head < tail) {
		size_t at = queue[head++];

		/* Filling moved each start to its end, which is the next one's start. */
		for (size_t e = at ? first[at - 1] : 0; e < first[at]; e++) {
			if (seen[sorted[e]])
				continue;
			seen[sorted[e]] = true;
			c->parent[sorted[e]] = at;
			queue[tail++] = sorted[e];
		}
	}
	free(queue);
	free(first);
	free(sorted);
	free(called);
	free(seen);
}

static void print_chain(const struct check *c, size_t symbol)
{
	if (symbol == RT_NONE)
		return;
	print_chain(c, c->parent[symbol]);
	fprintf(c->out, "%s -> ", c->in->symbols[symbol].name);
}

static void print_violation(const struct check *c, const struct violation *v)
{
	const struct rt_section *section = &c->in->sections[v->section];
	const struct rt_object *object = &c->in->objects[section->object];
	const char *open = strrchr(object->name, '(');
	char member[256] = "";
	const char *file;
	int line = 0;

	if (open)
		snprintf(member, sizeof(member), "%.*s", (int)strcspn(open + 1, ")"), open + 1);
	file = rt_lines_find(object->lines, open ? member : NULL, section->index, v->offset,
			     &line);
	if (file)
		fprintf(c->out, "%s:%d: ", file, line);
	else
		fprintf(c->out, "%s: ", object->name);
	fprintf(c->out, "%s (%s+0x%llx) refers to %s",
		v->from == RT_NONE ? "resident data" : c->in->symbols[v->from].name,
		section->name, (unsigned long long)v->offset, v->what);
	if (v->got)
		fprintf(c->out, " through the global offset table, which is not resident");
	else if (v->where)
		fprintf(c->out, " in %s, which is not resident", v->where);
	else
		fprintf(c->out, ", which nothing here defines");
	fprintf(c->out, "\n    ");
	print_chain(c, v->from);
	fprintf(c->out, "%s\n", v->what);
}

size_t rt_check(struct rt_input *in, const struct rt_options *options, FILE *out)
{
	struct check c = {.in = in, .options = options, .out = out};
	size_t count;

	sort_symbols(&c);
	for (size_t i = 0; i < in->reference_count; i++)
		check_reference(&c, &in->references[i]);
	for (size_t i = 0; i < in->section_count; i++) {
		if (in->sections[i].resident)
			check_branches(&c, i);
	}
	find_chains(&c);
	for (size_t i = 0; i < c.violation_count; i++) {
		print_violation(&c, &c.violations[i]);
		free(c.violations[i].what);
	}
	count = c.violation_count;
	free(c.globals);
	free(c.places);
	free(c.edges);
	free(c.parent);
	free(c.violations);
	return count;
}
