/* The tests of the programs models_*.c, which define MODEL_ALIGN and MODEL_DYNAMIC and include this:
 * variables are where compiler and linker look for them in every model, and where the library put
 * the image. */
#include "../support/thread_system.h"
#include "../test.h"
#include "models/models.h"
#include "tls/image.h"

/* Initialised and zeroed, with an alignment and without. */
THRUM_THREAD_LOCAL unsigned char model_first[3] = { 1, 2, 3 };
THRUM_THREAD_LOCAL _Alignas(MODEL_ALIGN) unsigned char model_data[5] = { 4, 5, 6, 7, 8 };
THRUM_THREAD_LOCAL _Alignas(MODEL_ALIGN) unsigned char model_zero[7];
THRUM_THREAD_LOCAL unsigned char model_last[9];

static void (*const reach[])(void *addresses[MODEL_VARIABLES]) = {
#if MODEL_DYNAMIC
    reach_global_dynamic,
    reach_local_dynamic,
#else
    reach_initial_exec,
#endif
    reach_local_exec,
};
enum { MODELS = sizeof reach / sizeof *reach };

static const size_t sizes[MODEL_VARIABLES] = { 3, 5, 7, 9 };
static const unsigned char contents[MODEL_VARIABLES][9] = { { 1, 2, 3 }, { 4, 5, 6, 7, 8 } };
static ptrdiff_t offsets_of_main[MODEL_VARIABLES];

static uint32_t check_offsets(bool first)
{
    const struct thrum_tls_image *image = &thrum_tls_image;
    char *tp = thrum_arch_thread_pointer() - THRUM_ARCH_TP_BIAS;
    char *here = tp + image->layout.image;
    void *own[] = { model_first, model_data, model_zero, model_last };
    void *found[MODELS][MODEL_VARIABLES];
    uint32_t wrong = seen_address(tp) % image->layout.align != 0;
    for (int model = 0; model < MODELS; ++model)
        reach[model](found[model]);
    wrong += seen_address(model_data) % MODEL_ALIGN != 0;
    wrong += seen_address(model_zero) % MODEL_ALIGN != 0;
    for (int i = 0; i < MODEL_VARIABLES; ++i) {
        ptrdiff_t offset = (char *)own[i] - here;
        for (int model = 0; model < MODELS; ++model)
            wrong += found[model][i] != own[i];
        wrong += offset < 0;
        if (first)
            offsets_of_main[i] = offset;
        wrong += offset != offsets_of_main[i]; /* in every thread the same */
        if (i < 2) { /* the image's bytes at this offset are the variable's */
            const unsigned char *initial_bytes = (const unsigned char *)image->initial + offset;
            wrong += (size_t)offset + sizes[i] > image->file_size;
            for (size_t byte = 0; byte < sizes[i]; ++byte)
                wrong += initial_bytes[byte] != contents[i][byte];
        } else {
            wrong += (size_t)offset < image->file_size;
        }
        for (size_t byte = 0; byte < sizes[i]; ++byte)
            wrong += ((volatile unsigned char *)own[i])[byte] != contents[i][byte];
    }
    return wrong;
}

/* What is written through one model is read through the others, and by no other thread. */
static uint32_t check_bytes(unsigned char mark)
{
    void *first[MODEL_VARIABLES], *last[MODEL_VARIABLES];
    uint32_t wrong = 0;
    reach[0](first);
    reach[MODELS - 1](last);
    for (int i = 0; i < MODEL_VARIABLES; ++i)
        *(volatile unsigned char *)first[i] = (unsigned char)(mark + i);
    thrum_yield();
    for (int i = 0; i < MODEL_VARIABLES; ++i)
        wrong += *(volatile unsigned char *)last[i] != (unsigned char)(mark + i);
    wrong += *(volatile unsigned char *)model_data != (unsigned char)(mark + 1);
    return wrong;
}

static void *check_thread(void *mark)
{
    uintptr_t wrong = check_offsets(false);
    return (void *)(wrong + check_bytes((unsigned char)(uintptr_t)mark) + 1);
}

TEST(models_agree, 10)
{
    CHECK_EQ(check_offsets(true), 0);
    for (uintptr_t round = 0; round < 4; ++round) { /* the later ones on mappings used before */
        thrum_thread *threads[4];
        for (uintptr_t i = 0; i < 4; ++i)
            threads[i] = test_spawn(check_thread, (void *)(round * 16 + i * 4));
        for (int i = 0; i < 4; ++i)
            CHECK_EQ((uintptr_t)test_join(threads[i]), 1);
    }
    CHECK_EQ(check_offsets(false), 0);
    CHECK_EQ(check_bytes(200), 0);
}
