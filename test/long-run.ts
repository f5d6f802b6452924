// Whether this is the longer run of the tests (`npm run test:long`), which has what takes seconds and shows little more.

export const isLongRun = process.env["LOCKSTEP_TRUTH_RUNS"] !== undefined;
