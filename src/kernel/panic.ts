// A panic of the simulated kernel. It is recorded and the kernel closed before this is thrown, so no
// driver's catch can hide it; the throw only unwinds the panicking thread's code.

/** Unwinds a thread whose kernel has panicked. The recorded panic is the finding, this is not. */
export class KernelPanic extends Error {
  override name = "KernelPanic";
}
