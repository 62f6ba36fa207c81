#!/usr/bin/env node
// Runs a module of WASI preview 1 with wasi-threads on Node's worker threads; nothing but Node is needed.
//
//     host.mjs [--dir=PATH[::NAME]]… [--env=NAME=VALUE]… [--threads=N] MODULE [ARGUMENT]…
//
// A folder given by --dir is preopened, as NAME if there is one. The exit status is the program's; 134 if
// it aborts, 139 if it traps otherwise. All of the program runs in workers, its main too, so that it may
// block. A worker serves one thread after another, because it takes long to start.
//
// For tests the host has a folder of its own, "/.thrum", with a file "child": what is written to it has
// the program run once more, with a copy of all its memory and entered at thrum_test_child, or from
// the beginning with other arguments; what can be read then is how it ended and what it said
// (tests/support/wasi/process.c). And with a file "pipe", each opening of which makes a new one, and with a
// file "limit": at most so many threads, a word of 4 bytes, may live from then on. SPDX-License-Identifier: MIT
import fs from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { end, makeControl, makeOutput, makePipes } from './control.mjs';

const SPARE = 3; // workers that wait for work, so that nobody waits for them
const STACK_MB = 128; // of the engine's own, for what is not on the program's
const GRACE_MS = 30; // of a process that is over, for its threads to notice

// --- workers ------------------------------------------------------------------------------------

const spare = [];

function makeWorker() {
    const worker = new Worker(new URL('worker.mjs', import.meta.url),
        { trackUnmanagedFds: false, resourceLimits: { stackSizeMb: STACK_MB } });
    worker.setMaxListeners(0);
    return worker;
}

function takeWorker() {
    setImmediate(() => {
        while (spare.length < SPARE)
            spare.push(makeWorker());
    });
    return spare.pop() ?? makeWorker();
}

// --- the module ---------------------------------------------------------------------------------

// The limits of the memory that a module imports, which no interface tells.
function memoryLimits(code) {
    let at = 8;
    const number = () => {
        let value = 0;
        for (let shift = 0; ; shift += 7) {
            const byte = code[at++];
            value += (byte & 127) * 2 ** shift;
            if (byte < 128)
                return value;
        }
    };
    const skip = () => {
        const size = number();
        at += size;
    };
    const limits = () => {
        const flags = number(), initial = number();
        return { initial, maximum: flags & 1 ? number() : undefined, shared: (flags & 2) !== 0 };
    };
    while (at < code.length) {
        const section = code[at++], size = number(), next = at + size;
        if (section === 2) {
            for (let count = number(); count > 0; count--) {
                skip();
                skip();
                const kind = code[at++];
                if (kind === 2)
                    return limits();
                if (kind === 0)
                    number();
                else if (kind === 1)
                    at++, limits();
                else
                    at += 2;
            }
        }
        at = next;
    }
    throw new Error('the module imports no memory');
}

// --- processes ----------------------------------------------------------------------------------

class Process {
    constructor(shape, memory, output, whenOver) {
        this.workers = new Set();
        this.shape = { ...shape, memory, output, control: makeControl(shape.threads) };
        this.whenOver = whenOver;
        this.over = false;
        this.children = new Set();
    }

    give(entry) {
        const worker = takeWorker();
        this.workers.add(worker);
        worker.removeAllListeners();
        worker.on('message', (message) => this.hear(worker, message));
        worker.on('error', (error) => this.finish({ signal: 11, message: String(error.stack) }));
        worker.postMessage({ ...this.shape, entry });
    }

    hear(worker, message) {
        if (!this.workers.has(worker)) // its last words, late: it is being terminated
            return;
        if (message.type === 'idle')
            this.release(worker);
        else if (this.over)
            return;
        else if (message.type === 'grow')
            this.give(null);
        else if (message.type === 'exit')
            this.finish(message);
        else
            this.startChild(message);
    }

    release(worker) {
        this.workers.delete(worker);
        if (spare.length <= 2 * SPARE)
            spare.push(worker);
        else
            worker.terminate();
    }

    finish(how) {
        if (this.over)
            return;
        this.over = true;
        for (const child of this.children)
            child.finish({ signal: 9 });
        end(this.shape.control);
        this.whenOver(how);
        setTimeout(() => {
            for (const worker of this.workers)
                worker.terminate();
            this.workers.clear();
        }, GRACE_MS);
    }

    // The asking thread waits for `reply`, so nothing of its own changes while memory is copied.
    startChild({ entry, args, timeout, reply }) {
        const { memory } = this.shape, output = this.shape.childOutput;
        const copy = new WebAssembly.Memory({ ...this.shape.limits,
            ...(entry && { initial: memory.buffer.byteLength / 65536 }) });
        if (entry)
            new Uint8Array(copy.buffer).set(new Uint8Array(memory.buffer));
        new Int32Array(output, 0, 1)[0] = 0;
        const shape = { ...this.shape, ...(args && { args, env: [] }), childOutput: makeOutput() };
        let killed = false;
        const child = new Process(shape, copy, output, (how) => {
            clearTimeout(timer);
            this.children.delete(child);
            reply[1] = how.signal ? -1 : how.status & 255;
            reply[2] = how.signal ?? 0;
            reply[3] = Number(killed);
            Atomics.store(reply, 0, 1);
            Atomics.notify(reply, 0);
        });
        const timer = setTimeout(() => {
            killed = true;
            child.finish({ signal: 9 });
        }, timeout);
        this.children.add(child);
        child.give(entry ?? 'start');
    }
}

// --- the command line ---------------------------------------------------------------------------

function usage() {
    console.error('usage: host.mjs [--dir=PATH[::NAME]]... [--env=NAME=VALUE]... [--threads=N] MODULE [ARGUMENT]...');
    process.exit(2);
}

function readOptions(words) {
    const options = { folders: [], env: [], threads: 1000 };
    for (; words.length > 0 && words[0].startsWith('--'); words.shift()) {
        const [, name, value] = /^--(\w+)=(.*)$/s.exec(words[0]) ?? usage();
        if (name === 'dir') {
            const [where, as] = value.split('::');
            options.folders.push([as ?? where, path.resolve(where)]);
        } else if (name === 'env') {
            options.env.push(value);
        } else if (name === 'threads') {
            options.threads = Number(value);
        } else {
            usage();
        }
    }
    if (words.length === 0)
        usage();
    return { ...options, file: words[0], args: words };
}

const { file, ...options } = readOptions(process.argv.slice(2));
options.folders.push(['/.thrum', null]);
const code = fs.readFileSync(file);
const limits = memoryLimits(code);
const shape = { ...options, limits, module: new WebAssembly.Module(code), childOutput: makeOutput(), pipes: makePipes() };
new Process(shape, new WebAssembly.Memory(limits), null, ({ status, signal, message }) => {
    if (signal) {
        fs.writeSync(2, `${path.basename(file)} traps: ${message}\n`);
        process.exit(128 + signal);
    }
    process.exit(status);
}).give('start');
