import type { Finding, FindingKind } from '../model/simulation.ts';

/** Counts what is found again in place of saying it again. */
export class Findings {
  readonly #found = new Map<string, Finding>();

  add(kind: FindingKind, subject: string, at: Date, message: string): void {
    const key = `${kind} ${subject}`;
    const before = this.#found.get(key);
    const first = before?.first ?? at;
    this.#found.set(key, {
      kind,
      subject,
      message: before?.message ?? message,
      count: (before?.count ?? 0) + 1,
      first,
      last: at,
    });
  }

  /** In the order in which they first happen. */
  all(): readonly Finding[] {
    return [...this.#found.values()].toSorted((left, right) => left.first.getTime() - right.first.getTime());
  }
}
