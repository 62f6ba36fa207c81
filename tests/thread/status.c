/* Statuses: their values and their phrases. */
#include "../support/thread_system.h"
#include "../test.h"

TEST(status_texts_differ, 5)
{
    for (int i = 0; i <= THRUM_SYSTEM; ++i) {
        const char *text = thrum_status_text((thrum_status)i);
        if (!CHECK(text != NULL) || !CHECK(text[0] != 0))
            return;
        CHECK(text_length(text) < 80);
        CHECK(text_find(text, "\n") == NULL);
        for (int j = 0; j < i; ++j)
            CHECK(!text_equal(text, thrum_status_text((thrum_status)j)));
    }
}

TEST(status_text_of_no_status, 5)
{
    static const int others[] = { THRUM_SYSTEM + 1, 1000, -1, 0x7fffffff };
    for (size_t i = 0; i < sizeof others / sizeof *others; ++i) {
        const char *text = thrum_status_text((thrum_status)others[i]);
        CHECK(text != NULL && text[0] != 0);
    }
}

TEST(status_ok_is_zero, 5)
{
    CHECK_EQ(THRUM_OK, 0);
    CHECK_EQ(THRUM_VERSION,
             THRUM_VERSION_MAJOR * 65536 + THRUM_VERSION_MINOR * 256 + THRUM_VERSION_PATCH);
}
