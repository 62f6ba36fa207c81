"""gdb and thrum: who waits for what, and who holds it.

    (gdb) source thrum.py           by hand; for libthrum.so gdb finds it by itself
    (gdb) info thrum-threads        every thread: id, name, state, what it waits for, who holds that
    (gdb) print lock                mutexes, other locks, keys and threads in words; /r for the raw

Works on running programs and core files of both builds, wherever the library has debug information.
"""

import gdb
import gdb.printing

# Macros, which debug information does not tell: src/sync/lock.h, src/sync/rwlock_word.h,
# src/thread/block.h, include/thrum/private.h, include/thrum/tls.h. Enumerations are asked of gdb.
WAITERS = 0x80000000
HOLDER = 0x3FFFFFFF
RW_READERS = 0x40000000
SLOTS_AT = 512
KEY_INDEX = 2047


def enumerator(name):
    return int(gdb.parse_and_eval("(int)" + name))


def registry():
    try:
        return gdb.parse_and_eval("thrum_registry")
    except gdb.error as error:
        raise gdb.GdbError("no thrum with debug information in this program: %s" % error)


def threads():
    """The control blocks, main's first, then oldest first."""
    found = linked(registry()["first"]) + linked(registry()["newcomers"])[::-1]
    return sorted(found, key=lambda block: int(block["leader"]) == 0)


def linked(block):
    found = []
    while int(block) != 0:
        found.append(block.dereference())
        block = block["next"]
    return found


def kernel_id(thread):
    """0 until it is known: the hosted build's word may say that somebody waits for it."""
    return int(thread["os"]["tid"]) & HOLDER


def shown(character):
    """Whether gdb can print it, in the character set it prints in."""
    try:
        character.encode(gdb.host_charset() if hasattr(gdb, "host_charset") else "ascii")
        return True
    except (UnicodeError, LookupError):
        return False


def quoted_name(thread):
    """As src/diagnose/format.c writes text from outside: it cannot forge what is around it."""
    size = thread["name"].type.range()[1] + 1
    name = bytes(int(thread["name"][at]) & 255 for at in range(size)).split(b"\0")[0]
    text = '"'
    for character in name.decode("utf-8", "surrogateescape"):
        code = ord(character)
        if character in '"\\':
            text += "\\" + character
        elif code < 0x20 or 0x7f <= code < 0xa0 or not shown(character):
            for byte in character.encode("utf-8", "surrogateescape"):
                text += "\\x%02x" % byte
        else:
            text += character
    return text + '"'


def in_words(thread):
    return "thread %d %s" % (kernel_id(thread), quoted_name(thread))


def holder_in_words(lock_id):
    for thread in threads():
        if int(thread["head"]["lock_id"]) == lock_id:
            return in_words(thread)
    return "a thread that has ended (lock id %d)" % lock_id


def place(value):
    """An address, with the variable that is there if one is."""
    return "%s" % value.cast(gdb.lookup_type("void").pointer())


WAITS = {
    "MUTEX": "mutex",
    "READ": "rwlock (to read)",
    "WRITE": "rwlock (to write)",
    "COND": "condition",
    "SEM": "semaphore",
    "EVENT": "event",
    "GROUP": "waitgroup",
    "ONCE": "once",
    "BARRIER": "barrier",
    "JOIN": "end of",
    "ADDRESS": "word",
    "SLEEP": "time",
}


def kind_of_wait(thread):
    kind = int(thread["wait"]["kind"])
    for field in gdb.lookup_type("enum thrum_wait_kind").fields():
        if field.enumval == kind:
            return field.name[len("THRUM_WAIT_"):]
    return "?"


def as_type(address, name):
    return address.cast(gdb.lookup_type(name).pointer()).dereference()


def lock_id_awaited(thread, kind):
    """The lock id of whom a thread waits for, 0 if nobody."""
    address = thread["wait"]["object"]
    waiter = thread["waiter"]
    if kind == "COND" and int(waiter["state"]) == enumerator("THRUM_COND_CLAIMED"):
        return int(waiter["mutex"]["private_word"]) & HOLDER
    if kind in ("MUTEX", "ONCE"):
        return int(as_type(address, "unsigned int")) & HOLDER
    if kind in ("READ", "WRITE"):
        word = int(as_type(address, "thrum_rwlock")["private_word"])
        return 0 if word & RW_READERS else word & HOLDER
    return 0


def wait_in_words(thread):
    """What for, and who holds that: two texts, empty if the thread does not wait."""
    if int(thread["wait"]["state"]) == enumerator("THRUM_WAIT_NONE"):
        return "", ""
    kind = kind_of_wait(thread)
    address = thread["wait"]["object"]
    if kind == "SLEEP":
        return "a time", ""
    if kind == "JOIN":
        return "the end of", in_words(as_type(address, "struct thrum_block"))
    lock_id = lock_id_awaited(thread, kind)
    wanted = "the %s at %s" % (WAITS.get(kind, kind), place(address))
    return wanted, holder_in_words(lock_id) if lock_id else ""


def state_of(thread):
    life = int(thread["life"])
    if life & enumerator("THRUM_LIFE_ENDED"):
        return "ended" if life & enumerator("THRUM_LIFE_DETACHED") else "ended, not joined"
    if int(thread["wait"]["state"]) != enumerator("THRUM_WAIT_NONE"):
        return "waits (with deadline)" if thread["wait"]["timed"] else "waits"
    return "ends" if thread["ending"] else "runs"


