import { describe, expect, it } from 'vitest';
import type { Feed, FeedEntity } from '../../../components/gtfs-realtime/decode.ts';
import { strayPayloads } from '../../../components/gtfs-realtime/entities.ts';
import { realtimeTables, rowsOf } from '../../../components/gtfs-realtime/tables.ts';

function feedOf(entity: readonly FeedEntity[], timestamp?: string): Feed {
  return { header: { gtfs_realtime_version: '2.0', ...(timestamp === undefined ? {} : { timestamp }) }, entity };
}

function records(dataset: string, feed: Feed): readonly Readonly<Record<string, unknown>>[] {
  const table = realtimeTables.find((one) => one.dataset === dataset);
  if (!table) throw new Error(`no table ${dataset}`);
  const names = [...table.columns.map(({ name }) => name), 'feed_timestamp'];
  return rowsOf(table, feed).map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])));
}

const text = (...translations: readonly (readonly [text: string, language?: string])[]) => ({
  translation: translations.map(([words, language]) => ({ text: words, ...(language ? { language } : {}) })),
});

describe('realtime tables', () => {
  it.each([
    ['absent', undefined, null],
    ['zero', '0', null],
    ['told', '1752853983', '1752853983'],
  ])('a feed timestamp that is %s', (_word, sent, published) => {
    const feed = feedOf([{ id: '1', vehicle: {} }], sent);
    expect(records('gtfs_rt_vehicle_positions', feed)[0]?.feed_timestamp).toBe(published);
  });

  it('have columns of distinct names', () => {
    for (const { columns } of realtimeTables) {
      const names = columns.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it('keep a deleted entity, which carries no payload', () => {
    const feed = feedOf([{ id: 'gone', is_deleted: true }]);
    for (const dataset of ['gtfs_rt_trip_updates', 'gtfs_rt_vehicle_positions', 'gtfs_rt_alerts']) {
      expect(records(dataset, feed)).toMatchObject([{ entity_id: 'gone', is_deleted: true }]);
    }
    expect(records('gtfs_rt_stop_time_updates', feed)).toEqual([]);
  });

  it('leave to other feeds what they carry, and count it', () => {
    const feed = feedOf([
      { id: 'v', vehicle: {} },
      { id: 's', shape: {} },
      { id: 't', trip_update: { trip: {} } },
    ]);
    expect(records('gtfs_rt_trip_updates', feed).map((row) => row.entity_id)).toEqual(['t']);
    expect(Object.fromEntries(strayPayloads(feed, 'trip_update'))).toEqual({ vehicle: 1, shape: 1 });
  });

  it('number the stop updates of a trip and say null where nothing was sent', () => {
    const updates = [{ stop_id: 'a', arrival: { delay: -30, time: '1752851880' } }, { stop_id: 'b' }];
    const feed = feedOf([{ id: '1', trip_update: { trip: { trip_id: 't' }, stop_time_update: updates } }]);
    expect(records('gtfs_rt_stop_time_updates', feed)).toMatchObject([
      {
        trip_id: 't',
        update_index: 0,
        stop_id: 'a',
        arrival_delay: -30,
        arrival_time: '1752851880',
        departure_time: null,
      },
      { trip_id: 't', update_index: 1, stop_id: 'b', arrival_delay: null, arrival_time: null },
    ]);
  });

  it('show the English text of an alert, else the one without a language, and keep them all', () => {
    const alert = {
      cause: 'STRIKE',
      header_text: text(['Streik', 'de'], ['Strike', 'en-AU']),
      description_text: text(['Grève', 'fr'], ['No trains']),
      image: { localized_image: [{ url: 'https://example.org/map.png', media_type: 'image/png' }] },
    };
    const feed = feedOf([{ id: 'a', alert }]);
    expect(records('gtfs_rt_alerts', feed)).toMatchObject([
      { cause: 'STRIKE', header_text: 'Strike', description_text: 'No trains', url: null },
    ]);
    expect(records('gtfs_rt_alert_texts', feed)).toMatchObject([
      { entity_id: 'a', field: 'header_text', language: 'de', text: 'Streik' },
      { field: 'header_text', language: 'en-AU', text: 'Strike' },
      { field: 'description_text', language: 'fr', text: 'Grève' },
      { field: 'description_text', language: null, text: 'No trains' },
      { field: 'image', language: null, text: 'https://example.org/map.png' },
    ]);
  });

  it('publish whom an alert concerns and when', () => {
    const feed = feedOf([
      {
        id: 'a',
        alert: {
          active_period: [{ start: '1752853983', end: '18446744073709551615' }, {}],
          informed_entity: [{ agency_id: '1' }, { stop_id: 's', trip: { trip_id: 't', start_time: '25:09:00' } }],
        },
      },
    ]);
    expect(records('gtfs_rt_alert_active_periods', feed)).toMatchObject([
      { period_index: 0, period_start: '1752853983', period_end: '18446744073709551615' },
      { period_index: 1, period_start: null, period_end: null },
    ]);
    expect(records('gtfs_rt_alert_informed_entities', feed)).toMatchObject([
      { selector_index: 0, agency_id: '1', trip_id: null },
      { selector_index: 1, stop_id: 's', trip_id: 't', trip_start_time: '25:09:00' },
    ]);
  });
});
