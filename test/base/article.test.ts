// Goal: names that others have chosen stand in a sentence as one says them.
import { expect, test } from "vitest";
import { withArticle } from "#base/article";

test.each([
  ["cookie", "a cookie"],
  ["io_request", "an io_request"],
  ["audio_buffer", "an audio_buffer"],
  ["usb_transfer", "a usb_transfer"],
  ["uart_port", "a uart_port"],
  ["urb", "an urb"],
])("%s is %s", (noun, words) => {
  expect(withArticle(noun)).toBe(words);
});
