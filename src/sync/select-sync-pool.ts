// What select and poll wait on: a sync object for each call, and the pools in which drivers keep them
// (facts: haiku.md, section 8).
//
// Invariants:
//   - a sync object is one semaphore and an info for each descriptor asked about; it lives until the
//     call has deselected everything;
//   - a pool has no lock: the driver must hold one lock around add, remove and notify. Its accesses are
//     recorded like those of any field, so forgetting the lock shows.

import { B_ENTRY_NOT_FOUND, B_NO_MEMORY, B_OK, type Status } from "#base/status";
import type { Kernel } from "#kernel/kernel";
import { KernelObject } from "#kernel/kernel-object";
import { allocationFails } from "#kernel/mishaps";
import { NOTHING_TO_DO, type Operation, type Steps } from "#kernel/operation";
import { B_DO_NOT_RESCHEDULE, Semaphore } from "#sync/semaphore";

/** Events, in the order in which select asks for them. */
export const B_SELECT_READ = 1;
export const B_SELECT_WRITE = 2;
export const B_SELECT_ERROR = 3;
export const B_SELECT_DISCONNECTED = 8;

/** The bit of an event in a set of events. */
export function eventFlag(event: number): number {
  return 1 << (event - 1);
}

/** A closed descriptor's event: POLLNVAL. */
export const B_EVENT_INVALID = 0x1000;

/** One call of select or poll: what it sleeps on. */
export class SelectSync {
  readonly semaphore: Semaphore;
  readonly infos: SelectInfo[] = [];

  constructor(kernel: Kernel) {
    this.semaphore = new Semaphore(kernel, 0, "select");
  }

  /** An info for the next descriptor, asking for the set `selected` of events. */
  addInfo(kernel: Kernel, selected: number): SelectInfo {
    const info = new SelectInfo(kernel, this, selected);
    this.infos.push(info);
    return info;
  }
}

/** What one call asks of one descriptor. A driver gets it as its `sync` and hands it to its pool. */
export class SelectInfo extends KernelObject {
  readonly sync: SelectSync;
  /** The events asked for, as a set. */
  selected: number;
  #events = 0;

  constructor(kernel: Kernel, sync: SelectSync, selected: number) {
    super(kernel, "select info");
    this.sync = sync;
    this.selected = selected;
  }

  get type(): string {
    return "select info";
  }

  /** The events that were notified, as a set. */
  get events(): number {
    this.reads();
    return this.#events;
  }

  addEvents(events: number): void {
    this.changes();
    this.#events |= events;
  }

  enabled(): boolean {
    return true;
  }

  perform(): void {}
}

/**
 * notify_select_event: records the event; wakes the caller of select if it asked for it. May be called from
 * anywhere as long as the call has not ended.
 */
export function* notifySelectEvent(info: SelectInfo, event: number): Steps<Status> {
  return yield* notifySelectEvents(info, eventFlag(event));
}

/** As `notifySelectEvent`, for a set of events. */
export function* notifySelectEvents(info: SelectInfo, events: number): Steps<Status> {
  info.addEvents(events);
  if ((info.selected & events) === 0) return B_OK;
  return yield* info.sync.semaphore.release(1, B_DO_NOT_RESCHEDULE);
}

/** A select_sync_pool: who wants to hear of which events of one device. */
export class SelectSyncPool extends KernelObject {
  readonly #entries: { readonly info: SelectInfo; events: number }[] = [];

  constructor(kernel: Kernel, name = "select pool") {
    super(kernel, name);
  }

  get type(): string {
    return "select pool";
  }

  /** add_select_sync_pool_entry: B_OK, or B_NO_MEMORY where a scenario asks for failures. */
  add(info: SelectInfo, event: number): Status {
    if (allocationFails(this.kernel, `an entry of ${this.name}`)) return B_NO_MEMORY;
    this.changes();
    this.kernel.simulation.recorder?.access(this, info);
    const entry = this.#entries.find((each) => each.info === info);
    if (entry === undefined) this.#entries.push({ info, events: eventFlag(event) });
    else entry.events |= eventFlag(event);
    return B_OK;
  }

  /** remove_select_sync_pool_entry: B_ENTRY_NOT_FOUND when it is not there. */
  remove(info: SelectInfo, event: number): Status {
    this.changes();
    this.kernel.simulation.recorder?.access(this, info);
    const place = this.#entries.findIndex((each) => each.info === info && (each.events & eventFlag(event)) !== 0);
    const entry = this.#entries[place];
    if (entry === undefined) return B_ENTRY_NOT_FOUND;
    entry.events &= ~eventFlag(event);
    if (entry.events === 0) this.#entries.splice(place, 1);
    return B_OK;
  }

  /** notify_select_event_pool: tells everybody who asked for `event`. */
  notify(event: number): Operation<void> {
    this.reads();
    this.kernel.simulation.recorder?.read(this);
    return this.#entries.length === 0 ? NOTHING_TO_DO : this.#tell(event);
  }

  *#tell(event: number): Steps<void> {
    const asked = this.#entries.slice(); // notifying lets others add and remove meanwhile
    for (const entry of asked) {
      if ((entry.events & eventFlag(event)) !== 0) yield* notifySelectEvent(entry.info, event);
    }
  }

  get isEmpty(): boolean {
    this.reads();
    return this.#entries.length === 0;
  }

  enabled(): boolean {
    return true;
  }

  perform(): void {}
}
