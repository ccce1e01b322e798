import type { FailureClass } from '../../../engine/model/failure.ts';
import type { Play, Scheme } from './origin.ts';

/** Everything here that asks over HTTP. */
export const clientNames = [
  'http',
  'gtfs',
  'gtfs-realtime',
  'ptv',
  'datavic-discovery',
  'datavic-rows',
  'ckan',
  'record-count',
  'custom',
] as const;
export type ClientName = (typeof clientNames)[number];

export interface Ending {
  readonly as: FailureClass | 'success';
  /** A part of its message. */
  readonly says?: string;
}

/** One thing that an upstream may do, and how that has to end. The table of docs/hostile-sources.md is made of these. */
export interface Fault {
  /** What comes, in the words of the table. */
  readonly sends: string;
  readonly play: Play;
  readonly scheme?: Scheme;
  readonly ends: Ending;
  /** Of clients that see more, or less, in what they read. */
  readonly but?: Partial<Readonly<Record<ClientName, Ending>>>;
  /** Default: all. */
  readonly clients?: readonly ClientName[];
  /** Which deadline ends it: it is made short for the test. */
  readonly endedBy?: 'idle' | 'total';
  /** How long the failure asks to wait before the next try; null for no word of that. */
  readonly retryAfterMs?: number | null;
}

/** Clients that read JSON. */
export const jsonClients = ['ptv', 'datavic-discovery', 'datavic-rows', 'ckan', 'record-count'] as const;
