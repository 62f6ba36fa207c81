/* A few words on strings, for programs that have no <string.h>. SPDX-License-Identifier: MIT */
#include "support.h"

size_t text_length(const char *text)
{
    size_t length = 0;
    while (text[length] != '\0')
        length++;
    return length;
}

bool text_equal(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

bool text_number(const char *text, uint64_t limit, uint64_t *number)
{
    uint64_t value = 0;
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        unsigned digit = (unsigned)(*text - '0');
        if (value > (limit - digit) / 10 || digit > limit)
            return false;
        value = value * 10 + digit;
    }
    *number = value;
    return true;
}
