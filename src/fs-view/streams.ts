// createReadStream and createWriteStream: Node's own streams, on the view's open, read, write and close.
//
// A chunk is a packet: memfs' streams read into a buffer that all of them share, and may cut a packet where it
// ends; Node's, given a writev, would send several chunks as one packet.
// A stream that is destroyed while its read is parked closes its descriptor at once, which ends the read; Node's
// would wait for the read first.

import * as nodeFs from "node:fs";
import type { Callback } from "#fs-view/call";
import type { NodeCalls } from "#fs-view/node-calls";

/** What `fd` in a stream's options may be: a number, or a FileHandle. */
interface Handle {
  readonly fd: number;
  close(): Promise<void>;
}

/** What a read calls back. */
type ReadCallback = (error: unknown, count?: number, buffer?: Buffer) => void;

type Options = Record<string, unknown> & { readonly fd?: unknown };

type ReadOptions = Parameters<typeof nodeFs.createReadStream>[1];
type WriteOptions = Parameters<typeof nodeFs.createWriteStream>[1];

export interface Streams {
  createReadStream(path: nodeFs.PathLike, options?: string | Options): nodeFs.ReadStream;
  createWriteStream(path: nodeFs.PathLike, options?: string | Options): nodeFs.WriteStream;
}

export function streams(calls: NodeCalls): Streams {
  return {
    createReadStream(path, options) {
      const source = new Source(calls, options);
      const stream = nodeFs.createReadStream(path, source.options as ReadOptions);
      return source.closeWith(stream);
    },
    createWriteStream(path, options) {
      const source = new Source(calls, options);
      const stream = nodeFs.createWriteStream(path, source.options as WriteOptions);
      return source.closeWith(stream);
    },
  };
}

/** What a stream reads or writes: the calls that Node's stream makes, on one descriptor. */
class Source {
  readonly options: Options;
  readonly #calls: NodeCalls;
  readonly #handle: Handle | null;
  #fd: number | null;
  #isDestroyed = false;

  constructor(calls: NodeCalls, given: string | Options = {}) {
    const options: Options = typeof given === "string" ? { encoding: given } : given;
    this.#calls = calls;
    this.#handle = isHandle(options.fd) ? options.fd : null;
    this.#fd = this.#handle?.fd ?? (typeof options.fd === "number" ? options.fd : null);
    const fd = this.#fd === null ? {} : { fd: this.#fd };
    this.options = {
      ...options,
      ...fd,
      fs: { open: this.open, read: this.read, write: this.write, close: this.close },
    };
  }

  closeWith<Stream extends nodeFs.ReadStream | nodeFs.WriteStream>(stream: Stream): Stream {
    const destroy = stream._destroy.bind(stream);
    stream._destroy = (error, callback) => {
      this.#isDestroyed = true;
      const fd = this.#fd;
      if (fd !== null) this.close(fd, () => {});
      destroy(error, callback);
    };
    return stream;
  }

  readonly open = (path: string, flags: unknown, mode: unknown, callback: Callback<number>): void => {
    this.#calls.open(path, flags, mode, (error: unknown, fd?: number) => {
      this.#fd = fd ?? null;
      callback(error, fd);
    });
  };

  readonly read = (
    fd: number,
    buffer: Buffer,
    offset: number,
    length: number,
    position: unknown,
    callback: ReadCallback,
  ): void => {
    this.#calls.read(fd, buffer, offset, length, position ?? null, (error: unknown, count?: number) => {
      // A read that was ended by closing is no error of a stream that is gone.
      if (this.#isDestroyed) callback(null, 0, buffer);
      else callback(error, count, buffer);
    });
  };

  readonly write = (
    fd: number,
    bytes: Buffer,
    offset: number,
    length: number,
    position: unknown,
    callback: Callback<number>,
  ): void => {
    this.#calls.write(fd, bytes, offset, length, position ?? null, callback);
  };

  /** Closes once: early, when the stream is destroyed, and then as Node's stream asks for it. */
  readonly close = (fd: number, callback: Callback<undefined>): void => {
    if (this.#fd !== fd) return queueMicrotask(() => callback(null));
    this.#fd = null;
    if (this.#handle === null) return this.#calls.close(fd, callback);
    this.#handle.close().then(
      () => callback(null),
      (error: unknown) => callback(error),
    );
  };
}

function isHandle(given: unknown): given is Handle {
  return typeof given === "object" && given !== null && "fd" in given && "close" in given;
}
