/* Output of the frame: a small formatter, and lines that are written whole. */
#include "frame.h"

struct line {
    char text[1024];
    size_t length;
};

static void put(struct line *line, char c)
{
    if (line->length < sizeof line->text - 1) /* one byte stays for the newline */
        line->text[line->length++] = c;
}

static void put_text(struct line *line, const char *text)
{
    for (text = text ? text : "(null)"; *text; ++text)
        put(line, *text);
}

static void put_number(struct line *line, uint64_t number, unsigned base)
{
    char digits[20];
    size_t count = 0;
    do {
        digits[count++] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    while (count > 0)
        put(line, digits[--count]);
}

static void put_signed(struct line *line, int number)
{
    int64_t wide = number;
    if (wide < 0)
        put(line, '-');
    put_number(line, (uint64_t)(wide < 0 ? -wide : wide), 10);
}

static void put_list(struct line *line, const char *format, va_list *list)
{
    for (; *format; ++format) {
        if (*format != '%') {
            put(line, *format);
            continue;
        }
        switch (*++format) {
        case 's': put_text(line, va_arg(*list, const char *)); break;
        case 'u': put_number(line, va_arg(*list, unsigned), 10); break;
        case 'd': put_signed(line, va_arg(*list, int)); break;
        case 'l': put_number(line, va_arg(*list, uint64_t), 10); break;
        case 'x':
            put_text(line, "0x");
            put_number(line, va_arg(*list, uint64_t), 16);
            break;
        case 'p':
            put_text(line, "0x");
            put_number(line, (uintptr_t)va_arg(*list, void *), 16);
            break;
        case '%': put(line, '%'); break;
        default: put_text(line, "(bad format)"); return;
        }
    }
}

void frame_print_list(const char *before, const char *format, va_list list)
{
    struct line line;
    va_list copy;
    line.length = 0;
    put_text(&line, before);
    va_copy(copy, list);
    put_list(&line, format, &copy);
    va_end(copy);
    line.text[line.length++] = '\n';
    system_write(1, line.text, line.length);
}

void frame_print(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    frame_print_list("", format, list);
    va_end(list);
}

void test_note(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    frame_print_list("# ", format, list);
    va_end(list);
}
