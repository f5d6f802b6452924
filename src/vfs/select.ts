// select and poll: ask every descriptor, sleep once, ask no longer, collect (facts: haiku.md, section 8).
//
// A call that was woken looks at what came in the meantime and does not sleep again. What makes it level-
// triggered is that a driver notifies at once when the condition already holds.
// A slot that is closed meanwhile counts as ready in select, in each set that asked for it: the next call on it
// says why. (What Haiku's sets show then, the facts do not tell.)

import { B_BAD_VALUE, B_FILE_ERROR, B_INTERRUPTED, B_OK, type Status } from "#base/status";
import type { Kernel } from "#kernel/kernel";
import type { Operation, Steps } from "#kernel/operation";
import { B_CAN_INTERRUPT, B_RELATIVE_TIMEOUT } from "#kernel/thread";
import {
  B_EVENT_INVALID,
  B_SELECT_DISCONNECTED,
  B_SELECT_ERROR,
  B_SELECT_READ,
  B_SELECT_WRITE,
  eventFlag,
  SelectSync,
  type SelectInfo,
} from "#sync/select-sync-pool";
import type { Descriptor } from "#vfs/descriptor";
import type { DescriptorTable } from "#vfs/descriptor-table";
import { POLLNVAL, type PollDescriptor, type SelectSets } from "#vfs/file-calls";

const READ = eventFlag(B_SELECT_READ);
const WRITE = eventFlag(B_SELECT_WRITE);
const ERROR = eventFlag(B_SELECT_ERROR);
const DISCONNECTED = eventFlag(B_SELECT_DISCONNECTED);

/** Asked for in any case. */
const ALWAYS = ERROR | DISCONNECTED | B_EVENT_INVALID;

/** Events in the order in which a driver is asked for them; the last is 8. */
const EVENT_LAST = B_SELECT_DISCONNECTED;

/** What one descriptor is asked, and where the answer goes. */
interface Question {
  readonly fd: number;
  readonly info: SelectInfo;
  /** The events asked for; `info.selected` loses those that the driver refuses. */
  readonly asked: number;
  isSelected: boolean;
}

/** poll: `revents` says what is there; gives how many have something. */
export function* pollDescriptors(
  kernel: Kernel,
  table: DescriptorTable,
  descriptors: readonly PollDescriptor[],
  timeoutUs = Number.POSITIVE_INFINITY,
): Steps<number> {
  if (Number.isNaN(timeoutUs)) return B_BAD_VALUE;
  const sync = new SelectSync(kernel);
  const questions = descriptors.map(({ fd, events }) => ask(kernel, sync, fd, events | ALWAYS));
  let isBad = false;
  for (let place = 0; place < questions.length; place++) {
    const question = questions[place];
    const descriptor = descriptors[place];
    if (question === undefined || descriptor === undefined) continue;
    descriptor.revents = 0;
    if (question.fd < 0 || (yield* selectOne(table, question)) === B_OK) continue;
    descriptor.revents = POLLNVAL;
    isBad = true;
  }
  const status = isBad ? B_OK : yield* sleepOn(sync, timeoutUs);
  yield* deselectAll(table, questions);
  if (status !== B_OK) return status === B_INTERRUPTED ? B_INTERRUPTED : 0;
  let ready = 0;
  for (let place = 0; place < questions.length; place++) {
    const question = questions[place];
    const descriptor = descriptors[place];
    if (question === undefined || descriptor === undefined || question.fd < 0) continue;
    if (descriptor.revents === 0) descriptor.revents = question.info.events & question.asked;
    if (descriptor.revents !== 0) ready++;
  }
  return ready;
}

/** select: leaves in the sets what is ready; gives how many entries are left. */
export function* selectDescriptors(
  kernel: Kernel,
  table: DescriptorTable,
  sets: SelectSets,
  timeoutUs = Number.POSITIVE_INFINITY,
): Steps<number> {
  if (Number.isNaN(timeoutUs)) return B_BAD_VALUE;
  const rows = rowsOf(sets);
  const fds = [...new Set(rows.flatMap((row) => [...row.set]))].sort((a, b) => a - b);
  for (const fd of fds) if (!(yield* isOpen(table, fd))) return B_FILE_ERROR;
  const sync = new SelectSync(kernel);
  const questions = fds.map((fd) => {
    const asked = rows.reduce((events, row) => events | (row.set.has(fd) ? row.event : 0), ALWAYS);
    return ask(kernel, sync, fd, asked);
  });
  let isBad = false;
  for (const question of questions) if ((yield* selectOne(table, question)) !== B_OK) isBad = true;
  const status = isBad ? B_FILE_ERROR : yield* sleepOn(sync, timeoutUs);
  yield* deselectAll(table, questions);
  if (status === B_INTERRUPTED || status === B_FILE_ERROR) return status;
  let ready = 0;
  for (const { set, ready: events } of rows) {
    for (const question of questions) {
      if (!set.has(question.fd)) continue;
      if (status === B_OK && (question.info.events & events) !== 0) ready++;
      else set.delete(question.fd);
    }
  }
  return ready;
}

