// Goal: a fifo is a list of which the oldest is taken. Method: random puts and takes, beside an array.
import { expect, test } from "vitest";
import { Fifo } from "#base/fifo";
import { Prng } from "#base/prng";

test("gives what was put in first, however long it has been in use", () => {
  const prng = new Prng(7);
  const fifo = new Fifo<number>();
  const model: number[] = [];
  for (let round = 0; round < 20_000; round++) {
    if (prng.below(100) === 0) expect(fifo.takeAll()).toEqual(model.splice(0));
    else if (prng.below(round % 1_000 < 500 ? 3 : 5) < 2) {
      fifo.push(round);
      model.push(round);
    } else expect(fifo.shift()).toBe(model.shift());
    expect([fifo.length, fifo.first]).toEqual([model.length, model[0]]);
  }
});
