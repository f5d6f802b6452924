// A client sends a datagram to a service on another machine, and waits for its answer.
import { AF_INET, bind, B_OK, recvfrom, scenario, sendto, SOCK_DGRAM, socket } from "lockstep";

const SERVICE = { address: 0x0a000002, port: 7 };

export default scenario("echo service", {
  about: "Two machines and a cable: a datagram, and its answer.",
  hosts: { client: {}, server: {} },
  links: [
    {
      type: "point-to-point",
      ends: [
        { host: "client", interface: "ppp0", address: "10.0.0.1/24" },
        { host: "server", interface: "ppp0", address: "10.0.0.2/24" },
      ],
    },
  ],
  expect: { run: "finished", explore: "finished" },

  *setup({ world }) {
    const server = world.host("server").team("echo");
    const fd = yield* socket(server, AF_INET, SOCK_DGRAM);
    const bound = yield* bind(server, fd, { address: 0, port: 7 });
    if (bound !== B_OK) throw new Error(`bind gave ${bound}`);
    return { server, fd, client: world.host("client").team("client") };
  },

  *run({ judge, server, fd, client }) {
    server.spawn("echo", function* () {
      const buffer = new Uint8Array(100);
      const from = { address: 0, port: 0 };
      const length = yield* recvfrom(server, fd, buffer, 0, from);
      yield* sendto(server, fd, buffer.subarray(0, length), from);
    });
    const asking = client.spawn("client", function* () {
      const own = yield* socket(client, AF_INET, SOCK_DGRAM);
      yield* sendto(client, own, Uint8Array.of(1, 2, 3), SERVICE);
      return yield* recvfrom(client, own, new Uint8Array(100), 0, { address: 0, port: 0 });
    });
    judge.atEnd(() => {
      if (asking.result !== 3) throw new Error(`the answer has ${asking.result} bytes`);
    });
  },
});
