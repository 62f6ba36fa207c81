/* Programs that run under an emulator. */
#include "system.h"

void system_cut_emulators_words(struct system_child *result)
{
    static const char words[] = "qemu: uncaught target signal ";
    for (size_t at = 0; at + sizeof words < result->length; ++at) {
        size_t same = 0;
        while (words[same] && result->output[at + same] == words[same])
            ++same;
        if (words[same])
            continue;
        result->output[at] = 0;
        result->length = at;
    }
}
