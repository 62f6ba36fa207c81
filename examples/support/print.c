/* A small printf over file_write. SPDX-License-Identifier: MIT */
#include "support.h"

#include <stdarg.h>

struct output {
    int file;
    bool good;
    size_t used;
    char text[PRINT_LIMIT];
};

struct field {
    bool left;  /* flag - */
    bool zeros; /* flag 0 */
    size_t width;
    size_t precision; /* of a string: the most bytes of it */
    int longs;        /* how many l; z counts as the l's that make a size_t */
};

static void flush(struct output *output)
{
    if (output->used > 0 && !file_write(output->file, output->text, output->used))
        output->good = false;
    output->used = 0;
}

static void put(struct output *output, char c)
{
    if (output->used == sizeof output->text)
        flush(output);
    output->text[output->used++] = c;
}

static void put_text(struct output *output, const struct field *field, const char *text,
                     size_t length)
{
    size_t padding = field->width > length ? field->width - length : 0;
    if (!field->left)
        for (; padding > 0; padding--)
            put(output, field->zeros ? '0' : ' ');
    for (size_t i = 0; i < length; i++)
        put(output, text[i]);
    for (; padding > 0; padding--)
        put(output, ' ');
}

static void put_string(struct output *output, const struct field *field, const char *text)
{
    size_t length = 0;
    while (length < field->precision && text[length] != '\0')
        length++;
    put_text(output, field, text, length);
}

static void put_number(struct output *output, const struct field *field, unsigned long long number,
                       unsigned base, const char *before)
{
    char text[24];
    size_t at = sizeof text;
    do {
        text[--at] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number > 0);
    for (size_t i = text_length(before); i > 0; i--)
        text[--at] = before[i - 1];
    put_text(output, field, text + at, sizeof text - at);
}

static unsigned long long take_unsigned(va_list *values, int longs)
{
    if (longs == 0)
        return va_arg(*values, unsigned);
    return longs == 1 ? va_arg(*values, unsigned long) : va_arg(*values, unsigned long long);
}

static long long take_signed(va_list *values, int longs)
{
    if (longs == 0)
        return va_arg(*values, int);
    return longs == 1 ? va_arg(*values, long) : va_arg(*values, long long);
}

static void put_signed(struct output *output, const struct field *field, long long number)
{
    if (number < 0)
        put_number(output, field, 0ull - (unsigned long long)number, 10, "-");
    else
        put_number(output, field, (unsigned long long)number, 10, "");
}

/* Reads what stands between % and the letter; answers where the letter is. */
static const char *read_field(struct field *field, const char *format, va_list *values)
{
    *field = (struct field){ .precision = SIZE_MAX };
    for (; *format == '-' || *format == '0'; format++) {
        if (*format == '-')
            field->left = true;
        else
            field->zeros = true;
    }
    if (*format == '*') {
        field->width = (size_t)va_arg(*values, int);
        format++;
    }
    for (; *format >= '0' && *format <= '9'; format++)
        field->width = field->width * 10 + (size_t)(*format - '0');
    if (format[0] == '.' && format[1] == '*') {
        field->precision = (size_t)va_arg(*values, int);
        format += 2;
    }
    for (; *format == 'l' || *format == 'z'; format++)
        field->longs += *format == 'l' || sizeof(size_t) == sizeof(long) ? 1 : 0;
    return format;
}

static void put_value(struct output *output, const struct field *field, char letter,
                      va_list *values)
{
    char c;
    switch (letter) {
    case 's': put_string(output, field, va_arg(*values, const char *)); break;
    case 'c':
        c = (char)va_arg(*values, int);
        put_text(output, field, &c, 1);
        break;
    case 'd': put_signed(output, field, take_signed(values, field->longs)); break;
    case 'u': put_number(output, field, take_unsigned(values, field->longs), 10, ""); break;
    case 'x': put_number(output, field, take_unsigned(values, field->longs), 16, ""); break;
    case 'p': put_number(output, field, (uintptr_t)va_arg(*values, void *), 16, "0x"); break;
    default: put(output, letter);
    }
}

bool print(int file, const char *format, ...)
{
    struct output output;
    output.file = file;
    output.good = true;
    output.used = 0;
    va_list values;
    va_start(values, format);
    for (; *format != '\0'; format++) {
        struct field field;
        if (*format != '%') {
            put(&output, *format);
            continue;
        }
        format = read_field(&field, format + 1, &values);
        if (*format == '\0')
            break;
        put_value(&output, &field, *format, &values);
    }
    va_end(values);
    flush(&output);
    return output.good;
}
