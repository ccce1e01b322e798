import { readdirSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Message } from 'esbuild';
import { didYouMean } from '../model/suggest.ts';
import { LoadError } from './load-error.ts';

/** Makes of esbuild's messages one error at the place of the first; anything else is passed on. */
export function loadErrorFromBuild(file: string, error: unknown): unknown {
  const messages = messagesOf(error);
  const [first, ...others] = messages;
  if (first === undefined) return error;
  const place = placeOf(file, first);
  const texts = [sentence(first), ...others.map((other) => `${whereOf(file, other)} ${sentence(other)}`)];
  return new LoadError(texts.join('\n'), { ...place, hint: hintFor(first, place.file) });
}

function messagesOf(error: unknown): readonly Message[] {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
}

function placeOf(file: string, { location }: Message) {
  if (location === null) return { file };
  // esbuild counts columns from 0.
  return { file: resolve(dirname(file), location.file), line: location.line, column: location.column + 1 };
}

function whereOf(file: string, message: Message): string {
  const place = placeOf(file, message);
  return [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
}

function sentence({ text, location }: Message): string {
  const source = location?.lineText.trim();
  return source ? `${text} in \`${source}\`` : text;
}

function hintFor({ text }: Message, importer: string): string | undefined {
  if (text.startsWith('Top-level await')) return "a DAG is data: move the `await` into a component's `run()`";
  const wanted = /^Could not resolve "(.+)"/.exec(text)?.[1];
  if (wanted === undefined) return undefined;
  if (!wanted.startsWith('.')) return `run \`npm install ${packageOf(wanted)}\`, or mend the name`;
  const folder = dirname(resolve(dirname(importer), wanted));
  return didYouMean(basename(wanted), filesIn(folder)) ?? `there is no such file; names of files end in \`.ts\``;
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
