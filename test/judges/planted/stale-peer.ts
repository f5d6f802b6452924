// Two ends of a pair point at each other; the one that goes first is freed and stays in the other's pointer.

import { B_OK, mutex, reference, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";
import type { Struct } from "lockstep";

const Pair = struct("pair_lock", { lock: mutex("pair lock"), opens: uint32() });
const End = struct("pair_end", { peer: reference<{ bytes: number }>(), bytes: uint32() });
type End = InstanceOf<typeof End>;

export const stalePeer: PlantedDriver = {
  fault: "a pointer that outlives what it points at",
  judge: "use-after-free",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => {
        const pair = kernel.heap.new(Pair);
        const ends: End[] = [];
        return {
          isStream: true,
          *open() {
            using _ = yield* pair.lock.guard();
            const end = kernel.heap.new(End); // named
            const [first] = ends;
            if (first !== undefined) {
              end.peer = first;
              first.peer = end;
            }
            ends.push(end);
            return end;
          },
          *free(end: End) {
            using _ = yield* pair.lock.guard();
            const peer = end.peer as Struct<never> as unknown as End | null;
            if (isFixed && peer !== null) peer.peer = null;
            kernel.heap.delete(end); // named
            return B_OK;
          },
          *write(end: End, _position, buffer) {
            using _ = yield* pair.lock.guard();
            if (end.peer !== null) end.peer.bytes += buffer.length; // named
            return buffer.length;
          },
        };
      }),
      (app, fd) => ({
        main: function* () {
          const other = yield* app.open("/dev/misc/device", 2);
          yield* app.close(fd);
          yield* app.write(other, new Uint8Array(3));
          yield* app.close(other);
        },
      }),
    ),
};
