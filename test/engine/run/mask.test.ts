import { expect, test } from 'vitest';
import { createMask } from '../../../engine/run/mask.ts';

test('a value is hidden in texts, keys and lists, however deep', () => {
  const mask = createMask({ KEY: 'hunter22' });
  expect(mask.text('with hunter22 twice: hunter22')).toBe('with *** twice: ***');
  expect(mask.data({ 'at hunter22': ['hunter22', { deep: 'x=hunter22' }], count: 3, none: null })).toEqual({
    'at ***': ['***', { deep: 'x=***' }],
    count: 3,
    none: null,
  });
});

test('so are the ways in which it is spelt in URLs, forms and JSON', () => {
  const value = `p/a+s "s" & wörd~!`;
  const mask = createMask({ KEY: value });
  const spelt = [
    encodeURIComponent(value),
    new URLSearchParams({ key: value }).toString(),
    new URL(`http://host/?key=${encodeURIComponent(value)}`).href,
    JSON.stringify({ value }),
  ];
  for (const text of spelt) expect(mask.text(text)).toContain('***');
  for (const text of spelt) expect(mask.text(text)).not.toMatch(/w(ö|%C3%B6)rd/);
});

test('of a value of several lines each line is hidden, because logs come line by line', () => {
  const mask = createMask({ KEY: '-----BEGIN KEY-----\nMIGHAgEAMBMG\nByqGSM49AgEG\n-----END KEY-----\n' });
  expect(mask.line({ level: 'info', message: 'MIGHAgEAMBMG' }).message).toBe('***');
});

test('a longer value is hidden before a shorter one that is part of it', () => {
  const mask = createMask({ SHORT: 'abcd', LONG: 'abcd-efgh' });
  expect(mask.text('abcd-efgh and abcd')).toBe('*** and ***');
});

test('short values would blot out ordinary words and stay', () => {
  const mask = createMask({ DEV: 'abc', EMPTY: '' });
  expect(mask.text('abc')).toBe('abc');
});

test('a line keeps its level and the names of its parts', () => {
  const mask = createMask({ KEY: 'info', OTHER: 'message' });
  expect(mask.line({ level: 'info', message: 'some info', fields: { url: 'a/info' } })).toEqual({
    level: 'info',
    message: 'some ***',
    fields: { url: 'a/***' },
  });
});
