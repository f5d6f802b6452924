// Which names nodes and interfaces may have, and how they belong together.
//
// The node of the interface "tap0" is tap/tap0, that of "tun3" is tun/tun3. An interface may also have the
// node's own name, "tap/0", as with the tunnel device that ships today (facts: haiku.md, section 12).

import { B_BAD_VALUE, B_NAME_TOO_LONG, B_OK, type Status } from "#kernel-export";

/** Characters of a name behind the slash at most. */
const NAME_LENGTH_MOST = 31;

/** What a name behind the slash is made of: visible ASCII, and no further slash. */
const LEGAL = /^[!-.0-~]+$/;

/** B_OK if a node may have this name below /dev; B_BAD_VALUE or B_NAME_TOO_LONG. */
export function checkNodeName(nodeName: string): Status {
  const [, directory, name = ""] = /^(tap|tun)\/(.*)$/s.exec(nodeName) ?? [];
  if (directory === undefined || !LEGAL.test(name) || name === "." || name === "..") return B_BAD_VALUE;
  return name.length > NAME_LENGTH_MOST ? B_NAME_TOO_LONG : B_OK;
}

/** The node of the interface `name`, "tap0" or "tap/0"; null when the name says neither tap nor tun. */
export function nodeNameOf(name: string): string | null {
  if (/^(tap|tun)\//.test(name)) return name;
  const prefix = /^(tap|tun)/.exec(name)?.[0];
  return prefix === undefined ? null : `${prefix}/${name}`;
}
