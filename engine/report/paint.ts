/** Colours text for a terminal, or leaves it as it is. */
export interface Paint {
  readonly green: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

const plain = (text: string) => text;
const colour = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[0m`;

export const noPaint: Paint = { green: plain, red: plain, yellow: plain, dim: plain, bold: plain };
export const ansiPaint: Paint = {
  green: colour(32),
  red: colour(31),
  yellow: colour(33),
  dim: colour(2),
  bold: colour(1),
};
