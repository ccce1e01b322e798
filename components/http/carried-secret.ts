/** Too short to be a key, and likely to be found by chance. */
const shortestSecret = 6;

/** An address within an address within an address: sign-in pages are sent to like that. */
const mostNesting = 3;

/** Whether an address holds one of the secrets: as it is, in escapes, or in the escapes of an address that it holds itself. */
export function carriesSecret(url: URL, secrets: readonly string[]): boolean {
  const needles = secrets.filter((secret) => secret.length >= shortestSecret).map((secret) => secret.toLowerCase());
  if (needles.length === 0) return false;
  let readings = [url.href.toLowerCase()];
  for (let depth = 0; depth <= mostNesting; depth += 1) {
    if (readings.some((text) => needles.some((needle) => text.includes(needle)))) return true;
    // In a form a space is a plus.
    readings = readings.flatMap((text) => [unescaped(text), unescaped(text.replaceAll('+', ' '))]);
  }
  return false;
}

/** Each run of escapes by itself: one that is no UTF-8 must not hide the others. */
function unescaped(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/g, (escapes) => {
    try {
      return decodeURIComponent(escapes).toLowerCase();
    } catch {
      return escapes;
    }
  });
}
