/** Given to the compiled engine by its loader: a script that V8 took from its cache has no `import()` of its own. */
declare const importIntoEngine: ((url: string) => Promise<unknown>) | undefined;

/** Imports a module that is not part of the engine, such as the bundle of a DAG, by its file URL. */
export const importModule: (url: string) => Promise<unknown> =
  typeof importIntoEngine === 'undefined' ? (url) => import(url) : importIntoEngine;