/** Takes the call's interest back from the driver, event by event. */
export function* deselect(descriptor: Descriptor, info: SelectInfo): Steps<void> {
  for (let event = 1; event <= EVENT_LAST; event++) {
    if ((info.selected & eventFlag(event)) !== 0) yield* descriptor.file.deselect(event, info);
  }
}

/** The sets that were given: what is asked for their descriptors, and what makes one ready. */
function rowsOf(sets: SelectSets): readonly { set: Set<number>; event: number; ready: number }[] {
  const rows = [
    { set: sets.read, event: READ, ready: READ | DISCONNECTED | B_EVENT_INVALID },
    { set: sets.write, event: WRITE, ready: WRITE | DISCONNECTED | B_EVENT_INVALID },
    { set: sets.error, event: ERROR, ready: ERROR | B_EVENT_INVALID },
  ];
  return rows.flatMap(({ set, event, ready }) => (set === undefined ? [] : [{ set, event, ready }]));
}

function ask(kernel: Kernel, sync: SelectSync, fd: number, asked: number): Question {
  return { fd, info: sync.addInfo(kernel, asked), asked, isSelected: false };
}

function* isOpen(table: DescriptorTable, fd: number): Steps<boolean> {
  const descriptor = yield* table.get(fd);
  if (descriptor !== null) yield* descriptor.put();
  return descriptor !== null;
}

// A generator costs as much as a step, and a daemon that polls asks all of this for each packet: so what needs no point and has
// nothing to wait for is done without one.

// select_fd: asks the driver for each event; the descriptor stays open while it is asked.
function* selectOne(table: DescriptorTable, question: Question): Steps<Status> {
  const { fd, info } = question;
  const descriptor = table.isContended(fd) ? yield* table.get(fd) : table.getNow(fd);
  if (descriptor === null) return B_FILE_ERROR;
  descriptor.hold();
  let selected = info.selected & B_EVENT_INVALID;
  for (let event = 1; event <= EVENT_LAST; event++) {
    const flag = eventFlag(event);
    if ((question.asked & flag) !== 0 && (yield* descriptor.file.select(event, info)) === B_OK) selected |= flag;
  }
  info.addEvents(0); // drivers that notify read what is selected: this records that it changes
  info.selected = selected;
  if (table.isContended(fd)) yield* table.point(fd);
  question.isSelected = table.addSelect(fd, descriptor, info);
  if (!question.isSelected) yield* deselect(descriptor, info); // closed meanwhile
  if (!descriptor.releaseNow()) yield* descriptor.release();
  if (!descriptor.putNow()) yield* descriptor.put();
  return question.isSelected ? B_OK : B_FILE_ERROR;
}

function sleepOn(sync: SelectSync, timeoutUs: number): Operation<Status> {
  const isTimed = timeoutUs >= 0 && timeoutUs !== Number.POSITIVE_INFINITY;
  const flags = B_CAN_INTERRUPT | (isTimed ? B_RELATIVE_TIMEOUT : 0);
  return sync.semaphore.acquire(1, flags, timeoutUs);
}

// deselect_fd: whoever has closed the slot meanwhile has deselected, too.
function* deselectAll(table: DescriptorTable, questions: readonly Question[]): Steps<void> {
  for (const { fd, info, isSelected } of questions) {
    if (!isSelected) continue;
    const descriptor = table.isContended(fd) ? yield* table.get(fd) : table.getNow(fd);
    if (descriptor === null) continue;
    if (table.isContended(fd)) yield* table.point(fd);
    if (table.removeSelect(fd, info)) yield* deselect(descriptor, info);
    if (!descriptor.putNow()) yield* descriptor.put();
  }
}
