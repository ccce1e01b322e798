import { codeOnly } from './source-text.ts';

interface Ban {
  readonly word: RegExp;
  /** Path prefixes in which it is banned. */
  readonly below: readonly string[];
  /** Files that may use it all the same, each with the reason. */
  readonly except?: Readonly<Record<string, string>>;
}

const pure = ['engine/model/', 'engine/plan/', 'engine/schedule/', 'engine/decide/', 'engine/api/', 'engine/api.ts'];
const everything = ['engine/', 'state/', 'config/', 'components/', 'dags/', 'web/'];
const wallClock = /\bDate\.now\b|\bnew Date\(\s*\)/;
const timer = /\bset(?:Timeout|Interval)\b/;

export const bans: readonly Ban[] = [
  { word: wallClock, below: [...pure, 'engine/run/', 'engine/report/', 'dags/'] },
  { word: timer, below: [...pure, 'engine/run/', 'engine/report/', 'dags/'] },
  { word: /\bperformance\.now\b/, below: [...pure, 'engine/run/', 'engine/report/', 'dags/'] },
  { word: /\bawait\b|\bPromise\b/, below: ['engine/plan/', 'dags/'] },
  {
    word: /\bprocess\.env\b/,
    below: everything,
    except: {
      'config/load.ts': 'the one reader of the environment',
      'engine/bootstrap/bundle-engine.js': 'runs before there is a configuration; NO_COLOR for the messages of esbuild',
      'engine/attempt/command.ts': 'hands a command PATH and the like, and nothing else',
    },
  },
  {
    word: /\bconsole\b/,
    below: everything,
    except: {
      'engine/index.js': 'runs before there is a reporter',
      'engine/bootstrap/start.js': 'runs before there is a reporter',
      'engine/exports/build.js': 'a command of its own, run by npm',
    },
  },
];

/** Every use of a banned word in a file, as `file:line: word`. */
export function bannedWords(path: string, source: string): readonly string[] {
  const lines = codeOnly(source).split('\n');
  return bans
    .filter(({ below, except }) => below.some((prefix) => path.startsWith(prefix)) && !(except && path in except))
    .flatMap(({ word }) =>
      lines.flatMap((line, index) => {
        const used = word.exec(line)?.[0];
        return used === undefined ? [] : [`${path}:${index + 1}: ${used}`];
      }),
    );
}
