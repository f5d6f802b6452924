// `delete`: takes breakpoints away.

import { InputError } from "#base/assert";
import type { KdlCommand } from "#kdl/command";

export const deleteBreak: KdlCommand = {
  names: ["delete"],
  usage: "[number]",
  about: "take a breakpoint away, or all of them",
  perform({ breakpoints }, [word]) {
    if (word === undefined) breakpoints.length = 0;
    else {
      const place = breakpoints.findIndex(({ number }) => String(number) === word);
      if (place < 0) throw new InputError(`there is no breakpoint ${word} ("breakpoints" lists them)`);
      breakpoints.splice(place, 1);
    }
    return "";
  },
};
