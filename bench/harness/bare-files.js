// The least that a rerun can be: a process that reads what was seen of some files, looks at each of them, and says how
// many have moved. `node bare-files.js stat|hash <list>`; the list is JSON, `[{ path, stamp, sha256 }]`.
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

/** @typedef {{ path: string, stamp: string, sha256: string }} Seen */

/** @type {Record<string, (seen: Seen) => boolean>} */
const isSame = {
  stat: ({ path, stamp }) => {
    const { ino, size, mtimeNs } = statSync(path, { bigint: true });
    return `${ino} ${size} ${mtimeNs}` === stamp;
  },
  hash: ({ path, sha256 }) => createHash('sha256').update(readFileSync(path)).digest('hex') === sha256,
};

const [way = '', list = ''] = process.argv.slice(2);
/** @type {readonly Seen[]} */
const known = JSON.parse(readFileSync(list, 'utf8'));
const moved = known.filter((seen) => !isSame[way]?.(seen)).length;
console.log(JSON.stringify({ files: known.length, moved }));
