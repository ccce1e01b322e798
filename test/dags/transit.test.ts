import { describe, expect, it } from 'vitest';
import transit from '../../dags/transit.ts';

describe('the transit DAG', () => {
  it('has six components, each after what it reads', () => {
    const upstreams = Object.fromEntries(
      transit.components.map(({ id, dependsOn }) => [id, dependsOn.map(({ component }) => component)]),
    );
    expect(upstreams).toEqual({
      'gtfs-schedule': [],
      'gtfs-realtime': ['gtfs-schedule'],
      'ptv-timetable': ['gtfs-schedule'],
      'datavic-discovery': [],
      'station-patronage-annual': ['datavic-discovery', 'gtfs-schedule'],
      'patronage-monthly': ['datavic-discovery', 'gtfs-schedule'],
    });
  });

  it('asks every hour, in Melbourne, each component as often as its source moves', () => {
    expect(transit).toMatchObject({ timezone: 'Australia/Melbourne', schedule: '0 * * * *', timeoutMs: 7_200_000 });
    expect(transit.components.map(({ id, frequency }) => `${id} ${JSON.stringify(frequency)}`).toSorted()).toEqual([
      'datavic-discovery "weekly"',
      'gtfs-realtime "hourly"',
      'gtfs-schedule "daily"',
      'patronage-monthly "monthly"',
      'ptv-timetable "daily"',
      'station-patronage-annual "monthly"',
    ]);
  });

  it('gives every component a deadline, a live address and a sandbox', () => {
    for (const { timeoutMs, baseUrl, sandbox } of transit.components) {
      expect(timeoutMs).toBeGreaterThanOrEqual(300_000);
      expect(timeoutMs).toBeLessThanOrEqual(1_800_000);
      expect(baseUrl).toMatch(/^https:\/\/[^/]+(\/.*)?[^/]$/);
      expect(sandbox?.name).toMatch(/^[a-z-]+$/);
    }
  });

  it('names packages of data.vic and never their resources', () => {
    const datavic = transit.components.filter(({ sandbox }) => sandbox?.name === 'datavic');
    expect(datavic).toHaveLength(3);
    expect(JSON.stringify(datavic.map(({ params }) => params))).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
  });
});
