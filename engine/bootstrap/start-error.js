/** The engine cannot start, and its message says why and what to do. */
export class StartError extends Error {
  /** @override */
  name = 'StartError';
}
