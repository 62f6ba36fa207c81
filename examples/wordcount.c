/* wordcount: the most frequent words of files, counted by threads. SPDX-License-Identifier: MIT
 *
 * Built freestanding and static from this file and support/ (all .c files of it).
 *
 * Each thread takes files from a list; a large file is cut into parts, which every thread may take.
 * Each counts into a table of its own, a __thread variable, so that no word costs a lock; the
 * tables are merged at the end. The lock is taken once a file or part. */
#include <thrum.h>

#include "support/support.h"
#include "support/table.h"
#include "support/words.h"

enum {
    PART_SIZE = 1024 * 1024, /* a file above this size is cut into parts of it */
    BINARY_LOOK = 8 * 1024,  /* a zero byte in its first so many says that a file is no text */
    MAX_THREADS = 256,
    COMPARISON_NS = 100 * 1000 * 1000 /* short counts are compared over so long */
};

enum { EXIT_GOOD = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

static const char usage[] =
    "usage: wordcount [-j THREADS] [-n WORDS] [-o] FILE...\n"
    "  -j THREADS  how many threads count, 1 to 256 (default: as many as CPUs may be used)\n"
    "  -n WORDS    how many words to print (default: 10)\n"
    "  -o          only the words: no table of threads, no comparison with one thread\n"
    "Exit status: 0 all counted, 1 a file could not be counted, 2 wrong usage.\n";

struct options {
    unsigned threads;
    uint64_t words;
    bool only_words;
};

/* One file of the command line. A file's thread opens it; its parts share the descriptor. */
struct file {
    const char *name;
    uint32_t failed; /* atomic: by whichever thread met it; a word, as every CPU exchanges */
    int descriptor;
    uint32_t parts, taken; /* under the queue's lock */
    uint32_t unfinished;   /* atomic: whoever finishes the last part closes the file */
    struct file *next;     /* in the queue's list of files that have parts to take */
};

/* A thread and what it did. */
struct worker {
    thrum_thread *thread;
    struct queue *queue;
    struct table table; /* handed over when the thread ends */
    struct words_count count;
    uint64_t id, files, parts;
    thrum_time busy;
    bool no_memory;
};

/* What there is to do. */
struct queue {
    thrum_mutex lock;
    thrum_cond changed; /* a file was cut, or none is being opened any more */
    struct file *files;
    size_t file_count, next_file;
    struct file *cut; /* files with parts to take */
    unsigned opening; /* threads that are opening a file, which may turn out to be large */
    bool quiet;       /* bad files were reported before */
};

struct part {
    struct file *file;
    uint64_t from, to;
};

static THRUM_THREAD_LOCAL struct table my_words;
static THRUM_THREAD_LOCAL struct words_buffer my_buffer;

/* --- files ------------------------------------------------------------------------------------ */

static void fail_file(const struct queue *queue, struct file *file, const char *why)
{
    bool before = __atomic_exchange_n(&file->failed, 1, __ATOMIC_RELAXED) != 0;
    if (!before && !queue->quiet)
        print(PRINT_ERROR, "wordcount: %s: %s\n", file->name, why);
}

/* Why the file cannot be counted, or NULL and its size. */
static const char *look_at_file(int descriptor, uint64_t *size)
{
    struct file_facts facts;
    long error = file_facts(descriptor, &facts);
    if (error < 0)
        return error_text(error);
    if (facts.kind == FILE_DIRECTORY)
        return "is a directory";
    if (facts.kind != FILE_REGULAR)
        return "not a regular file";
    char start[BINARY_LOOK];
    long got = file_read_at(descriptor, start, sizeof start, 0);
    if (got < 0)
        return error_text(got);
    if (got == 0)
        return "empty, nothing to count";
    for (long i = 0; i < got; i++)
        if (start[i] == '\0')
            return "a binary file";
    *size = facts.size;
    return NULL;
}

/* Opens the file and says how many parts it has; false and a line if it cannot be counted. */
static bool open_file(const struct queue *queue, struct file *file)
{
    long descriptor = file_open(file->name);
    if (descriptor < 0) {
        fail_file(queue, file, error_text(descriptor));
        return false;
    }
    uint64_t size = 0;
    const char *wrong = look_at_file((int)descriptor, &size);
    if (wrong != NULL) {
        file_close((int)descriptor);
        fail_file(queue, file, wrong);
        return false;
    }
    file->descriptor = (int)descriptor;
    uint64_t parts = size <= PART_SIZE ? 1 : (size + PART_SIZE - 1) / PART_SIZE;
    file->parts = parts < UINT32_MAX ? (uint32_t)parts : UINT32_MAX; /* the last goes to the end */
    file->taken = 0;
    file->unfinished = file->parts;
    return true;
}

/* --- the queue -------------------------------------------------------------------------------- */

/* Takes the next part of the first cut file. Under the lock. */
static struct part take_part(struct queue *queue)
{
    struct file *file = queue->cut;
    uint64_t from = (uint64_t)file->taken++ * PART_SIZE;
    bool last = file->taken == file->parts;
    if (last)
        queue->cut = file->next;
    return (struct part){ file, from, last ? WORDS_TO_THE_END : from + PART_SIZE };
}

/* Takes a file and opens it. Under the lock, which is free meanwhile. */
static void open_next(struct queue *queue, struct worker *worker)
{
    struct file *file = &queue->files[queue->next_file++];
    if (__atomic_load_n(&file->failed, __ATOMIC_RELAXED) != 0)
        return;
    queue->opening++;
    thrum_mutex_unlock(&queue->lock);
    bool good = open_file(queue, file);
    thrum_mutex_lock(&queue->lock);
    queue->opening--;
    if (good) {
        worker->files++;
        file->next = queue->cut;
        queue->cut = file;
    }
    /* The others wait for parts, or to hear that there will be none. A file of one part is for this
     * thread alone. */
    if ((good && file->parts > 1) || queue->opening == 0)
        thrum_cond_broadcast(&queue->changed);
}

/* The next thing to count; false when all is taken. */
static bool take(struct queue *queue, struct worker *worker, struct part *part)
{
    bool found = false;
    thrum_mutex_lock(&queue->lock);
    for (;;) {
        if (queue->cut != NULL) {
            *part = take_part(queue);
            found = true;
            break;
        }
        if (queue->next_file < queue->file_count)
            open_next(queue, worker);
        else if (queue->opening > 0)
            thrum_cond_wait(&queue->changed, &queue->lock);
        else
            break;
    }
    thrum_mutex_unlock(&queue->lock);
    return found;
}

static void count_part(struct queue *queue, struct worker *worker, const struct part *part)
{
    struct file *file = part->file;
    long error = 0;
    switch (words_of_part(file->descriptor, part->from, part->to, &my_buffer, &my_words,
                          &worker->count, &error)) {
    case WORDS_DONE: break;
    case WORDS_NO_MEMORY:
        worker->no_memory = true;
        fail_file(queue, file, "out of memory, not all of it was counted");
        break;
    case WORDS_READ_ERROR: fail_file(queue, file, error_text(error)); break;
    }
    worker->parts++;
    if (__atomic_sub_fetch(&file->unfinished, 1, __ATOMIC_ACQ_REL) == 0)
        file_close(file->descriptor);
}

/* --- threads ---------------------------------------------------------------------------------- */

static void *work(void *argument)
{
    struct worker *worker = argument;
    thrum_time start = thrum_now();
    worker->id = thrum_id();
    struct part part;
    while (!worker->no_memory && take(worker->queue, worker, &part))
        count_part(worker->queue, worker, &part);
    words_buffer_free(&my_buffer);
    worker->table = my_words; /* the thread's own variable ends with the thread */
    worker->busy = thrum_now() - start;
    return NULL;
}

/* "count-1", "count-2", … */
static void make_name(char name[THRUM_NAME_SIZE], unsigned number)
{
    static const char word[] = "count-";
    size_t at = sizeof word - 1;
    __builtin_memcpy(name, word, at);
    for (unsigned power = 100; power > 0; power /= 10)
        if (number >= power)
            name[at++] = (char)('0' + number / power % 10);
    name[at] = '\0';
}

/* Starts the workers: how many there are, fewer than asked for if the system refuses one. */
static unsigned start_workers(struct queue *queue, struct worker *workers, unsigned wanted)
{
    for (unsigned i = 0; i < wanted; i++) {
        char name[THRUM_NAME_SIZE];
        make_name(name, i + 1);
        workers[i] = (struct worker){ .queue = queue };
        thrum_spawn_options options = { .name = name };
        thrum_status status = thrum_spawn(&workers[i].thread, work, &workers[i], &options);
        if (status != THRUM_OK) {
            print(PRINT_ERROR, "wordcount: only %u of %u threads: %s\n", i, wanted,
                  thrum_status_text(status));
            return i;
        }
    }
    return wanted;
}

struct result {
    struct worker *workers;
    unsigned threads;
    struct table words;
    uint64_t word_count, byte_count, file_count, part_count;
    thrum_time time;
    bool no_memory;
};

/* Counts all files with so many threads. */
static void count_files(struct result *result, struct file *files, size_t file_count,
                        unsigned threads, bool quiet)
{
    struct queue queue = { .files = files, .file_count = file_count, .quiet = quiet };
    struct worker *workers = result->workers;
    *result = (struct result){ .workers = workers };
    thrum_time start = thrum_now();
    result->threads = start_workers(&queue, workers, threads);
    for (unsigned i = 0; i < result->threads; i++) {
        thrum_join(workers[i].thread, NULL);
        if (i == 0)
            result->words = workers[i].table;
        else if (!table_merge(&result->words, &workers[i].table))
            result->no_memory = true;
        if (i > 0)
            table_clear(&workers[i].table);
        result->no_memory |= workers[i].no_memory;
        result->word_count += workers[i].count.words;
        result->byte_count += workers[i].count.bytes;
        result->file_count += workers[i].files;
        result->part_count += workers[i].parts;
    }
    result->time = thrum_now() - start;
}

/* --- the answer ------------------------------------------------------------------------------- */

static unsigned long long whole(uint64_t number)
{
    return (unsigned long long)number;
}

/* "12.345", a time in milliseconds. */
static const char *milliseconds(char text[32], thrum_time time)
{
    size_t at = 31;
    uint64_t microseconds = time / 1000;
    text[at] = '\0';
    for (unsigned digits = 0; digits < 5 || microseconds > 0; digits++) {
        if (digits == 3)
            text[--at] = '.';
        else {
            text[--at] = (char)('0' + microseconds % 10);
            microseconds /= 10;
        }
    }
    return text + at;
}

static bool print_words(struct result *result, uint64_t wanted)
{
    size_t used = result->words.used;
    size_t ordered = table_order(&result->words, wanted < used ? (size_t)wanted : used);
    bool good = true;
    for (size_t i = 0; i < ordered && good; i++) {
        const struct table_word *word = &result->words.slots[used - 1 - i];
        int length = word->length < INT32_MAX ? (int)word->length : INT32_MAX;
        good = print(PRINT_OUT, "%9llu %.*s\n", whole(word->count), length, word->text);
    }
    return good;
}

static bool print_threads(const struct result *result)
{
    char time[32];
    bool good = print(PRINT_OUT, "\n%-10s %8s %7s %7s %12s %11s %10s\n", "thread", "id", "files",
                      "parts", "bytes", "words", "ms");
    for (unsigned i = 0; i < result->threads; i++) {
        const struct worker *worker = &result->workers[i];
        char name[THRUM_NAME_SIZE];
        make_name(name, i + 1);
        good &= print(PRINT_OUT, "%-10s %8llu %7llu %7llu %12llu %11llu %10s\n", name,
                      whole(worker->id), whole(worker->files), whole(worker->parts),
                      whole(worker->count.bytes), whole(worker->count.words),
                      milliseconds(time, worker->busy));
    }
    return good & print(PRINT_OUT, "%-19s %7llu %7llu %12llu %11llu %10s\n", "all",
                        whole(result->file_count), whole(result->part_count),
                        whole(result->byte_count), whole(result->word_count),
                        milliseconds(time, result->time));
}

/* Counts again, by turns with one thread and with all, and compares the best times: the first count
 * had to fetch the files, and a short one says nothing when it is alone. */
static bool print_comparison(const struct result *first, struct file *files, size_t file_count)
{
    struct result one = { .workers = first->workers }, all = one;
    thrum_time best_one = THRUM_FOREVER, best_all = THRUM_FOREVER;
    thrum_time enough = thrum_after(COMPARISON_NS);
    do {
        count_files(&one, files, file_count, 1, true);
        table_clear(&one.words);
        count_files(&all, files, file_count, first->threads, true);
        table_clear(&all.words);
        if (one.word_count != all.word_count)
            return print(PRINT_OUT, "no comparison: the files change while they are counted\n");
        best_one = one.time < best_one ? one.time : best_one;
        best_all = all.time < best_all ? all.time : best_all;
    } while (thrum_now() < enough);
    char time_one[32], time_all[32];
    uint64_t ratio = best_all > 0 ? (best_one * 100 + best_all / 2) / best_all : 100;
    return print(PRINT_OUT, "again: 1 thread %s ms, %u threads %s ms: %llu.%02llu times as fast\n",
                 milliseconds(time_one, best_one), all.threads, milliseconds(time_all, best_all),
                 whole(ratio / 100), whole(ratio % 100));
}

/* --- the command line ------------------------------------------------------------------------- */

static int wrong_usage(const char *what, const char *which)
{
    print(PRINT_ERROR, "wordcount: %s%s (wordcount -h for help)\n", what, which);
    return EXIT_USAGE;
}

/* Reads options, the value of one either in the same word or in the next. Answers where the files
 * begin, or 0 after a line that says what is wrong. */
static int read_options(int argc, char **argv, struct options *options)
{
    int at = 1;
    for (; at < argc && argv[at][0] == '-' && argv[at][1] != '\0'; at++) {
        const char *option = argv[at];
        if (text_equal(option, "--"))
            return at + 1;
        if (text_equal(option, "-o")) {
            options->only_words = true;
            continue;
        }
        if (option[1] != 'j' && option[1] != 'n') {
            wrong_usage("unknown option ", option);
            return 0;
        }
        const char *value = option[2] != '\0' ? option + 2 : at + 1 < argc ? argv[++at] : "";
        uint64_t number;
        bool good = option[1] == 'j' ? text_number(value, MAX_THREADS, &number) && number > 0
                                     : text_number(value, UINT32_MAX, &number);
        if (!good) {
            wrong_usage(option[1] == 'j' ? "-j wants a number from 1 to 256, not "
                                         : "-n wants a number, not ",
                        value[0] != '\0' ? value : "nothing");
            return 0;
        }
        if (option[1] == 'j')
            options->threads = (unsigned)number;
        else
            options->words = number;
    }
    return at;
}

static int run(const struct options *options, struct file *files, size_t file_count,
               struct worker *workers)
{
    struct result result = { .workers = workers };
    count_files(&result, files, file_count, options->threads, false);
    if (result.threads == 0)
        return EXIT_FAILED;
    if (result.no_memory) {
        print(PRINT_ERROR, "wordcount: out of memory\n");
        return EXIT_FAILED;
    }
    bool written = print_words(&result, options->words);
    if (!options->only_words) {
        written = written && print_threads(&result);
        if (result.threads > 1 && result.word_count > 0)
            written = written && print_comparison(&result, files, file_count);
    }
    if (!written)
        print(PRINT_ERROR, "wordcount: the output could not be written\n");
    for (size_t i = 0; i < file_count && written; i++)
        written = files[i].failed == 0;
    return written ? EXIT_GOOD : EXIT_FAILED;
}

int main(int argc, char **argv)
{
    struct options options = { .threads = thrum_cpu_count(), .words = 10 };
    if (argc == 2 && (text_equal(argv[1], "-h") || text_equal(argv[1], "--help")))
        return print(PRINT_OUT, "%s", usage) ? EXIT_GOOD : EXIT_FAILED;
    int first = read_options(argc, argv, &options);
    if (first == 0)
        return EXIT_USAGE;
    if (first >= argc)
        return wrong_usage("which files?", "");
    if (options.threads > MAX_THREADS)
        options.threads = MAX_THREADS;
    size_t file_count = (size_t)(argc - first);
    struct file *files = memory_map(file_count * sizeof *files);
    struct worker *workers = memory_map(options.threads * sizeof *workers);
    if (files == NULL || workers == NULL) {
        print(PRINT_ERROR, "wordcount: out of memory\n");
        return EXIT_FAILED;
    }
    for (size_t i = 0; i < file_count; i++)
        files[i].name = argv[first + (int)i];
    return run(&options, files, file_count, workers);
}