class InfoThreads(gdb.Command):
    """Every thread that thrum knows: id, name, state, what it waits for, and who holds that."""

    def __init__(self):
        super().__init__("info thrum-threads", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        selected = gdb.selected_thread()
        rows = [("", "id", "name", "state", "waits for", "holder")]
        for thread in threads():
            wanted, holder = wait_in_words(thread)
            here = selected is not None and selected.ptid[1] == kernel_id(thread)
            rows.append(("*" if here else "", str(kernel_id(thread)), quoted_name(thread),
                         state_of(thread), wanted, holder))
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        for row in rows:
            line = "  ".join(text.ljust(width) for text, width in zip(row, widths))
            gdb.write(line.rstrip() + "\n")


# --- printers ---------------------------------------------------------------------------------------


class Printer:
    def __init__(self, value):
        self.value = value

    def word(self):
        return int(self.value["private_word"])


def held(word):
    if word & HOLDER == 0:
        return "free"
    return "held by " + holder_in_words(word & HOLDER) + (", waited for" if word & WAITERS else "")


def waiting(value):
    count = 0
    node = value["private_first"]
    while int(node) != 0 and count < 1000000:
        count += 1
        node = node["next"]
    return "%d waiting" % count if count else "nobody waits"


class Mutex(Printer):
    def to_string(self):
        return held(self.word())


class RecursiveMutex(Printer):
    def to_string(self):
        word = int(self.value["private_mutex"]["private_word"])
        depth = int(self.value["private_depth"])
        return held(word) + (", depth %d" % depth if word & HOLDER else "")


class Rwlock(Printer):
    def to_string(self):
        word = self.word()
        if word & RW_READERS:
            text = "held by %d to read" % (word & HOLDER)
        else:
            text = held(word & HOLDER).replace("held by", "held to write by")
        return text + ", " + waiting(self.value)


class Cond(Printer):
    def to_string(self):
        return waiting(self.value)


class Sem(Printer):
    def to_string(self):
        return "count %d%s" % (self.word() & ~WAITERS, ", waited for" if self.word() & WAITERS else "")


class Event(Printer):
    def to_string(self):
        return ("set" if self.word() & 1 else "not set") + (
            ", waited for" if self.word() & WAITERS else "")


class Once(Printer):
    def to_string(self):
        word = self.word()
        if word & RW_READERS:
            return "done"
        return held(word).replace("free", "not run yet").replace("held by", "run by")


class Waitgroup(Printer):
    def to_string(self):
        return "count %d, %s" % (int(self.value["private_count"]), waiting(self.value))


class Barrier(Printer):
    def to_string(self):
        return "for %d, %s" % (int(self.value["private_size"]), waiting(self.value))


class Key(Printer):
    def to_string(self):
        index = int(self.value["private_word"]) & KEY_INDEX
        if index == 0:
            return "no key"
        text = "key %d" % index
        selected = gdb.selected_thread()
        for thread in threads():
            if selected is not None and selected.ptid[1] == kernel_id(thread):
                slots = (thread.address.cast(gdb.lookup_type("char").pointer()) + SLOTS_AT).cast(
                    gdb.lookup_type("void").pointer().pointer())
                text += ", %s in %s" % (slots[index], in_words(thread))
        return text


class Thread(Printer):
    def to_string(self):
        wanted, holder = wait_in_words(self.value)
        text = in_words(self.value) + ", " + state_of(self.value)
        if wanted:
            text += " for " + wanted
        if holder:
            text += (" " if wanted == "the end of" else ", held by ") + holder
        return text


def thread_behind_pointer(value):
    """A printer for handles."""
    kind = value.type.strip_typedefs()
    if kind.code != gdb.TYPE_CODE_PTR or int(value) == 0:
        return None
    target = kind.target().unqualified().strip_typedefs()
    if target.code != gdb.TYPE_CODE_STRUCT or target.tag != "thrum_thread":
        return None
    for thread in threads():
        if int(thread["head"]["handle"]) == int(value):
            return Handle(value, thread)
    return None


class Handle(Printer):
    def __init__(self, value, thread):
        super().__init__(value)
        self.thread = thread

    def to_string(self):
        return "%s: %s" % (self.value.format_string(raw=True), Thread(self.thread).to_string())


def printers():
    collection = gdb.printing.RegexpCollectionPrettyPrinter("thrum")
    for name, printer in (("mutex", Mutex), ("recursive_mutex", RecursiveMutex),
                          ("rwlock", Rwlock), ("cond", Cond), ("sem", Sem), ("event", Event),
                          ("once", Once), ("waitgroup", Waitgroup), ("barrier", Barrier),
                          ("tls_key", Key), ("thread", Thread)):
        collection.add_printer(name, "^thrum_%s$" % name, printer)
    return collection


gdb.printing.register_pretty_printer(gdb.current_objfile(), printers(), replace=True)
thread_behind_pointer.enabled = True
thread_behind_pointer.name = "thrum_handle"
gdb.pretty_printers.append(thread_behind_pointer)
InfoThreads()
