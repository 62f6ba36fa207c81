/* What a word is, and how the words of a part of a file are found. SPDX-License-Identifier: MIT
 *
 * A word is a run of ASCII letters and digits and of characters beyond ASCII (UTF-8), but for the
 * punctuation of Latin-1, U+2000 to U+207F and U+3000 to U+303F. ASCII letters are made small.
 *
 * A file is cut at ASCII bytes that belong to no word, so that neither a word nor a character is
 * cut in two: the border that belongs to the offset x is the first such byte at or after x. Two
 * threads that ask for it find the same one, so every byte of the file is in exactly one part. */
#ifndef SUPPORT_WORDS_H
#define SUPPORT_WORDS_H

#include "table.h"

/* A reader's own buffer, which grows when a word does not fit. A zeroed one is an empty one. */
struct words_buffer {
    char *bytes;
    size_t size;
};

struct words_count {
    uint64_t bytes; /* between the borders */
    uint64_t words;
};

enum words_result { WORDS_DONE, WORDS_NO_MEMORY, WORDS_READ_ERROR };

#define WORDS_TO_THE_END UINT64_MAX

/* Counts into `table` the words between the borders that belong to the offsets `from` and `to`
 * (WORDS_TO_THE_END: whatever there is to read). `*error` is the system's after WORDS_READ_ERROR.
 */
enum words_result words_of_part(int file, uint64_t from, uint64_t to, struct words_buffer *buffer,
                                struct table *table, struct words_count *count, long *error);

void words_buffer_free(struct words_buffer *buffer);

#endif
