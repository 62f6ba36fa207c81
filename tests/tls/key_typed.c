/* Typed keys: what THRUM_TLS_DECLARE and THRUM_TLS_DEFINE make. */
#include "../support/thread_system.h"
#include "../test.h"

struct session {
    int user;
};

THRUM_TLS_DECLARE(struct session, key_typed_session)
THRUM_TLS_DEFINE(struct session, key_typed_session)

static int closed_user;

static void close_session(struct session *session)
{
    closed_user = session->user;
}

static void *use_session(void *argument)
{
    bool fresh = key_typed_session_get() == NULL;
    key_typed_session_set(argument);
    return (void *)(uintptr_t)(fresh && key_typed_session_get()->user == 7);
}

TEST(key_typed, 5)
{
    struct session session = { 7 };
    closed_user = 0;
    CHECK_EQ(key_typed_session_alloc(close_session, 0), THRUM_OK);
    CHECK(test_join(test_spawn(use_session, &session)) != NULL);
    CHECK_EQ(closed_user, 7);
    CHECK(key_typed_session_get() == NULL);
    key_typed_session_free();
    CHECK_EQ(key_typed_session_key.private_word, 0);
    CHECK_EQ(key_typed_session_alloc(NULL, THRUM_TLS_INHERIT), THRUM_OK);
    key_typed_session_free();
    CHECK_EQ(key_typed_session_alloc(close_session, THRUM_TLS_INHERIT), THRUM_INVALID);
}
