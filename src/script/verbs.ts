// All verbs of scripts, and the shape of a list of steps, which some of them have inside.

import { FILE_VERBS } from "#script/file-verbs";
import { flowVerbs } from "#script/flow-verbs";
import { PROGRAM_VERBS } from "#script/program-verbs";
import type { Act } from "#script/running";
import { list } from "#script/collections";
import { named, type NamedShape } from "#script/shape";
import { stepShape, type Verb } from "#script/step";
import { threadVerbs } from "#script/thread-verbs";

const STEPS_MOST = 500;
const WANTED = 'a list of steps, such as "- open: /dev/null"';

export const step: NamedShape<Act> = named("step", "a step", () => stepShape(VERBS));

export const steps: NamedShape<readonly Act[]> = named("steps", WANTED, () => list(step, WANTED, STEPS_MOST));

export const VERBS: readonly Verb[] = [...FILE_VERBS, ...PROGRAM_VERBS, ...threadVerbs(steps), ...flowVerbs(steps)];
