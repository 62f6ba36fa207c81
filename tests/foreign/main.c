/* The runner's start: options, the program's file, its first stack. */
#include "foreign.h"

enum { PT_LOAD = 1, PT_NOTE = 4, PT_OPENBSD_SYSCALLS = 0x65a3dbe9, PT_RELRO = 0x6474e552 };
enum {
    AT_PHDR = 3,
    AT_PHENT,
    AT_PHNUM,
    AT_PAGESZ,
    AT_BASE,
    AT_FLAGS,
    AT_ENTRY,
    FREEBSD_CANARY = 16
};
enum { MOST_ARGUMENTS = 4096 };
enum { PAGE = 4096, STACK = 8 << 20, STACK_GAP = 4 << 20 };

const struct guest *guest;
uintptr_t guest_trampoline, guest_sigreturn;
bool old_kernel;
int64_t clock_start;
static uint64_t seed;
static bool quiet, exact;

struct header {
    unsigned char ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, segments_at, sections_at;
    uint32_t flags;
    uint16_t header_size, segment_size, segment_count, section_size, section_count, names_at;
};

struct segment {
    uint32_t type, flags;
    uint64_t offset, address, physical, file_size, size, align;
};

static struct {
    struct header header;
    struct segment segments[32];
} image;

/* --- text ------------------------------------------------------------------------------------- */

static size_t length_of(const char *text)
{
    size_t length = 0;
    while (text[length] != '\0')
        length++;
    return length;
}

void say(const char *text)
{
    host3(__NR_write, 2, text, length_of(text));
}

void say_number(uint64_t number)
{
    char digits[20], text[21];
    size_t count = 0, at = 0;
    do
        digits[count++] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    while (count > 0)
        text[at++] = digits[--count];
    text[at] = '\0';
    say(text);
}

void die(const char *what, uint64_t number)
{
    say("foreign: ");
    say(what);
    say(" ");
    say_number(number);
    say("\n");
    for (;;)
        host1(__NR_exit_group, 125);
}

/* splitmix64 */
bool chance(struct thread *self, unsigned one_in)
{
    if (exact)
        return false;
    uint64_t z = self->random += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (z >> 33) % one_in == 0;
}

/* --- the file --------------------------------------------------------------------------------- */

static bool equal(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b)
        a++, b++;
    return *a == *b;
}

static long map(uintptr_t at, size_t size, int protection, int flags, long fd, uint64_t offset)
{
    long result = host(__NR_mmap, (long)at, (long)size, protection, flags, fd, (long)offset);
    if ((result < 0 && result > -4096) || (at != 0 && result != (long)at))
        die("no memory at", at);
    return result;
}

static void load(long fd, const struct segment *segment)
{
    uint64_t low = segment->address & ~(uint64_t)(PAGE - 1), head = segment->address - low;
    uint64_t high = (segment->address + segment->size + PAGE - 1) & ~(uint64_t)(PAGE - 1);
    uint64_t file_end = segment->address + segment->file_size;
    int protection =
        (segment->flags & 4 ? 1 : 0) | (segment->flags & 2 ? 2 : 0) | (segment->flags & 1 ? 4 : 0);
    if ((segment->flags & 3) == 3)
        die("a segment both written and run, at", segment->address);
    map(low, high - low, protection,
        HOST_MAP_PRIVATE | HOST_MAP_FIXED_NOREPLACE | HOST_MAP_ANONYMOUS, -1, 0);
    if (segment->file_size > 0)
        map(low, head + segment->file_size, protection | 2, HOST_MAP_PRIVATE | HOST_MAP_FIXED, fd,
            segment->offset - head);
    uint64_t page_end = (file_end + PAGE - 1) & ~(uint64_t)(PAGE - 1);
    if (segment->flags & 2 && segment->file_size > 0)
        memset((void *)file_end, 0, (page_end < high ? page_end : high) - file_end);
    if (segment->flags & 1)
        cpu_mark_calls(segment->address, segment->file_size);
    host3(__NR_mprotect, low, high - low, protection);
    memory_immutable(low, high);
}

