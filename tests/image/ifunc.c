/* Functions that a resolver chooses before main (STT_GNU_IFUNC): it runs when thread-local
 * variables and the stack protector's canary are there already, and is told what its CPU's ABI promises. */
#include "../test.h"
#ifdef __linux__
#include "../support/linux/linux.h"
#endif

static THRUM_THREAD_LOCAL volatile uint32_t chosen = 41;
static THRUM_THREAD_LOCAL volatile uint32_t zero;

static uint32_t give_right(uint32_t more)
{
    return 1000 + more;
}

static uint32_t give_wrong(uint32_t more)
{
    return 2000 + more;
}

/* RISC-V's first argument has 64 bits on its 32-bit CPUs too: two registers there. */
#ifdef __riscv
typedef uint64_t first_argument;
#else
typedef uintptr_t first_argument;
#endif

static first_argument told_first;
static uintptr_t told[2];
#ifdef __aarch64__
static uintptr_t block[5]; /* what the second argument points to */
#endif

/* With an array, so that it is checked where the compiler protects stacks. */
__attribute__((used)) static uint32_t (*resolve(first_argument first, uintptr_t second,
                                                uintptr_t third))(uint32_t more)
{
    told_first = first;
    told[0] = second;
    told[1] = third;
#ifdef __aarch64__
    for (unsigned i = 0; i < sizeof block / sizeof *block; ++i)
        block[i] = i == 0 || i * sizeof *block < *(const uintptr_t *)second
                       ? ((const uintptr_t *)second)[i]
                       : 0;
#endif
    volatile unsigned char bytes[32];
    for (unsigned i = 0; i < sizeof bytes; ++i)
        bytes[i] = (unsigned char)(i + zero);
    return chosen == 41 && bytes[3] == 3 ? give_right : give_wrong;
}

static uint32_t image_ifunc(uint32_t more) __attribute__((ifunc("resolve")));

static uint32_t (*volatile by_pointer)(uint32_t more) = image_ifunc;

TEST(ifunc_called_by_name, 5)
{
    CHECK_EQ(image_ifunc(1), 1001);
}

extern const char __ehdr_start __attribute__((visibility("hidden")));

TEST(ifunc_called_by_pointer, 5)
{
    if ((uintptr_t)by_pointer < (uintptr_t)&__ehdr_start) {
        test_skip("the linker has left out the pointer's relocation"); /* s390x, static-PIE */
        return;
    }
    CHECK_EQ(by_pointer(2), 1002);
}

static void *call_ifunc(void *unused)
{
    (void)unused;
    chosen = 7; /* too late to choose again */
    return (void *)(uintptr_t)(image_ifunc(3) + by_pointer(4));
}

TEST(ifunc_called_in_a_thread, 5)
{
    if ((uintptr_t)by_pointer < (uintptr_t)&__ehdr_start) {
        test_skip("the linker has left out the pointer's relocation");
        return;
    }
    CHECK_EQ((uintptr_t)test_join(test_spawn(call_ifunc, NULL)), 2007);
}

#ifdef __linux__
TEST(ifunc_resolver_is_told_what_its_abi_promises, 5)
{
    enum { HWCAP = 16, HWCAP2 = 26, HWCAP3 = 29, HWCAP4 = 30 };
    const uintptr_t hwcap = linux_auxiliary(HWCAP);
    (void)hwcap;
#if defined(__aarch64__)
    CHECK_EQ(told_first, hwcap | (uintptr_t)1 << 62);
    CHECK(block[0] >= 3 * sizeof(uintptr_t) && block[0] % sizeof(uintptr_t) == 0);
    CHECK_EQ(block[1], hwcap);
    CHECK_EQ(block[2], linux_auxiliary(HWCAP2));
    CHECK_EQ(block[3], linux_auxiliary(HWCAP3));
    CHECK_EQ(block[4], linux_auxiliary(HWCAP4));
#elif defined(__riscv)
    enum { HWPROBE = 258 };
    struct {
        int64_t key;
        uint64_t value;
    } asked = { 0, 77 }, pair = { 0, 77 };
    int (*probe)(void *, size_t, size_t, unsigned long *, unsigned) =
        (int (*)(void *, size_t, size_t, unsigned long *, unsigned))told[0];
    CHECK_EQ(told_first, hwcap);
    CHECK_EQ(told[1], 0);
    CHECK_EQ(probe(&pair, 1, 0, NULL, 0), -thrum_linux_call(HWPROBE, (long)&asked, 1, 0, 0, 0, 0));
    CHECK_EQ(pair.key, asked.key);
    CHECK_EQ(pair.value, asked.value);
#elif defined(__arm__) || defined(__powerpc__) || defined(__s390x__) || defined(__sparc__)
    CHECK_EQ(told_first, hwcap);
#else
    test_skip("this CPU's ABI promises nothing");
#endif
}
#endif
