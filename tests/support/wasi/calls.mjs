// WASI preview 1, as far as the tests and examples use it, on Node's file system. No sandbox: symbolic
// links are followed wherever they lead. SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { randomFillSync } from 'node:crypto';
import { append, limitThreads, pipeOpen, pipeRead, pipeWrite } from './control.mjs';

const ERRORS = { EACCES: 2, EAGAIN: 6, EBADF: 8, EEXIST: 20, EINTR: 27, EINVAL: 28, EIO: 29, EISDIR: 31,
                 ENOENT: 44, ENOSYS: 52, ENOTDIR: 54, EPERM: 63, EPIPE: 64 };
const NOT_CAPABLE = 76;
const FIRST_FOLDER = 3; // by convention
const FIRST_FILE = 1000; // the system's own descriptors, moved out of the way
const CHILD_FILE = 999, LIMIT_FILE = 998, FIRST_PIPE = 900; // of the host's own folder
const FOLDER_TYPE = 3, FILE_TYPE = 4, OTHER_TYPE = 0;

class Refusal extends Error {
    constructor(number) {
        super();
        this.number = number;
    }
}

function refuse(name) {
    throw new Refusal(ERRORS[name] ?? ERRORS.EIO);
}

function typeOf(stat) {
    return stat.isDirectory() ? FOLDER_TYPE : stat.isFile() ? FILE_TYPE : OTHER_TYPE;
}

// How far the wall clock is ahead of the monotonic one: looked at once, so that both go on in step.
const wallAhead = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n
    - globalThis.process.hrtime.bigint();

