/* Text for the tests: finding and printing without a libc. */
#include "thread_system.h"

size_t text_length(const char *text)
{
    size_t length = 0;
    while (text[length])
        ++length;
    return length;
}

bool text_begins(const char *text, const char *part)
{
    while (*part)
        if (*text++ != *part++)
            return false;
    return true;
}

bool text_equal(const char *a, const char *b)
{
    return text_length(a) == text_length(b) && text_begins(a, b);
}

const char *text_find(const char *text, const char *part)
{
    do {
        if (text_begins(text, part))
            return text;
    } while (*text++);
    return NULL;
}

unsigned text_count(const char *text, const char *part)
{
    unsigned count = 0;
    for (; *text; text++)
        count += text_begins(text, part);
    return count;
}

bool text_line_with(const char *text, const char *part, char *line, size_t capacity)
{
    const char *at = text_find(text, part);
    line[0] = 0;
    if (!at)
        return false;
    while (at > text && at[-1] != '\n')
        at--;
    size_t length = 0;
    for (; at[length] && at[length] != '\n' && length + 1 < capacity; length++)
        line[length] = at[length];
    line[length] = 0;
    return true;
}

size_t text_number(uint64_t number, char text[24])
{
    char reversed[24];
    size_t length = 0;
    do {
        reversed[length++] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    for (size_t i = 0; i < length; ++i)
        text[i] = reversed[length - 1 - i];
    text[length] = 0;
    return length;
}

void text_print(const char *text)
{
    system_write(1, text, text_length(text));
}

void text_print_number(const char *name, uint64_t number)
{
    char digits[24];
    text_number(number, digits);
    text_print(name);
    text_print(" ");
    text_print(digits);
    text_print("\n");
}

uint64_t text_number_of(const char *text, const char *name)
{
    const char *at = text_find(text, name);
    if (!at)
        return 0;
    at += text_length(name);
    while (*at == ' ' || *at == '\t')
        ++at;
    uint64_t number = 0;
    while (*at >= '0' && *at <= '9')
        number = number * 10 + (uint64_t)(*at++ - '0');
    return number;
}
