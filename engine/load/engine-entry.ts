/**
 * What the bare imports `signalbox` and `zod` of a DAG file become, as file URLs: the compiled engine's own modules, so
 * that a process holds one instance of each.
 */
export interface EngineEntry {
  readonly signalbox: string;
  readonly zod: string;
}

/** For compiled engine code, all of which lies in one folder: the entries beside the running file. */
export function runningEngineEntry(): EngineEntry {
  return { signalbox: new URL('./api.js', import.meta.url).href, zod: new URL('./zod.js', import.meta.url).href };
}
