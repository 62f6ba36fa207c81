#!/usr/bin/env bash
# Checkers catch what they are for: with a data race on purpose ThreadSanitizer complains, and it does
# not where any of thrum's objects orders the same accesses; the other checkers likewise.
. "$(dirname "$0")/house.sh"
: "${HOUSE_SANITIZE?}" "${HOUSE_VALGRIND?}"

cd "$house_temp" || exit 1
cat >prog.c <<'END'
#include <stdlib.h>
#include <string.h>
#include <thrum.h>
static thrum_mutex mutex;
static thrum_rwlock rwlock;
static thrum_cond cond;
static thrum_sem sem;
static thrum_event event;
static thrum_once once;
static thrum_waitgroup group;
static const char *by;
static int data, ready;

static int is(const char *name)
{
    return strcmp(by, name) == 0;
}

static void change(void *unused)
{
    (void)unused;
    ++data;
}

static void *run(void *argument)
{
    if (is("mutex") || is("cond"))
        thrum_mutex_lock(&mutex);
    if (is("rwlock"))
        thrum_rwlock_write_lock(&rwlock);
    if (is("once"))
        thrum_once_run(&once, change, NULL);
    else
        change(NULL);
    if (is("rwlock"))
        thrum_rwlock_write_unlock(&rwlock);
    if (is("cond")) {
        ready = 1;
        thrum_cond_signal(&cond);
    }
    if (is("mutex") || is("cond"))
        thrum_mutex_unlock(&mutex);
    if (is("sem"))
        thrum_sem_post(&sem, 1);
    if (is("event"))
        thrum_event_set(&event);
    if (is("waitgroup"))
        thrum_waitgroup_done(&group);
    return argument;
}

static volatile int bound = 4;

int main(int argc, char **argv)
{
    thrum_thread *thread;
    by = argc > 1 ? argv[1] : "";
    if (is("address")) {
        char *volatile bytes = malloc(4);
        bytes[bound] = 1;
        return bytes[bound];
    }
    if (is("undefined"))
        return (bound += 0x7ffffffc) > 0;
    if (is("waitgroup"))
        thrum_waitgroup_add(&group, 1);
    if (thrum_spawn(&thread, run, NULL, NULL) != THRUM_OK)
        return 1;
    if (is("mutex"))
        thrum_mutex_lock(&mutex);
    if (is("rwlock"))
        thrum_rwlock_read_lock(&rwlock);
    if (is("cond")) {
        thrum_mutex_lock(&mutex);
        while (!ready)
            thrum_cond_wait(&cond, &mutex);
    }
    if (is("sem"))
        thrum_sem_wait(&sem);
    if (is("event"))
        thrum_event_wait(&event);
    if (is("waitgroup"))
        thrum_waitgroup_wait(&group);
    if (is("once"))
        thrum_once_run(&once, change, NULL);
    if (is("join"))
        thrum_join(thread, NULL);
    int seen = data;
    if (is("mutex") || is("cond"))
        thrum_mutex_unlock(&mutex);
    if (is("rwlock"))
        thrum_rwlock_read_unlock(&rwlock);
    if (!is("join"))
        thrum_join(thread, NULL);
    return seen > 1;
}
END
flags=(-g -O1 -pthread -I "$HOUSE_SOURCE/include")
[ -z "$HOUSE_SANITIZE" ] || flags+=(-fsanitize="$HOUSE_SANITIZE" -fno-sanitize-recover=all)
runs "the program builds" "$HOUSE_CC" -std=c11 "${flags[@]}" prog.c "$HOUSE_ARCHIVE" -o prog

# complains NAME PATTERN COMMAND…: it has to fail and to say why
complains() {
    local name=$1 pattern=$2 output status
    shift 2
    output=$("$@" 2>&1)
    status=$?
    if [ $status -ne 0 ] && grep -q "$pattern" <<<"$output"; then
        pass "$name"
    else
        fail "$name" "$* : status $status
$output"
    fi
}

ordered=(mutex rwlock cond sem event once waitgroup join)
case $HOUSE_SANITIZE in
*address*)
    complains "a write beyond is found" heap-buffer-overflow ./prog address
    complains "undefined behaviour is found" "signed integer overflow" ./prog undefined
    ;;
thread)
    complains "a race is found" "data race" ./prog nothing
    ;;
esac
for tool in $HOUSE_VALGRIND; do
    command=(valgrind -q --tool="$tool" --error-exitcode=99
        --suppressions="$HOUSE_SOURCE/tests/valgrind.supp")
    complains "$tool finds a write beyond" "Invalid write" "${command[@]}" ./prog address
    for object in "${ordered[@]}"; do
        silent "$tool finds nothing by $object" "${command[@]}" ./prog "$object"
    done
done
[ -z "$HOUSE_SANITIZE" ] || for object in "${ordered[@]}"; do
    silent "nothing is found where all is ordered by $object" ./prog "$object"
done
finish