/* The note that says whose program it is. */
static bool noted(long fd)
{
    for (unsigned i = 0; i < image.header.segment_count; i++) {
        unsigned char note[1024];
        const struct segment *segment = &image.segments[i];
        if (segment->type != PT_NOTE || segment->file_size > sizeof note)
            continue;
        host4(__NR_pread64, fd, note, segment->file_size, segment->offset);
        for (size_t at = 0; at + 12 < segment->file_size;) {
            const uint32_t *words = (const void *)(note + at);
            if (words[2] == 1 && equal((const char *)(words + 3), guest->note))
                return true;
            at += 12 + ((words[0] + 3) & ~3u) + ((words[1] + 3) & ~3u);
        }
    }
    return false;
}

/* A number that is listed twice may be called from anywhere; the kernel ends a program whose table
 * points outside its text. */
static void read_pins(long fd)
{
    static uint32_t table[2 * sizeof pins / sizeof *pins][2];
    const struct segment *found = NULL;
    for (unsigned i = 0; i < image.header.segment_count; i++)
        if (image.segments[i].type == PT_OPENBSD_SYSCALLS)
            found = &image.segments[i];
    if (found == NULL || found->file_size % 8 != 0 || found->file_size > sizeof table)
        die("no table of system calls, segments:", image.header.segment_count);
    host4(__NR_pread64, fd, table, found->file_size, found->offset);
    for (size_t i = 0; i < found->file_size / 8; i++) {
        uint32_t at = table[i][0], number = table[i][1];
        if (number == 0 || number >= 331)
            die("the table of system calls has number", number);
        pins[number] = pins[number] == PIN_NONE ? at : PIN_ANYWHERE;
    }
}

static void open_program(const char *path)
{
    long fd = host4(__NR_openat, -100, path, 02000000, 0);
    if (fd < 0)
        die("the program cannot be opened: error", (uint64_t)-fd);
    host4(__NR_pread64, fd, &image.header, sizeof image.header, 0);
    if (image.header.segment_count > 32 || image.header.type != 2 ||
        image.header.machine != MACHINE)
        die("the program is no static ELF file of this CPU; its type:", image.header.type);
    host4(__NR_pread64, fd, image.segments, sizeof *image.segments * image.header.segment_count,
          image.header.segments_at);
    if (!noted(fd))
        die("no note of this system; segments:", image.header.segment_count);
    for (unsigned i = 0; i < image.header.segment_count; i++)
        if (image.segments[i].type == PT_LOAD && image.segments[i].size > 0)
            load(fd, &image.segments[i]);
    if (guest->wants_pins)
        read_pins(fd);
    host1(__NR_close, fd);
}

/* --- the first stack -------------------------------------------------------------------------- */

static uint64_t headers_at(void)
{
    for (unsigned i = 0; i < image.header.segment_count; i++)
        if (image.segments[i].type == PT_LOAD && image.segments[i].offset == 0)
            return image.segments[i].address + image.header.segments_at;
    return 0;
}

static uint64_t *write_auxv(uint64_t *at, uintptr_t random)
{
    const uint64_t pairs[][2] = {
        { AT_PHDR, headers_at() },
        { AT_PHENT, sizeof(struct segment) },
        { AT_PHNUM, image.header.segment_count },
        { AT_PAGESZ, PAGE },
        { AT_BASE, 0 },
        { AT_FLAGS, 0 },
        { AT_ENTRY, image.header.entry },
        { FREEBSD_CANARY, random },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (pairs[i][0] == FREEBSD_CANARY && guest != &freebsd)
            continue;
        *at++ = pairs[i][0];
        *at++ = pairs[i][1];
    }
    return at;
}

static char *copy_down(char *top, const char *text)
{
    size_t size = length_of(text) + 1;
    memcpy(top - size, text, size);
    return top - size;
}

/* Linux refuses an advice that nothing knows; QEMU lets it pass. */
static bool emulated(void)
{
    static char page[2 * PAGE];
    return host3(__NR_madvise, ((uintptr_t)page + PAGE - 1) & ~(uintptr_t)(PAGE - 1), 1,
                 0x7ffffff0) == 0;
}

/* Strings at the top, then what points to them; the address of argc. `strings`: NetBSD's ps_strings.
 */
