// The TUN/TAP driver under ordinary Node code: names that come into being, a read that waits, and a close that ends it.
import assert from "node:assert/strict";
import { tunDriver } from "lockstep/drivers/tun/tun";
import { zeroDriver } from "lockstep/drivers/zero";
import { bootForFs } from "lockstep/fs";

const { fs } = bootForFs({ drivers: [zeroDriver, tunDriver] });
assert.deepEqual(fs.readdirSync("/dev"), ["tap", "tun", "zero"]);
assert(fs.statSync("/dev/zero").isCharacterDevice());
assert(!fs.existsSync("/dev/tap/tap0"));

const file = await fs.promises.open("/dev/tap/tap0", "r+");
assert(fs.existsSync("/dev/tap/tap0"));
const reading = file.read(new Uint8Array(64));
await file.close();
await assert.rejects(reading, { code: "EBADF" });
assert(!fs.existsSync("/dev/tap/tap0"));
console.log("the name came and went");
