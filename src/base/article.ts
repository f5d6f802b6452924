// The article before a name that somebody else has chosen.

/** `a cookie`, `an io_request`, `a usb_transfer`: as one says it, as far as letters tell. */
export function withArticle(noun: string): string {
  const isVowel = /^[aeio]/i.test(noun) || /^u(?!art|dp|id|ni|s[be]|ti)/i.test(noun);
  return `${isVowel ? "an" : "a"} ${noun}`;
}
