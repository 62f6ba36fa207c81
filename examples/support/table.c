/* Open addressing with linear probing; the letters lie in chunks beside.
 * SPDX-License-Identifier: MIT */
#include "table.h"

#include "support.h"

struct table_chunk {
    struct table_chunk *next;
    size_t size;
};

enum { FIRST_CAPACITY = 1024, CHUNK_SIZE = 256 * 1024 };

/* FNV-1a (Fowler, Noll, Vo), and a last mix because the low bits choose the slot. */
static uint64_t hash_of(const char *text, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
    return hash ^ hash >> 32;
}

/* The word's slot, or the free one where it belongs. */
static struct table_word *find(const struct table *table, const char *text, size_t length,
                               uint64_t hash)
{
    for (size_t at = (size_t)hash & (table->capacity - 1);; at = (at + 1) & (table->capacity - 1)) {
        struct table_word *word = &table->slots[at];
        if (word->text == NULL)
            return word;
        if (word->hash == hash && word->length == length &&
            __builtin_memcmp(word->text, text, length) == 0)
            return word;
    }
}

static bool grow(struct table *table)
{
    struct table bigger = *table;
    bigger.capacity = table->capacity > 0 ? table->capacity * 2 : FIRST_CAPACITY;
    bigger.slots = memory_map_filled(bigger.capacity * sizeof *bigger.slots);
    if (bigger.slots == NULL)
        return false;
    for (size_t i = 0; i < table->capacity; i++) {
        const struct table_word *word = &table->slots[i];
        if (word->text != NULL)
            *find(&bigger, word->text, word->length, word->hash) = *word;
    }
    if (table->slots != NULL)
        memory_unmap(table->slots, table->capacity * sizeof *table->slots);
    *table = bigger;
    return true;
}

/* A copy of the letters that lives as long as the table. */
static const char *keep(struct table *table, const char *text, size_t length)
{
    if (length > table->free_size) {
        size_t size = CHUNK_SIZE;
        if (length > size - sizeof(struct table_chunk))
            size = length + sizeof(struct table_chunk);
        struct table_chunk *chunk = memory_map(size);
        if (chunk == NULL)
            return NULL;
        *chunk = (struct table_chunk){ .next = table->chunks, .size = size };
        table->chunks = chunk;
        table->free = (char *)(chunk + 1);
        table->free_size = size - sizeof *chunk;
    }
    char *copy = table->free;
    __builtin_memcpy(copy, text, length);
    table->free += length;
    table->free_size -= length;
    return copy;
}

static bool add_hashed(struct table *table, const char *text, size_t length, uint64_t hash,
                       uint64_t count)
{
    if (table->used >= table->capacity / 2 && !grow(table))
        return false;
    struct table_word *word = find(table, text, length, hash);
    if (word->text == NULL) {
        const char *copy = keep(table, text, length);
        if (copy == NULL)
            return false;
        *word = (struct table_word){ .text = copy, .length = length, .hash = hash };
        table->used++;
    }
    word->count += count;
    return true;
}

bool table_add(struct table *table, const char *text, size_t length, uint64_t count)
{
    return add_hashed(table, text, length, hash_of(text, length), count);
}

bool table_merge(struct table *table, const struct table *from)
{
    for (size_t i = 0; i < from->capacity; i++) {
        const struct table_word *word = &from->slots[i];
        if (word->text != NULL &&
            !add_hashed(table, word->text, word->length, word->hash, word->count))
            return false;
    }
    return true;
}

void table_clear(struct table *table)
{
    if (table->slots != NULL)
        memory_unmap(table->slots, table->capacity * sizeof *table->slots);
    for (struct table_chunk *chunk = table->chunks; chunk != NULL;) {
        struct table_chunk *next = chunk->next;
        memory_unmap(chunk, chunk->size);
        chunk = next;
    }
    *table = (struct table){ 0 };
}

/* Whether `a` stands before `b` in the list of the most frequent words. */
static bool before(const struct table_word *a, const struct table_word *b)
{
    if (a->count != b->count)
        return a->count > b->count;
    size_t shorter = a->length < b->length ? a->length : b->length;
    int order = __builtin_memcmp(a->text, b->text, shorter);
    return order != 0 ? order < 0 : a->length < b->length;
}

/* Lets the word at `at` sink in the heap of `size` words to where none below stands before it. */
static void sink(struct table_word *heap, size_t size, size_t at)
{
    struct table_word word = heap[at];
    for (size_t child; (child = 2 * at + 1) < size; at = child) {
        if (child + 1 < size && before(&heap[child + 1], &heap[child]))
            child++;
        if (!before(&heap[child], &word))
            break;
        heap[at] = heap[child];
    }
    heap[at] = word;
}

/* Heapsort (Williams 1964), stopped as soon as the words that are wanted are in place. */
size_t table_order(struct table *table, size_t wanted)
{
    struct table_word *heap = table->slots;
    size_t size = 0;
    for (size_t i = 0; i < table->capacity; i++)
        if (heap[i].text != NULL)
            heap[size++] = heap[i];
    for (size_t i = size / 2; i > 0; i--)
        sink(heap, size, i - 1);
    if (wanted > size)
        wanted = size;
    for (size_t left = size; left > size - wanted; left--) {
        struct table_word first = heap[0];
        heap[0] = heap[left - 1];
        heap[left - 1] = first;
        sink(heap, left - 1, 0);
    }
    return wanted;
}
