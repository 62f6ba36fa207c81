/* A hash table of words with their counts, that grows and takes its memory straight from the
 * kernel. One thread at a time may use a table: give each thread its own.
 * SPDX-License-Identifier: MIT */
#ifndef SUPPORT_TABLE_H
#define SUPPORT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table_word {
    const char *text; /* not ended by a zero; NULL in a free slot */
    size_t length;
    uint64_t hash;
    uint64_t count;
};

/* A zeroed table is an empty one. */
struct table {
    struct table_word *slots; /* `capacity` of them, a power of two, at most half in use */
    size_t capacity;
    size_t used;
    struct table_chunk *chunks; /* where the words' letters are */
    char *free;                 /* what is left of the first chunk */
    size_t free_size;
};

/* Counts a word `count` times more. False, and nothing changed, if there is no memory. */
bool table_add(struct table *table, const char *text, size_t length, uint64_t count);
/* Adds what `from` has counted. False if there is no memory; then some of it was added. */
bool table_merge(struct table *table, const struct table *from);
/* Gives all memory back; the table is empty. */
void table_clear(struct table *table);

/* Moves the table's words to the start of its slots, the most frequent `wanted` of them at the very
 * end of those, the most frequent last; words that are as frequent stand in order of their bytes,
 * the first last. Nothing can be added any more. Answers how many are in order. */
size_t table_order(struct table *table, size_t wanted);

#endif
