import { dirname, join } from 'node:path/posix';
import { withoutComments } from './source-text.ts';

const importStatement = /^\s*(?:import|export)\b(?:[^'";]*?\bfrom)?\s*'(?<specifier>[^']+)'/gm;
const importCall = /\bimport\(\s*'(?<specifier>[^']+)'\s*\)/g;

/** Every specifier that a source imports, types and dynamic imports included. */
export function importedSpecifiers(source: string): readonly string[] {
  const text = withoutComments(source);
  const matches = [...text.matchAll(importStatement), ...text.matchAll(importCall)];
  return [...new Set(matches.map(({ groups }) => groups?.specifier ?? ''))];
}

/** What a specifier means: a file of ours (path below the root), a module of Node, or a package. */
export type Imported =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'package'; readonly name: string };

export function resolveSpecifier(importer: string, specifier: string): Imported {
  if (specifier.startsWith('.')) return { kind: 'file', path: join(dirname(importer), specifier) };
  if (specifier === 'signalbox') return { kind: 'file', path: 'engine/api.ts' };
  if (specifier === 'signalbox/embed') return { kind: 'file', path: 'engine/embed.ts' };
  if (specifier.startsWith('node:')) return { kind: 'builtin', name: specifier };
  const parts = specifier.split('/');
  return { kind: 'package', name: parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/') };
}
