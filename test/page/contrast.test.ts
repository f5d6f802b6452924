// Goal: everybody can read the page. Method: the contrast of every colour of words with every ground that they stand on, as
// WCAG computes it (at least 4.5 to 1), for the canvas and for the style, light and dark.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { STYLE } from "#page/style";

type Colours = Readonly<Record<string, string>>;

const palette = readFileSync(join(import.meta.dirname, "../../src/page/browser/palette.ts"), "utf8");

function canvas(name: "LIGHT" | "DARK"): Colours & { readonly locks: string } {
  const [, body = ""] = new RegExp(`const ${name}: Palette = \\{(.*?)\\n\\};`, "s").exec(palette) ?? [];
  const [, locks = ""] = /locks: \[(.*?)\]/.exec(body) ?? [];
  return {
    ...Object.fromEntries([...body.matchAll(/(\w+): "(#\w{6})"/g)].map(([, key, colour]) => [key, colour])),
    locks,
  };
}

function style(theme: "light" | "dark"): Colours {
  const [light = "", dark = ""] = [...STYLE.matchAll(/:root \{(.*?)\}/gs)].map(([, body]) => body);
  return Object.fromEntries(
    [...(theme === "light" ? light : dark).matchAll(/--(\w+): (#\w{6})/g)].map(([, key, colour]) => [key, colour]),
  );
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string | undefined, other: string | undefined): number {
  if (one === undefined || other === undefined) throw new Error("there is no such colour");
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** Pairs whose contrast is too low, as `ink on paper: 3.2`. */
function weak(colours: Colours, words: readonly string[], grounds: readonly string[]): string[] {
  return words.flatMap((word) =>
    grounds.flatMap((ground) => {
      const ratio = contrast(colours[word], colours[ground]);
      return ratio < 4.5 ? [`${word} on ${ground}: ${ratio.toFixed(2)}`] : [];
    }),
  );
}

describe.each([
  ["light", "LIGHT"],
  ["dark", "DARK"],
] as const)("in the %s theme", (theme, name) => {
  test("words on the canvas stand out from what they stand on", () => {
    expect(weak(canvas(name), ["ink", "faint", "bad", "wake", "wait"], ["paper", "box", "cursor"])).toEqual([]);
  });

  test("a lock's letter stands out from its bar, and the bar from the paper", () => {
    const colours = canvas(name);
    const locks = [...colours.locks.matchAll(/#\w{6}/g)].map(([lock]) => lock);
    expect(locks.length).toBeGreaterThan(4);
    for (const lock of locks) {
      expect(contrast(lock, colours.onLock), lock).toBeGreaterThan(4.5);
      expect(contrast(lock, colours.paper), lock).toBeGreaterThan(3);
    }
  });

  test("words beside the canvas stand out, and the canvas has the same colours", () => {
    const colours = style(theme);
    expect(weak(colours, ["ink", "faint", "bad", "link"], ["paper", "box", "cursor"])).toEqual([]);
    expect(weak(colours, ["paper"], ["bad", "good"])).toEqual([]);
    for (const key of ["paper", "ink", "faint", "bad", "cursor"]) expect(canvas(name)[key]).toBe(colours[key]);
  });
});

test("nothing moves by itself", () => {
  expect(STYLE).not.toMatch(/transition|animation|scroll-behavior/);
});
