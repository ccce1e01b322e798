const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** A table as Victoria's export writes it: values quoted, the header not, CRLF, and a byte order mark at the front. */
export function csvFile(header: readonly string[], rows: readonly (readonly string[])[]): Buffer {
  return withByteOrderMark([header.join(','), ...rows.map(csvRow), ''].join('\r\n'));
}

/** The one file that is different: no byte order mark, and no line end after the last row. */
export function bareCsvFile(header: readonly string[], rows: readonly (readonly string[])[]): Buffer {
  return Buffer.from([header.join(','), ...rows.map(csvRow)].join('\r\n'));
}

/** Put in front as bytes: in the string it would double what every character costs. */
export function withByteOrderMark(text: string): Buffer {
  return Buffer.concat([byteOrderMark, Buffer.from(text)]);
}

/** The names and ids of the sandbox hold no quotes, so there are none to double. */
function csvRow(values: readonly string[]): string {
  return `"${values.join('","')}"`;
}
