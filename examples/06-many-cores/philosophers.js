// A program that a thread can load by itself: a module and the name of an export.
import { compile, Mutex, scenario } from "lockstep";

export const philosophers = compile(
  scenario("philosophers", {
    *run({ kernel }) {
      const forks = [0, 1, 2, 3, 4].map((place) => new Mutex(kernel, `fork ${place}`));
      forks.forEach((own, place) => {
        kernel.spawn(`philosopher ${place}`, function* () {
          yield* own.lock();
          yield* forks[(place + 1) % forks.length].lock();
          forks[(place + 1) % forks.length].unlock();
          own.unlock();
        });
      });
    },
  }),
);
