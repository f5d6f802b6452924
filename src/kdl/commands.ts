// All commands of the debugger, in the order in which help lists them.

import type { KdlCommand } from "#kdl/command";
import { back } from "#kdl/commands/back";
import { setBreak } from "#kdl/commands/break";
import { listBreaks } from "#kdl/commands/breakpoints";
import { bt } from "#kdl/commands/bt";
import { calling } from "#kdl/commands/calling";
import { goForwards } from "#kdl/commands/continue";
import { cvar } from "#kdl/commands/cvar";
import { cvars } from "#kdl/commands/cvars";
import { db } from "#kdl/commands/db";
import { deleteBreak } from "#kdl/commands/delete";
import { devfsCookie } from "#kdl/commands/devfs-cookie";
import { devfsNode } from "#kdl/commands/devfs-node";
import { dl } from "#kdl/commands/dl";
import { dw } from "#kdl/commands/dw";
import { error } from "#kdl/commands/error";
import { explain } from "#kdl/commands/explain";
import { help } from "#kdl/commands/help";
import { ioContext } from "#kdl/commands/io-context";
import { message } from "#kdl/commands/message";
import { mutex } from "#kdl/commands/mutex";
import { netDeviceInterface } from "#kdl/commands/net-device-interface";
import { netDeviceInterfaces } from "#kdl/commands/net-device-interfaces";
import { netInterface } from "#kdl/commands/net-interface";
import { netInterfaces } from "#kdl/commands/net-interfaces";
import { next } from "#kdl/commands/next";
import { objects } from "#kdl/commands/objects";
import { original } from "#kdl/commands/original";
import { quit } from "#kdl/commands/quit";
import { ready } from "#kdl/commands/ready";
import { recursivelock } from "#kdl/commands/recursivelock";
import { goBackwards } from "#kdl/commands/reverse-continue";
import { runTo } from "#kdl/commands/run-to";
import { running } from "#kdl/commands/running";
import { rwlock } from "#kdl/commands/rwlock";
import { schedule } from "#kdl/commands/schedule";
import { sem } from "#kdl/commands/sem";
import { sems } from "#kdl/commands/sems";
import { slabObject } from "#kdl/commands/slab-object";
import { spinlock } from "#kdl/commands/spinlock";
import { step } from "#kdl/commands/step";
import { switchAt } from "#kdl/commands/switch-at";
import { syslog } from "#kdl/commands/syslog";
import { team } from "#kdl/commands/team";
import { teams } from "#kdl/commands/teams";
import { thread } from "#kdl/commands/thread";
import { threads } from "#kdl/commands/threads";
import { trace } from "#kdl/commands/trace";
import { waiting } from "#kdl/commands/waiting";
import { who } from "#kdl/commands/who";
import { why } from "#kdl/commands/why";

export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly KdlCommand[];
}

export const GROUPS: readonly CommandGroup[] = [
  { title: "What happened", commands: [message, explain, why, who, trace, syslog, error] },
  {
    title: "Time",
    commands: [step, back, next, runTo, setBreak, listBreaks, deleteBreak, goForwards, goBackwards],
  },
  { title: "Another choice", commands: [switchAt, original, schedule] },
  { title: "Threads and teams", commands: [threads, ready, running, waiting, thread, bt, calling, teams, team] },
  { title: "Locks", commands: [objects, mutex, recursivelock, rwlock, spinlock, sem, sems, cvar, cvars] },
  { title: "Memory", commands: [slabObject, dw, dl, db] },
  { title: "Files and devices", commands: [ioContext, devfsNode, devfsCookie] },
  { title: "Network", commands: [netDeviceInterfaces, netDeviceInterface, netInterfaces, netInterface] },
  { title: "This debugger", commands: [help, quit] },
];

export const COMMANDS: readonly KdlCommand[] = GROUPS.flatMap(({ commands }) => commands);
