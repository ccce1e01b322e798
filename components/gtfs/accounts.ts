import { sourceFailure } from 'signalbox';
import type { TableFile } from './clean-file.ts';
import type { FileAccount } from './repair.ts';

/** Throws when too much of a table, or all of one of its files, could not be loaded. */
export function checkShare(dataset: string, files: readonly TableFile[], maxShare: number): void {
  const leftOut = sum(files, (account) => account.leftOut);
  const all = leftOut + sum(files, (account) => account.records);
  const empty = files.find(({ account }) => account.leftOut > 0 && account.records === 0);
  if (!empty && leftOut <= maxShare * all) return;
  const got = empty ? `all ${empty.account.leftOut} of ${empty.clean.label}` : `at least ${leftOut} of ${all}`;
  const first = files.find(({ firstLeftOut }) => firstLeftOut !== undefined)?.firstLeftOut;
  const message = `expected at most ${maxShare * 100} % of the records of ${dataset} to be unreadable, got ${got}; ${first}`;
  throw sourceFailure(message, {
    hint: 'Nothing of this feed was published. Report it to the source, or raise maxQuarantinedShare to load the rest.',
    details: { dataset, records: all, quarantined: leftOut },
  });
}

/** Throws when a line of a file is neither header, loaded, left out nor blank: then this loader is wrong, not the feed. */
export function checkAccounts(dataset: string, files: readonly TableFile[], rows: number): void {
  for (const { clean, account } of files) {
    const { lines, recordLines, leftOutLines, blankLines } = account;
    if (1 + recordLines + leftOutLines + blankLines !== lines) {
      const parts = `1 header, ${recordLines} loaded, ${leftOutLines} quarantined, ${blankLines} blank`;
      throw new Error(`Internal error: ${clean.label} has ${lines} lines, accounted for are ${parts}`);
    }
  }
  const records = sum(files, (account) => account.records);
  if (records !== rows) throw new Error(`Internal error: ${dataset} has ${records} records, loaded were ${rows}`);
}

function sum(files: readonly TableFile[], of: (account: FileAccount) => number): number {
  return files.reduce((total, { account }) => total + of(account), 0);
}
