// Colours and links, from whoever knows the terminal: a report never asks what it is printed on.

/** Makes a piece of text stand out. Each function gives back the text, with or without marks around it. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
  blue?(text: string): string;
  magenta?(text: string): string;
  /** Makes the text, which names a line of code, lead there; left out where nobody could click. */
  link?(text: string, file: string, line: number): string;
}

const same = (text: string): string => text;

/** No colours: for files, pipes and tests. */
export const plainPaint: Paint = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same };

/** The colour of a thread, told by its place among those that are shown. Red and green have meanings of their own. */
export function threadPaint(paint: Paint, place: number): (text: string) => string {
  const colors = [paint.cyan, paint.yellow, paint.magenta ?? paint.cyan, paint.blue ?? paint.yellow];
  return colors[place % colors.length] ?? same;
}

/** A file and a line in a text: `drivers/tun/tun.ts:24`. */
const PLACE = /([\w@][\w@./-]*\.[cm]?[jt]s):(\d+)(?![\d…])/g;

/** The text with its places in code made to lead there. */
export function linked(text: string, paint: Paint): string {
  const { link } = paint;
  return link === undefined
    ? text
    : text.replace(PLACE, (place, file: string, line: string) => link(place, file, Number(line)));
}
