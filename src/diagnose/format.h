/* Text built in a caller's buffer, for fatal lines, dumps and paths of /proc: no allocation, no
 * locale, safe in a signal handler. Text that does not fit is cut, and says so. */
#ifndef THRUM_DIAGNOSE_FORMAT_H
#define THRUM_DIAGNOSE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct thrum_text {
    char *space;
    size_t size, length; /* length < size */
    bool cut;
};

static inline struct thrum_text thrum_text(char *space, size_t size)
{
    struct thrum_text text = { space, size, 0, false };
    return text;
}

void thrum_text_bytes(struct thrum_text *text, const char *bytes, size_t count);
void thrum_text_string(struct thrum_text *text, const char *string);
void thrum_text_number(struct thrum_text *text, uint64_t number);
void thrum_text_address(struct thrum_text *text, const volatile void *address);
/* Text from outside, in quotes, such that it neither ends the quotes nor the line nor moves a cursor:
 * \" and \\, and \x.. for each byte of a control character (also of U+0080 to U+009F) and for each byte
 * that is not valid UTF-8. The bytes must not change meanwhile. */
void thrum_text_quoted(struct thrum_text *text, const char *bytes, size_t count);
/* Ends it with a NUL (a cut one with "...", in place of whole characters), and returns it. */
const char *thrum_text_end(struct thrum_text *text);

#endif
