// `error`: what a status means.

import { InputError } from "#base/assert";
import { statusName, statusNamed, strerror } from "#base/status";
import type { KdlCommand } from "#kdl/command";

export const error: KdlCommand = {
  names: ["error"],
  usage: "<status>",
  about: "say what a status means, by number (-1, 0x80000009) or name (B_TIMED_OUT)",
  perform(_kdl, [word]) {
    if (word === undefined) throw new InputError("error takes a status: error 0x80000009");
    const number = /^-?(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(word) ? numberOf(word) : statusNamed(word);
    if (number === null) throw new InputError(`"${word}" is neither a number nor the name of a status (B_TIMED_OUT)`);
    const digits = (number >>> 0).toString(16);
    return `error 0x${digits} (${number}): ${statusName(number)}, ${strerror(number)}`;
  },
};

function numberOf(word: string): number {
  const size = Number(word.replace(/^-/, ""));
  return (word.startsWith("-") ? -size : size) | 0;
}
