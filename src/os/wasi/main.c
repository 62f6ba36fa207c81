/* For programs whose main takes the environment too: no compiler gives that a name of its own, and a call
 * of main by another type than it has is an error, so they ask for this file: -Wl,-u,thrum_wasi_main3. */
#include "os/wasi/wasi.h"

int main(int argc, char **argv, char **envp);

int thrum_wasi_main3(int argc, char **argv, char **envp)
{
    return main(argc, argv, envp);
}
