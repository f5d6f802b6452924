// What was thrown, as text: anything may be thrown, also what has no text, or throws when it is asked for one.

/** The message, with the error's name before it where that says something. */
export function thrownText(thrown: unknown): string {
  try {
    if (!(thrown instanceof Error)) return String(thrown);
    const { name, message } = thrown;
    return `${name === "Error" ? "" : `${name}: `}${message}`;
  } catch {
    return "something was thrown that cannot be shown as text";
  }
}

/** The message alone. */
export function thrownMessage(thrown: unknown): string {
  try {
    return thrown instanceof Error ? String(thrown.message) : String(thrown);
  } catch {
    return "something was thrown that cannot be shown as text";
  }
}

/** The stack; empty for what has none. */
export function thrownStack(thrown: unknown): string {
  try {
    return thrown instanceof Error ? (thrown.stack ?? "") : "";
  } catch {
    return "";
  }
}