// `process`: memory, args, env, folders ([name, path]…), output, pipes; `child` has `ask(bytes)` and `answer()`.
export function makeCalls(process, child, exit) {
    const encoder = new TextEncoder();
    // another thread may have made it larger
    const memory = () => process.memory.buffer;
    const view = () => new DataView(memory());
    const bytes = (at, size) => {
        at >>>= 0;
        size >>>= 0;
        if (at + size > memory().byteLength)
            process.memory.grow(0);
        return new Uint8Array(memory(), at, size);
    };
    const put = (at, number) => view().setUint32(at >>> 0, number, true);
    const putLong = (at, number) => view().setBigUint64(at >>> 0, BigInt(number), true);
    const text = (at, size) => new TextDecoder().decode(bytes(at, size).slice());

    const lists = {};
    for (const name of ['args', 'env'])
        lists[name] = process[name].map((one) => typeof one === 'string' ? encoder.encode(one + '\0') : one);
    const sizes = (list) => (count, size) => {
        put(count, list.length);
        put(size, list.reduce((sum, one) => sum + one.length, 0));
    };
    const store = (list) => (at, space) => {
        for (const one of list) {
            put(at, space);
            bytes(space, one.length).set(one);
            at += 4;
            space += one.length;
        }
    };

    const parts = (at, count) => Array.from({ length: count }, (_, i) => {
        const start = view().getUint32((at >>> 0) + 8 * i, true);
        return bytes(start, view().getUint32((at >>> 0) + 8 * i + 4, true));
    });
    const isPipe = (fd) => fd >= FIRST_PIPE && fd < LIMIT_FILE;
    const folder = (fd) => process.folders[fd - FIRST_FOLDER] ?? refuse('EBADF');
    const system = (fd) => fd >= FIRST_FILE ? fd - FIRST_FILE : fd < FIRST_FOLDER ? fd : refuse('EBADF');
    // a folder that is preopened, or was opened
    const pathOf = (fd) => fd >= FIRST_FILE ? fs.realpathSync(`/proc/self/fd/${fd - FIRST_FILE}`) : folder(fd)[1];

    const inside = (fd, at, size) => {
        const name = path.normalize(text(at, size));
        if (path.isAbsolute(name) || name === '..' || name.startsWith('../'))
            throw new Refusal(NOT_CAPABLE);
        return path.join(pathOf(fd), name);
    };
    const writeAll = (fd, data) => {
        if (process.output && (fd === 1 || fd === 2))
            return append(process.output, data);
        if (isPipe(fd))
            return pipeWrite(process.pipes, fd - FIRST_PIPE, data);
        for (let done = 0; done < data.length;) {
            try {
                done += fs.writeSync(system(fd), data, done);
            } catch (error) {
                if (error.code !== 'EAGAIN')
                    throw error;
                Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
            }
        }
    };
    const read = (fd, at, count, done, offset) => {
        let sum = 0;
        for (const part of parts(at, count)) {
            let data = new Uint8Array(part.length);
            if (fd === CHILD_FILE)
                data = child.answer(part.length);
            else if (isPipe(fd))
                data = pipeRead(process.pipes, fd - FIRST_PIPE, part.length);
            else
                data = data.subarray(0, fs.readSync(system(fd), data, 0, data.length,
                                                    offset === null ? null : offset + BigInt(sum)));
            part.set(data);
            sum += data.length;
            if (data.length < part.length)
                break;
        }
        put(done, sum);
    };
    const facts = (stat, at) => {
        bytes(at, 64).fill(0);
        view().setUint8((at >>> 0) + 16, typeOf(stat));
        putLong(at + 32, stat.size);
    };

    const calls = {
        args_sizes_get: sizes(lists.args),
        args_get: store(lists.args),
        environ_sizes_get: sizes(lists.env),
        environ_get: store(lists.env),
        clock_time_get(clock, precision, at) {
            if (clock > 1)
                refuse('EINVAL'); // no engine has those of CPU time
            putLong(at, globalThis.process.hrtime.bigint() + (clock === 1 ? 0n : wallAhead));
        },
        random_get(at, size) {
            bytes(at, size).set(randomFillSync(new Uint8Array(size >>> 0)));
        },
        sched_yield() {},
        fd_write(fd, at, count, done) {
            let sum = 0;
            const data = parts(at, count);
            sum = data.reduce((all, part) => all + part.length, 0);
            const whole = new Uint8Array(sum);
            data.reduce((from, part) => (whole.set(part, from), from + part.length), 0);
            if (fd === CHILD_FILE)
                child.ask(whole);
            else if (fd === LIMIT_FILE)
                limitThreads(process.control, new DataView(whole.buffer).getUint32(0, true));
            else
                writeAll(fd, whole);
            put(done, sum);
        },
        fd_read: (fd, at, count, done) => read(fd, at, count, done, null),
        fd_pread: (fd, at, count, offset, done) => read(fd, at, count, done, offset),
        fd_close(fd) {
            if (fd < FIRST_PIPE || fd >= FIRST_FILE)
                fs.closeSync(system(fd));
        },
        fd_filestat_get: (fd, at) => facts(fs.fstatSync(system(fd)), at),
        fd_prestat_get(fd, at) {
            put(at, 0);
            put(at + 4, encoder.encode(folder(fd)[0]).length);
        },
        fd_prestat_dir_name(fd, at, size) {
            bytes(at, size).set(encoder.encode(folder(fd)[0]).subarray(0, size));
        },
        path_open(fd, flags, at, size, how, rights, inherited, fdflags, result) {
            if (folder(fd)[1] === null) { // the host's own
                const name = text(at, size);
                if (name === 'pipe')
                    return put(result, FIRST_PIPE + pipeOpen(process.pipes));
                if (name === 'limit')
                    return put(result, LIMIT_FILE);
                return put(result, name === 'child' && child ? CHILD_FILE : refuse('ENOENT'));
            }
            if (how !== 0 && how !== 2) // nothing here is created
                refuse('EACCES');
            const mode = fs.constants.O_RDONLY | (how & 2 ? fs.constants.O_DIRECTORY : 0) |
                (fdflags & 4 ? fs.constants.O_NONBLOCK : 0);
            put(result, fs.openSync(inside(fd, at, size), mode) + FIRST_FILE);
        },
        fd_readdir(fd, at, size, cookie, done) {
            const entries = fs.readdirSync(pathOf(fd), { withFileTypes: true });
            let used = 0;
            for (let i = Number(cookie); i < entries.length && used < size; i++) {
                const name = encoder.encode(entries[i].name), entry = new Uint8Array(24 + name.length);
                const fields = new DataView(entry.buffer);
                fields.setBigUint64(0, BigInt(i + 1), true);
                fields.setUint32(16, name.length, true);
                fields.setUint8(20, typeOf(entries[i]));
                entry.set(name, 24);
                const room = Math.min(entry.length, size - used);
                bytes(at + used, room).set(entry.subarray(0, room));
                used += room;
            }
            put(done, used);
        },
        poll_oneoff: () => refuse('ENOSYS'),
    };
    // An error becomes its number.
    const answer = (call) => (...args) => {
        try {
            call(...args);
            return 0;
        } catch (error) {
            if (error instanceof Refusal)
                return error.number;
            if (error.code)
                return ERRORS[error.code] ?? ERRORS.EIO;
            throw error;
        }
    };
    for (const [name, call] of Object.entries(calls))
        calls[name] = answer(call);
    calls.proc_exit = exit;
    return calls;
}
