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

static bool continues(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

/* Bytes of the printable character at `at`: ASCII, or UTF-8 (RFC 3629: no overlong forms, no
 * surrogates, at most U+10FFFF) above the control characters of ISO 6429; 0: none. */
static size_t printable(const unsigned char *at, size_t count)
{
    if (at[0] < 0x80)
        return at[0] >= 0x20 && at[0] != 0x7f;
    if (at[0] < 0xc2 || at[0] > 0xf4)
        return 0;
    size_t size = at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    if (size > count)
        return 0;
    for (size_t i = 1; i < size; i++)
        if (!continues(at[i]))
            return 0;
    bool control = at[0] == 0xc2 && at[1] < 0xa0;
    bool overlong = (at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xf0 && at[1] < 0x90);
    bool surrogate = at[0] == 0xed && at[1] >= 0xa0;
    bool beyond = at[0] == 0xf4 && at[1] >= 0x90;
    return control || overlong || surrogate || beyond ? 0 : size;
}

void thrum_text_quoted(struct thrum_text *text, const char *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";
    thrum_text_bytes(text, "\"", 1);
    for (size_t i = 0; i < count;) {
        const unsigned char *at = (const unsigned char *)bytes + i;
        size_t size = printable(at, count - i);
        const char hex[] = { '\\', 'x', digits[at[0] >> 4], digits[at[0] & 15] };
        if (size == 0)
            thrum_text_bytes(text, hex, sizeof hex);
        else if (at[0] == '"' || at[0] == '\\')
            thrum_text_bytes(text, "\\", 1);
        thrum_text_bytes(text, bytes + i, size);
        i += size != 0 ? size : 1;
    }
    thrum_text_bytes(text, "\"", 1);
}

const char *thrum_text_end(struct thrum_text *text)
{
    if (text->cut && text->length >= 3) {
        size_t at = text->length - 3;
        while (at > 0 && continues((unsigned char)text->space[at]))
            at--;
        __builtin_memcpy(text->space + at, "...", 3);
        text->length = at + 3;
    }
    text->space[text->length] = '\0';
    return text->space;
}
