import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { FailureError, sourceFailure } from '../../model/failure.ts';

/** Where a path that an author wrote leads: absolute as written, else from the project, which it may not leave. */
export function placeOf(source: string, written: string, project: string): string {
  if (isAbsolute(written)) return resolve(written);
  const place = join(project, written);
  if (isWithin(place, resolve(project))) return place;
  throw new FailureError({
    class: 'error',
    message: `source \`${source}\`: expected a path within the project, got \`${written}\``,
    hint: 'Write the absolute path of what lies outside of the project.',
    retryable: false,
  });
}

/** The folder that a path has to stay in when its links are followed: the project, or the folder that was named. */
export function fenceOf(written: string, place: string, project: string): string {
  return isAbsolute(written) ? dirname(place) : project;
}

/** Throws when the links of a path lead out of the folder that was named. `shown` stands for the path in the message. */
export function refuseEscape(source: string, place: string, fence: string, shown: string): void {
  const real = realpathSync.native(place);
  const within = realpathSync.native(fence);
  if (isWithin(real, within)) return;
  throw sourceFailure(`source \`${source}\`: refused to read ${shown}, a link that leads out of its folder`, {
    hint: 'Name the file or folder that the link leads to.',
    retryable: false,
  });
}

function isWithin(place: string, folder: string): boolean {
  const path = relative(folder, place);
  return path === '' || !(path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path));
}
