// The last part of the build: writes down what the built scenarios say of themselves, so that `lockstep list` need not load them.

import { writeShippedList } from "../dist/src/cli/shipped-list.js";

await writeShippedList();
