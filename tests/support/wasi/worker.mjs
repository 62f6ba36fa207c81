// One thread of a program, or one after the other: an instance of the module for each.
// SPDX-License-Identifier: MIT
import { parentPort } from 'node:worker_threads';
import { makeCalls } from './calls.mjs';
import { ENDED, REPLIED, dequeue, enqueue, outputBytes, threadDone } from './control.mjs';

class Exit extends Error {}

// Blocks until the process is over, then unwinds the program.
function leave(control) {
    Atomics.wait(control, ENDED, 0);
    throw new Exit();
}

// Texts, each with the 0 that ends it.
function split(bytes) {
    const texts = [];
    for (let from = 0, end; (end = bytes.indexOf(0, from)) >= 0; from = end + 1)
        texts.push(bytes.slice(from, end + 1));
    return texts;
}

// What `/child` of the host's own folder is: a request is written, the answer read.
function makeChild(process) {
    const reply = new Int32Array(new SharedArrayBuffer(16)), output = process.childOutput;
    let answer = null;
    return {
        ask(bytes) {
            const words = new DataView(bytes.buffer);
            const word = (i) => words.getUint32(4 * i, true);
            const request = { type: 'child', reply, timeout: word(4) };
            if (bytes.length > 20)
                request.args = split(bytes.subarray(20));
            else
                request.entry = { stack: word(0), pointer: word(1), run: word(2), argument: word(3) };
            Atomics.store(reply, 0, 0);
            parentPort.postMessage(request);
            Atomics.wait(reply, 0, 0);
            const [, status, signal, killed] = reply;
            const said = outputBytes(output);
            answer = new Uint8Array(16 + said.length);
            const fields = new DataView(answer.buffer);
            [status, signal, killed, said.length].forEach((number, i) => fields.setInt32(4 * i, number, true));
            answer.set(said, 16);
        },
        answer(size) {
            const part = answer.subarray(0, size);
            answer = answer.subarray(size);
            return part;
        },
    };
}

function makeImports(process) {
    const exit = (status) => {
        parentPort.postMessage({ type: 'exit', status });
        leave(process.control);
    };
    const grow = () => parentPort.postMessage({ type: 'grow' });
    return {
        env: { memory: process.memory },
        wasi: { 'thread-spawn': (argument) => enqueue(process.control, argument, grow) },
        wasi_snapshot_preview1: makeCalls(process, process.childOutput && makeChild(process), exit),
    };
}

function run(process, imports, start) {
    process.memory.grow(0); // else V8 may not have noticed yet that another thread has made it larger
    try {
        start(new WebAssembly.Instance(process.module, imports).exports);
    } catch (error) {
        if (error instanceof Exit)
            return;
        // the program's own end by `unreachable` is an abort, anything else a fault
        const aborted = error instanceof WebAssembly.RuntimeError && error.message === 'unreachable';
        parentPort.postMessage({ type: 'exit', signal: aborted ? 6 : 11, message: String(error.stack) });
        Atomics.wait(process.control, ENDED, 0);
    }
}

parentPort.on('message', (process) => {
    const imports = makeImports(process), { entry } = process;
    if (entry)
        run(process, imports, (exports) => entry === 'start' ? exports._start()
            : exports.thrum_test_child(entry.stack, entry.pointer, entry.run, entry.argument));
    for (let thread; (thread = dequeue(process.control));) {
        run(process, imports, (exports) => exports.wasi_thread_start(thread.id, thread.argument));
        threadDone(process.control);
    }
    parentPort.postMessage({ type: 'idle' });
});
