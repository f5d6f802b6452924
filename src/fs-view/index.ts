// `lockstep/fs`: a simulated host's device tree, shaped like `node:fs`.

export { bootForFs, createFsView, type FsView, type FsViewOptions } from "#fs-view/fs-view";
export type { FsViewError } from "#fs-view/errors";
export type { DeviceControl } from "#fs-view/node-calls";
export type { PollRequest, PollResult } from "#fs-view/polling";
export { POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT } from "#vfs/file-calls";
