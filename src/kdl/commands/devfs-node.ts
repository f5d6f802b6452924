// `devfs_node`: one node below /dev, or all of them.

import { formatAddress } from "#kernel/kernel-object";
import { DeviceNode, DirectoryNode, type DevfsNode } from "#devfs/tree";
import type { KdlCommand } from "#kdl/command";
import { addressOf, byName } from "#kdl/find";
import { nodeAddress, nodesOf } from "#kdl/hosts";

export const devfsNode: KdlCommand = {
  names: ["devfs_node"],
  usage: "[node]",
  about: "show a node of devfs, by address or path (/dev/tap/tap0); without a word list them",
  perform({ moment }, [word]) {
    const nodes = nodesOf(moment);
    if (word === undefined) return list(nodes);
    const address = addressOf(word);
    const found = nodes.find((node) => nodeAddress(node) === address);
    const path = word.replace(/^\/dev\/?/, "");
    return describe(
      found ??
        byName(nodes, path, (node) => [node.path, node.name], {
          what: "devfs node",
          list: "devfs_node",
          describe: (node) => `/dev/${node.path}`,
        }),
    );
  },
};

function list(nodes: readonly DevfsNode[]): string {
  const rows = nodes.map((node) => {
    const type = node instanceof DirectoryNode ? "directory" : "device";
    return `${formatAddress(nodeAddress(node))}  ${type.padEnd(9)}  /dev/${node.path}`;
  });
  return ["node                type       path", ...rows].join("\n");
}

function describe(node: DevfsNode): string {
  return [
    `DEVFS NODE: ${formatAddress(nodeAddress(node))}`,
    ` id:          ${node.inode}`,
    ` name:        "${node.name}"`,
    ` type:        ${node.mode.toString(8).padStart(6, "0")}`,
    ` parent:      ${formatAddress(node.parent === null ? 0 : nodeAddress(node.parent))}`,
    ` dir next:    ${formatAddress(nextAddress(node))}`,
    ...(node instanceof DirectoryNode ? contents(node) : []),
    ...(node instanceof DeviceNode ? device(node) : []),
  ].join("\n");
}

// The one after it in its directory; 0 for the last.
function nextAddress({ parent, name }: DevfsNode): number {
  const names = parent === null ? [] : [...parent.children.keys()];
  const next = parent?.children.get(names[names.indexOf(name) + 1] ?? "");
  return next === undefined ? 0 : nodeAddress(next);
}

function contents(node: DirectoryNode): string[] {
  const onDemand = node.onDemand.length === 0 ? [] : [" on demand:   names here are made when they are opened"];
  const entries = [...node.children.values()].map(
    (child) => `   ${formatAddress(nodeAddress(child))}, id ${child.inode}, "${child.name}"`,
  );
  return [...onDemand, " contents:", ...entries];
}

function device(node: DeviceNode): string[] {
  const cookies = [...node.descriptors].map(
    (descriptor) =>
      `   ${formatAddress(descriptor.address)}, ref ${descriptor.referenceCount}, open ${descriptor.openCount}`,
  );
  return [
    " device:",
    `   driver:    ${node.driver === null ? "-" : `"${node.driver}"`}`,
    `   hooks:     ${Object.keys(node.hooks)
      .filter((name) => name !== "isStream")
      .join(" ")}`,
    ` descriptors: ${cookies.length}`,
    ...cookies,
  ];
}