static uint64_t build_stack(char **argv, uint64_t *strings)
{
    char *base = (char *)map(0, STACK + STACK_GAP, 0,
                             HOST_MAP_PRIVATE | HOST_MAP_ANONYMOUS | HOST_MAP_NORESERVE, -1, 0);
    char *low = base + STACK_GAP, *top = low + STACK;
    host3(__NR_mprotect, low, STACK, 3);
    memory_stack((uintptr_t)low, (uintptr_t)top);
    static uint64_t pointers[MOST_ARGUMENTS];
    uint64_t count = 0, *ps_strings = (uint64_t *)(uintptr_t)(top -= 32);
    top -= 64;
    host3(__NR_getrandom, top, 64, 0);
    uintptr_t random = (uintptr_t)top;
    for (; argv[count] != NULL && count < MOST_ARGUMENTS; count++)
        pointers[count] = (uint64_t)(top = copy_down(top, argv[count]));
    uint64_t environment[2], told = 0;
    if (!exact)
        environment[told++] = (uint64_t)(top = copy_down(top, "FOREIGN=1"));
    if (emulated())
        environment[told++] = (uint64_t)(top = copy_down(top, "EMULATED=1"));
    uint64_t *at =
        (uint64_t *)(((uintptr_t)top & ~(uintptr_t)63) - (count + 64) * 16 - cpu_entry_skew());
    uint64_t *start = at;
    *at++ = count;
    ps_strings[0] = (uint64_t)at;
    ps_strings[1] = count;
    ps_strings[2] = (uint64_t)(at + count + 1);
    ps_strings[3] = told;
    *strings = (uint64_t)ps_strings;
    for (uint64_t i = 0; i < count; i++)
        *at++ = pointers[i];
    *at++ = 0;
    for (uint64_t i = 0; i < told; i++)
        *at++ = environment[i];
    *at++ = 0;
    if (guest->auxv)
        at = write_auxv(at, random);
    *at++ = 0;
    *at++ = 0;
    return (uint64_t)start;
}

static void make_trampoline(void)
{
    long at = map(0, PAGE, 3, HOST_MAP_PRIVATE | HOST_MAP_ANONYMOUS, -1, 0);
    guest_trampoline = (uintptr_t)at;
    guest_sigreturn =
        guest_trampoline + cpu_write_trampoline((unsigned char *)at, guest->sigreturn);
    host3(__NR_mprotect, at, PAGE, 5);
}

static bool choose(const char *name)
{
    static const struct guest *const all[] = { &freebsd, &netbsd, &openbsd, &dragonfly };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (equal(all[i]->name, name))
            guest = all[i];
    return guest != NULL;
}

/* --seed=N, --old, --exact, --quiet, then the system and the program. */
static char **options(char **argv)
{
    for (argv++; *argv != NULL && (*argv)[0] == '-'; argv++) {
        const char *text = *argv;
        if (equal(text, "--old")) {
            old_kernel = true;
        } else if (equal(text, "--exact")) {
            exact = true;
        } else if (equal(text, "--quiet")) {
            quiet = true;
        } else if (text[2] == 's' && text[6] == '=') {
            for (seed = 0, text += 7; *text >= '0' && *text <= '9'; text++)
                seed = seed * 10 + (uint64_t)(*text - '0');
        } else {
            die("an unknown option; arguments:", 0);
        }
    }
    return argv;
}

__attribute__((used)) _Noreturn void foreign_main(char **stack)
{
    host3(__NR_getrandom, &seed, 4, 0);
    char **argv = options(stack + 1);
    if (argv[0] == NULL || argv[1] == NULL || !choose(argv[0]))
        die("foreign [--seed=N] [--old] [--exact] [--quiet] freebsd|netbsd|openbsd|dragonfly "
            "PROGRAM "
            "[ARGUMENT…]",
            1);
    if (!quiet) {
        say("# foreign: --seed=");
        say_number(seed);
        say("\n");
    }
    open_program(argv[1]);
    uint64_t strings, start = build_stack(argv + 1, &strings), registers[REGISTERS] = { 0 };
    make_trampoline();
    struct thread *self = thread_new(NULL);
    self->random = seed;
    clock_start = exact ? 0 : 3710000000 + (int64_t)(seed % 500000000);
    cpu_set_entry(registers, image.header.entry, start, strings);
    catch_calls();
    enter(self, registers, 0);
}
