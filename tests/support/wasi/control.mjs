// What the host's threads share of one process of a program: words in shared memory, and the queue of
// threads that wait for a worker. SPDX-License-Identifier: MIT

export const ENDED = 0; // 1: the process is over
const QUEUED = 1; // threads without a worker yet; idle workers wait here
const LOCK = 2, HEAD = 3, TAIL = 4; // of the queue
const THREADS = 5, WORKERS = 6; // running or queued; given to the process or asked for
const NEXT_ID = 7, MOST = 8;
export const REPLIED = 9; // 1: what a thread asked the host for is there
const QUEUE = 16, PLACES = 1024; // more than threads
const WORDS = QUEUE + 2 * PLACES;

export const OUTPUT_SIZE = 8191;
const EAGAIN = 6;

export function makeControl(most) {
    const control = new Int32Array(new SharedArrayBuffer(4 * WORDS));
    control[MOST] = Math.min(most, PLACES);
    control[THREADS] = control[WORKERS] = control[NEXT_ID] = 1;
    return control;
}

export function limitThreads(control, most) {
    Atomics.store(control, MOST, Math.min(most, PLACES));
}

function locked(control, work) {
    while (Atomics.compareExchange(control, LOCK, 0, 1) !== 0);
    const result = work();
    Atomics.store(control, LOCK, 0);
    return result;
}

// Queues a thread; its number, or a negative one. `grow` is called for each worker that is missing.
export function enqueue(control, argument, grow) {
    const threads = Atomics.add(control, THREADS, 1) + 1;
    if (threads > control[MOST]) {
        Atomics.sub(control, THREADS, 1);
        return -EAGAIN;
    }
    const id = Atomics.add(control, NEXT_ID, 1);
    locked(control, () => {
        const at = QUEUE + 2 * (control[TAIL]++ % PLACES);
        control[at] = argument;
        control[at + 1] = id;
    });
    Atomics.add(control, QUEUED, 1);
    Atomics.notify(control, QUEUED, 1);
    for (let workers; (workers = Atomics.load(control, WORKERS)) < threads;)
        if (Atomics.compareExchange(control, WORKERS, workers, workers + 1) === workers)
            grow();
    return id;
}

// The next thread, waiting for it; null when the process is over.
export function dequeue(control) {
    for (;;) {
        if (Atomics.load(control, ENDED))
            return null;
        const queued = Atomics.load(control, QUEUED);
        if (queued === 0)
            Atomics.wait(control, QUEUED, 0);
        else if (Atomics.compareExchange(control, QUEUED, queued, queued - 1) === queued)
            return locked(control, () => {
                const at = QUEUE + 2 * (control[HEAD]++ % PLACES);
                return { argument: control[at], id: control[at + 1] };
            });
    }
}

export function threadDone(control) {
    Atomics.sub(control, THREADS, 1);
}

export function end(control) {
    Atomics.store(control, ENDED, 1);
    Atomics.notify(control, ENDED);
    Atomics.notify(control, QUEUED);
}

// What a child writes: a length and bytes.
export function makeOutput() {
    return new SharedArrayBuffer(4 + OUTPUT_SIZE);
}

export function append(output, bytes) {
    const from = Atomics.add(new Int32Array(output, 0, 1), 0, bytes.length);
    const room = OUTPUT_SIZE - from;
    if (room > 0)
        new Uint8Array(output, 4).set(bytes.subarray(0, room), from);
}

export function outputBytes(output) {
    const length = Math.min(new Int32Array(output, 0, 1)[0], OUTPUT_SIZE);
    return new Uint8Array(output, 4, length);
}

// A few pipes, one after the other: how many were opened; then for each what was written, what was read,
// and bytes.
const PIPES = 8, PIPE_SIZE = 65536, PIPE_WORDS = 2 + PIPE_SIZE / 4;

export function makePipes() {
    return new SharedArrayBuffer(4 + 4 * PIPE_WORDS * PIPES);
}

function pipe(pipes, i) {
    const at = 4 + 4 * PIPE_WORDS * i;
    return [new Int32Array(pipes, at, 2), new Uint8Array(pipes, at + 8, PIPE_SIZE)];
}

export function pipeOpen(pipes) {
    const i = (Atomics.add(new Int32Array(pipes, 0, 1), 0, 1) >>> 0) % PIPES;
    pipe(pipes, i)[0].fill(0);
    return i;
}

export function pipeWrite(pipes, i, data) {
    const [places, bytes] = pipe(pipes, i);
    const from = Atomics.add(places, 0, data.length);
    if (from < PIPE_SIZE)
        bytes.set(data.subarray(0, PIPE_SIZE - from), from);
}

// What is there, and no more: it never waits.
export function pipeRead(pipes, i, size) {
    const [places, bytes] = pipe(pipes, i), from = places[1];
    const end = Math.min(Atomics.load(places, 0), PIPE_SIZE, from + size);
    places[1] = end;
    return bytes.slice(from, end);
}
