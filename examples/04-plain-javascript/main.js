// Explores four dining philosophers, who hang, and then four of whom one is left-handed, who cannot.
import assert from "node:assert/strict";
import { compile, explore, Mutex, scenario } from "lockstep";

const dining = (isMended) =>
  scenario(isMended ? "one is left-handed" : "all are right-handed", {
    *run({ kernel }) {
      const forks = [0, 1, 2, 3].map((place) => new Mutex(kernel, `fork ${place}`));
      forks.forEach((own, place) => {
        const other = forks[(place + 1) % forks.length];
        const [first, second] = isMended && place === 3 ? [other, own] : [own, other];
        kernel.spawn(`philosopher ${place}`, function* () {
          yield* first.lock();
          yield* second.lock();
          second.unlock();
          first.unlock();
        });
      });
    },
  });

const broken = explore(compile(dining(false)));
console.log(`${broken.outcome} in execution ${broken.firstFailure} of ${broken.executions}`);
assert.equal(broken.outcome, "deadlock");
assert.equal(broken.findings.length, 1);

const mended = explore(compile(dining(true)));
console.log(`${mended.outcome}: ${mended.executions} traces, ${mended.exhausted ? "exhausted" : "not exhausted"}`);
assert.equal(mended.outcome, "finished");
assert(mended.exhausted);
