/* Text in a caller's buffer. */
#include "diagnose/format.h"
#include "arch/divide.h"

void thrum_text_bytes(struct thrum_text *text, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text->length + 1 >= text->size) {
            text->cut = true;
            return;
        }
        text->space[text->length++] = bytes[i];
    }
}

void thrum_text_string(struct thrum_text *text, const char *string)
{
    size_t count = 0;
    while (string[count] != '\0')
        count++;
    thrum_text_bytes(text, string, count);
}

void thrum_text_number(struct thrum_text *text, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        uint32_t digit;
        number = thrum_divide(number, 10, &digit);
        digits[--at] = (char)('0' + digit);
    } while (number != 0);
    thrum_text_bytes(text, digits + at, sizeof digits - at);
}

void thrum_text_address(struct thrum_text *text, const volatile void *address)
{
    char digits[2 + 2 * sizeof(uintptr_t)];
    uintptr_t rest = (uintptr_t)address;
    size_t at = sizeof digits;
    do {
        digits[--at] = "0123456789abcdef"[rest & 15];
        rest >>= 4;
    } while (rest != 0);
    digits[--at] = 'x';
    digits[--at] = '0';
    thrum_text_bytes(text, digits + at, sizeof digits - at);
}

const char *thrum_text_end(struct thrum_text *text)
{
    text->space[text->length] = '\0';
    if (text->cut && text->length >= 3)
        for (size_t i = 1; i <= 3; i++)
            text->space[text->length - i] = '.';
    return text->space;
}
