// The calls on files as kernel code makes them: on the kernel team's own table, shared by all kernel code.
//
// Nothing is restarted and no signal delivered: a driver that opens another one sees what its hooks say.

import { UsageError } from "#base/assert";
import type { Kernel } from "#kernel/kernel";
import type { FileCalls } from "#vfs/file-calls";
import { IoContext } from "#vfs/io-context";

/** The kernel team's files. */
export function kernelFiles(kernel: Kernel): FileCalls {
  const context = kernel.kernelTeam.ioContext;
  if (!(context instanceof IoContext))
    throw new UsageError(`host "${kernel.name}" has no files: installFiles was not called`);
  return context;
}
