import { type Fault, jsonClients } from './fault.ts';
import { type Play, sendAnswer } from './origin.ts';

/** The healthy body, changed. */
const changed =
  (change: (body: Buffer) => Buffer): Play =>
  ({ socket, healthy: { contentType, body } }) =>
    sendAnswer(socket, { contentType, body: change(body) });

const body = (text: string | Buffer): Play => changed(() => Buffer.from(text));

const noUtf8 = 'that is not UTF-8';
const control = '\u001b]0;owned\u0007\u0000';

/** Bodies that came whole, and hold something else. */
export const contentFaults: readonly Fault[] = [
  {
    sends: 'JSON with bytes that are not UTF-8',
    play: changed((bytes) => Buffer.from(bytes.toString('latin1').replace(/[A-Za-z](?=")/, '\xff'), 'latin1')),
    clients: jsonClients,
    ends: { as: 'source', says: noUtf8 },
  },
  {
    sends: 'JSON in UTF-16',
    play: changed((bytes) => Buffer.from(`\ufeff${bytes.toString()}`, 'utf16le')),
    clients: jsonClients,
    ends: { as: 'source', says: 'UTF-16' },
  },
  {
    sends: 'JSON after a byte order mark',
    play: changed((bytes) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])),
    clients: jsonClients,
    ends: { as: 'success' },
  },
  {
    sends: 'JSON nested 1,000,000 deep',
    play: body('['.repeat(1_000_000) + ']'.repeat(1_000_000)),
    clients: jsonClients,
    ends: { as: 'source', says: 'levels' },
  },
  {
    sends: 'a healthy answer with a field nested 5,000 deep',
    play: changed((bytes) => {
      const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
      return Buffer.from(bytes.toString().replace('{', `{"deep":${deep},`).replace('"_id":', `"x":${deep},"_id":`));
    }),
    clients: jsonClients,
    ends: { as: 'source', says: 'levels' },
  },
  {
    sends: 'JSON of another shape',
    play: body('{"success":true,"result":{"resources":7,"fields":[],"records":[],"total":-1},"routes":{}}'),
    clients: jsonClients,
    ends: { as: 'source', says: 'expected' },
  },
  {
    sends: 'a list of 100,000 records of another shape',
    play: body(manyWrong()),
    clients: ['ptv', 'datavic-discovery', 'datavic-rows', 'ckan'],
    ends: { as: 'source', says: 'got another shape' },
  },
  {
    sends: 'a message with control characters, 1 MB long',
    play: body(
      JSON.stringify({
        success: false,
        error: { __type: control, message: control + 'm'.repeat(1_000_000) },
        message: control + 'm'.repeat(1_000_000),
        status: {},
      }),
    ),
    clients: ['ptv', 'datavic-discovery', 'datavic-rows', 'ckan'],
    ends: { as: 'source', says: 'mmm' },
  },
  {
    sends: 'an empty body',
    play: body(''),
    ends: { as: 'source', says: 'got an empty body' },
    but: { http: { as: 'success' }, custom: { as: 'success' } },
  },
];

function manyWrong(): string {
  const wrong = Array.from({ length: 100_000 }, () => '{}').join(',');
  const list = `[${wrong}]`;
  return `{"routes":${list},"success":true,"result":{"name":"a","resources":${list},"fields":${list},"records":[],"total":1}}`;
}
