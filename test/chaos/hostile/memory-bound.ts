/** What an attempt of this project's components takes at most, whatever its source sends: docs/hostile-sources.md says so. */
export const memoryBoundBytes = 2 ** 30;
