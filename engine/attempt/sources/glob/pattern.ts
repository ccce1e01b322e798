/** One way in which a pattern can be met: a path with these names, one for each step. */
export interface PathPattern {
  /** Folders that every match lies in: the names before the first wildcard. */
  readonly folder: readonly string[];
  /** How far below `folder` a match can lie; undefined for any depth. */
  readonly depth: number | undefined;
  /** Of a path relative to the root, with slashes. */
  readonly matches: RegExp;
}

const wild = /[*?[\]]/;
const mostPatterns = 1_000;

/** `{a,b}` written out, and the rest made into expressions. Throws a RangeError that completes "expected … to be". */
export function parsePattern(pattern: string): readonly PathPattern[] {
  const expanded = expandBraces(pattern);
  if (expanded.length > mostPatterns) throw new RangeError(`a pattern of at most ${mostPatterns} alternatives`);
  return expanded.map(parseOne);
}

function parseOne(pattern: string): PathPattern {
  const names = pattern.split('/');
  if (names.some((name) => name === '' || name === '.' || name === '..')) {
    throw new RangeError('a pattern relative to `root`, such as `2026/*.csv` or `**/*.csv`');
  }
  const firstWild = names.findIndex((name) => wild.test(name));
  const fixed = firstWild === -1 ? names.length - 1 : Math.min(firstWild, names.length - 1);
  return {
    folder: names.slice(0, fixed),
    depth: names.includes('**') ? undefined : names.length - fixed,
    matches: new RegExp(`^${names.map(stepExpression).join('')}$`, 'su'),
  };
}

/** Each step but the last brings its slash; `**` stands for any folders, none included, and at the end for any files. */
function stepExpression(name: string, index: number, names: readonly string[]): string {
  const isLast = index === names.length - 1;
  if (name === '**') return isLast ? '(?:(?!\\.)[^/]+/)*(?!\\.)[^/]+' : '(?:(?!\\.)[^/]+/)*';
  return `${nameExpression(name)}${isLast ? '' : '/'}`;
}

function nameExpression(name: string): string {
  const guard = name.startsWith('.') ? '' : '(?!\\.)';
  const parts = name.match(/\*+|\?|\[[!^]?\]?[^\]]*\]|[^*?[]+|\[/gu) ?? [];
  return guard + parts.map(partExpression).join('');
}

function partExpression(part: string): string {
  if (part.startsWith('*')) return '[^/]*';
  if (part === '?') return '[^/]';
  const set = /^\[([!^]?)(.+)\]$/su.exec(part);
  if (set) return `[${set[1] === '' ? '' : '^/'}${(set[2] as string).replace(/[\\\]^&~[]/g, '\\$&')}]`;
  return part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function expandBraces(pattern: string): readonly string[] {
  const close = pattern.indexOf('}');
  const open = close === -1 ? -1 : pattern.lastIndexOf('{', close);
  if (open === -1) return [pattern];
  const [before, after] = [pattern.slice(0, open), pattern.slice(close + 1)];
  const alternatives = pattern.slice(open + 1, close).split(',');
  if (alternatives.length ** 2 > mostPatterns) throw new RangeError('a pattern with fewer alternatives');
  return [...new Set(alternatives.flatMap((one) => expandBraces(`${before}${one}${after}`)))];
}
