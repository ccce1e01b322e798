import { expect, test } from 'vitest';
import { isTimeZone } from '../../../engine/model/time-zone.ts';

test.each(['UTC', 'Australia/Melbourne', 'America/Argentina/Buenos_Aires', 'US/Pacific', 'Etc/GMT+10'])(
  '%s is a time zone',
  (name) => {
    expect(isTimeZone(name)).toBe(true);
  },
);

test.each(['', 'utc', 'australia/melbourne', '+10:00', '-0500', 'Mars/Olympus', 'Melbourne', ' UTC', 'UTC '])(
  '`%s` is none',
  (name) => {
    expect(isTimeZone(name)).toBe(false);
  },
);
