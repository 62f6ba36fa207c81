/* Reading a part block by block with pread(2), not by mapping the file: a file that shrinks
 * meanwhile is then a short read and not a fatal signal, threads do not queue for the process's one
 * memory map, and the letters can be made small where they stand. SPDX-License-Identifier: MIT */
#include "words.h"

#include "support.h"

enum { FIRST_SIZE = 256 * 1024 };

enum { BETWEEN = 0, LETTER = 1, CAPITAL = 2, BEYOND_ASCII = 3 };

static unsigned kind_of(unsigned char c)
{
    if (c >= 0x80)
        return BEYOND_ASCII;
    if (c >= 'A' && c <= 'Z')
        return CAPITAL;
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? LETTER : BETWEEN;
}

/* How many bytes of punctuation beyond ASCII `text` begins with. Joiners (U+200C, U+200D) and what
 * Latin-1 has of letters there are no punctuation. */
static size_t punctuation(const char *text, size_t length)
{
    const unsigned char *at = (const unsigned char *)text;
    if (length >= 2 && at[0] == 0xc2 && at[1] >= 0x80 && at[1] <= 0xbf)
        return at[1] == 0xaa || at[1] == 0xb5 || at[1] == 0xba ? 0 : 2;
    if (length < 3 || at[2] < 0x80 || at[2] > 0xbf)
        return 0;
    if (at[0] == 0xe2 && (at[1] == 0x80 || at[1] == 0x81))
        return at[1] == 0x80 && (at[2] == 0x8c || at[2] == 0x8d) ? 0 : 3;
    return at[0] == 0xe3 && at[1] == 0x80 ? 3 : 0;
}

/* How many bytes the character takes that `text` begins with, 1 if it is no UTF-8. */
static size_t character(const char *text, size_t length)
{
    unsigned char first = (unsigned char)text[0];
    size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1;
    if (size > length)
        return 1;
    for (size_t i = 1; i < size; i++)
        if (((unsigned char)text[i] & 0xc0) != 0x80)
            return 1;
    return size;
}

/* Counts the words of a run of bytes that are no ASCII punctuation, some of them beyond ASCII. */
static bool count_wide_run(struct table *table, const char *run, size_t length, uint64_t *words)
{
    size_t start = 0, at = 0;
    while (at <= length) {
        size_t skip = at < length ? punctuation(run + at, length - at) : 0;
        if (skip == 0 && at < length) {
            at += character(run + at, length - at);
            continue;
        }
        if (at > start) {
            if (!table_add(table, run + start, at - start, 1))
                return false;
            ++*words;
        }
        if (at == length)
            break;
        at += skip;
        start = at;
    }
    return true;
}

/* A place in a buffer, between words. */
struct scan {
    char *bytes;
    size_t at, end;
    bool last; /* nothing comes after the buffer's end */
};

/* The run that begins at `scan->at`, its capitals made small: its length, or SIZE_MAX if it is not
 * known yet where it ends. */
static size_t take_run(struct scan *scan, bool *wide)
{
    size_t at = scan->at;
    *wide = false;
    for (; at < scan->end; at++) {
        unsigned kind = kind_of((unsigned char)scan->bytes[at]);
        if (kind == BETWEEN)
            return at - scan->at;
        if (kind == CAPITAL)
            scan->bytes[at] = (char)(scan->bytes[at] + ('a' - 'A'));
        *wide |= kind == BEYOND_ASCII;
    }
    return scan->last ? at - scan->at : SIZE_MAX;
}

/* Counts the words of the buffer up to the border that belongs to `to` (in the buffer's offsets),
 * or to the buffer's end, where the beginning of a word may be left. `*done`: the border was met.
 */
static bool count_block(struct scan *scan, uint64_t to, struct table *table, uint64_t *words,
                        bool *done)
{
    while (scan->at < scan->end) {
        if (kind_of((unsigned char)scan->bytes[scan->at]) == BETWEEN) {
            if (scan->at >= to) {
                *done = true;
                return true;
            }
            scan->at++;
            continue;
        }
        bool wide;
        size_t length = take_run(scan, &wide);
        if (length == SIZE_MAX)
            return true;
        const char *run = scan->bytes + scan->at;
        if (wide) {
            if (!count_wide_run(table, run, length, words))
                return false;
        } else {
            if (!table_add(table, run, length, 1))
                return false;
            ++*words;
        }
        scan->at += length;
    }
    return true;
}

/* Makes room behind the `kept` bytes that the buffer begins with. */
static bool make_room(struct words_buffer *buffer, size_t kept)
{
    if (kept < buffer->size)
        return true;
    size_t size = buffer->size > 0 ? buffer->size * 2 : FIRST_SIZE;
    char *bytes = memory_map(size);
    if (bytes == NULL)
        return false;
    if (buffer->bytes != NULL) {
        __builtin_memcpy(bytes, buffer->bytes, kept);
        memory_unmap(buffer->bytes, buffer->size);
    }
    buffer->bytes = bytes;
    buffer->size = size;
    return true;
}

void words_buffer_free(struct words_buffer *buffer)
{
    if (buffer->bytes != NULL)
        memory_unmap(buffer->bytes, buffer->size);
    *buffer = (struct words_buffer){ 0 };
}

enum words_result words_of_part(int file, uint64_t from, uint64_t to, struct words_buffer *buffer,
                                struct table *table, struct words_count *count, long *error)
{
    bool searching = from > 0; /* for the border that belongs to `from` */
    uint64_t begin = from;     /* that border */
    bool done = false;
    size_t kept = 0; /* bytes at the buffer's start: a word that goes on in the next block */
    for (uint64_t offset = from; !done;) {
        if (!make_room(buffer, kept))
            return WORDS_NO_MEMORY;
        long got = file_read_at(file, buffer->bytes + kept, buffer->size - kept, offset);
        if (got < 0) {
            *error = got;
            return WORDS_READ_ERROR;
        }
        struct scan scan = { .bytes = buffer->bytes, .end = kept + (size_t)got, .last = got == 0 };
        uint64_t base = offset - kept; /* the buffer's start in the file */
        offset += (uint64_t)got;
        while (searching && scan.at < scan.end) {
            if (base + scan.at >= to)
                return WORDS_DONE; /* no border before `to`: all of it is an earlier part's */
            if (kind_of((unsigned char)scan.bytes[scan.at]) == BETWEEN)
                searching = false;
            else
                scan.at++;
            begin = base + scan.at;
        }
        uint64_t stop = to > base ? to - base : 0;
        if (!count_block(&scan, stop, table, &count->words, &done))
            return WORDS_NO_MEMORY;
        done |= scan.last;
        if (done)
            count->bytes += base + scan.at - begin;
        kept = scan.end - scan.at;
        __builtin_memmove(buffer->bytes, scan.bytes + scan.at, kept);
    }
    return WORDS_DONE;
}
