// The options that say what a scenario is run with, read and checked.

import { CPUS_MOST, repeated, wholeNumber, word, type RawOptions } from "#cli/options";
import type { Settings } from "#cli/settings";
import { parseParameters } from "#scenario/parameters";
import type { Scenario } from "#scenario/types";

/** @throws InputError for a value that does not fit */
export function readSettings(options: RawOptions, scenario: Scenario): Settings {
  return {
    cpus: wholeNumber(options, "cpus", 1, CPUS_MOST),
    debug: word(options, "debug", ["kdebug", "release"]),
    parameters: parseParameters(scenario, repeated(options, "param", "NAME=VALUE")),
  };
}
