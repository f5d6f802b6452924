// A counter that two threads share, with a lock and without.
import { Mutex, scenario, shared } from "lockstep";

export const locked = counting("a counter with a lock", true);
export const unlocked = counting("a counter without a lock", false);

function counting(name: string, isLocked: boolean) {
  return scenario(name, {
    *run({ kernel, judge }) {
      const lock = new Mutex(kernel, "counter lock");
      const counter = shared(kernel, 0, "counter");
      function* count() {
        if (isLocked) yield* lock.lock();
        const before = counter.value;
        yield* kernel.snooze(1); // another may come in here
        counter.value = before + 1;
        if (isLocked) lock.unlock();
      }
      for (const thread of ["one", "two"]) kernel.spawn(thread, count);
      judge.atEnd(() => {
        if (counter.value !== 2) throw new Error(`the counter is ${counter.value}`);
      });
    },
  });
}
