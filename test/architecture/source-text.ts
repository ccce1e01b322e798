/** The parts of a source in which words mean nothing, in the order in which they must be tried. */
const lexemes = new RegExp(
  [
    /(?<comment>\/\*[\s\S]*?\*\/|\/\/[^\n]*)/,
    /(?<pattern>(?<=(?:[(,=:[!&|?{};]|\breturn)\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\n\\])*\]|[^/\\\n[])+\/)/,
    /(?<text>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")/,
    /(?<template>`(?:\\.|[^`\\])*`)/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

/** Without comments; every line keeps its number. */
export function withoutComments(source: string): string {
  return replace(source, (groups) => groups.comment !== undefined);
}

/** Without comments, strings and regular expressions. Templates stay: they hold code. */
export function codeOnly(source: string): string {
  return replace(source, (groups) => groups.template === undefined);
}

function replace(source: string, isBlank: (groups: Readonly<Record<string, string | undefined>>) => boolean): string {
  return source.replace(lexemes, (lexeme, ...rest: unknown[]) => {
    const groups = rest.at(-1) as Readonly<Record<string, string | undefined>>;
    return isBlank(groups) ? lexeme.replace(/[^\n]/g, ' ') : lexeme;
  });
}
