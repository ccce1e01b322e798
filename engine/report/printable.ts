/** Direction marks reorder what follows them on the screen: a name can be made to read as another. */
const unseen = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text from outside as a terminal may safely show it: whatever could move the cursor or set a title is replaced. */
export function printable(text: string): string {
  return text.replace(unseen, (character) => (character === '\n' ? '\n' : character === '\t' ? ' ' : '\uFFFD'));
}

/** The same, on one line. */
export function oneLine(text: string): string {
  return printable(text.trim().replace(/\s*\r?\n\s*/g, ' '));
}

/** Cuts a line to `columns`, saying so by its last character. 0 columns: the width is not known, nothing is cut. */
export function clip(line: string, columns: number): string {
  if (columns <= 0 || line.length <= columns) return line;
  const characters = Array.from(line);
  return characters.length <= columns ? line : `${characters.slice(0, columns - 1).join('')}…`;
}
