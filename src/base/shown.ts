// A value that somebody handed over by mistake, as the message shows it.

/** A text in quotes, so that "10" is told from 10; objects, lists and functions by what they are. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value === "function") return "a function";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
