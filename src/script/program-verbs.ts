// The verbs for programs and the network: a team's thread runs the program to its end, which gives its exit code.

import { ifconfig } from "#apps/ifconfig";
import { openvpn } from "#apps/openvpn";
import { ping } from "#apps/ping";
import { route } from "#apps/route";
import { B_OK } from "#base/status";
import type { Steps } from "#kernel/operation";
import { sendFrame } from "#net/network";
import { data } from "#script/data";
import { required } from "#script/collections";
import { verb, type Verb } from "#script/step";
import { phrase, words } from "#script/values";
import type { UserTeam } from "#vfs/user-team";

function program(name: string, about: string, main: (team: UserTeam, args: readonly string[]) => Steps<number>): Verb {
  return verb(name, {
    about,
    fields: { [name]: required(words(name), "Its words.") },
    isCall: true,
    *perform(step, { team, running }) {
      return yield* main(team, step[name]?.(running.parameters) ?? []);
    },
  });
}

const send = verb("send", {
  about: "The network stack sends a frame out of an interface: its driver is handed the bytes.",
  fields: {
    send: required(phrase("an interface's name"), "The interface."),
    data: required(data, "The frame."),
  },
  isCall: true,
  *perform(step, { team, running }) {
    return yield* sendFrame(team.kernel, step.send(running.parameters), step.data.slice());
  },
});

const print = verb("print", {
  about: "Prints a line, which the trace shows.",
  fields: { print: required(phrase("a line of text"), "The line.") },
  isCall: true,
  givesNothing: true,
  *perform(step, { team, running }) {
    team.print(step.print(running.parameters));
    return B_OK;
  },
});

export const PROGRAM_VERBS: readonly Verb[] = [
  program("ifconfig", "Configures network interfaces: its words are those of Haiku's ifconfig.", ifconfig),
  program("route", "Lists, adds and deletes routes.", route),
  program("ping", "Sends echo requests; 0 when something came back, 2 when nothing did.", (team, args) =>
    ping(team, args),
  ),
  program("openvpn", "A tunnel daemon, which runs until it is killed.", (team, args) => openvpn(team, args)),
  send,
  print,
];
