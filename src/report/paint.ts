// Colours, from whoever knows the terminal: a report never asks what it is printed on.

/** Makes a piece of text stand out. Each function gives back the text, with or without marks around it. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

const same = (text: string): string => text;

/** No colours: for files, pipes and tests. */
export const plainPaint: Paint = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same };
