// The teams that a script names: "app", or "client/app" where there are several hosts. They are made by the set-up where
// it first names them; those that only come later, at its end, in the order of the text.

import type { Node } from "yaml";

/** The team of steps that name none. */
export const DEFAULT_TEAM = "app";

/** The name that stands for the kernel's own team: a thread of it is a kernel thread. */
export const KERNEL_TEAM = "kernel";

/** A team as a script names it. */
export interface TeamName {
  /** As it is written; what it is known by. */
  readonly key: string;
  /** Undefined for the first one. */
  readonly host: string | undefined;
  readonly name: string;
}

export function parseTeamName(key: string): TeamName {
  const slash = key.indexOf("/");
  return slash < 0
    ? { key, host: undefined, name: key }
    : { key, host: key.slice(0, slash), name: key.slice(slash + 1) };
}

export function isKernelTeam(key: string): boolean {
  return parseTeamName(key).name === KERNEL_TEAM;
}

export class Teams {
  readonly #named = new Map<string, Node>();
  /** The team of the thread whose steps are being read; null where each step may name its own. */
  current: string | null = null;

  mention(key: string, node: Node): void {
    if (!this.#named.has(key)) this.#named.set(key, node);
  }

  /** By their names, with the places where the text names them first; in its order. */
  get all(): ReadonlyMap<string, Node> {
    return this.#named;
  }

  /** What `act` reads is a thread of this team. */
  within<T>(key: string | null, act: () => T): T {
    const outer = this.current;
    this.current = key;
    const result = act();
    this.current = outer;
    return result;
  }
}
