/**
 * How far the cheap answers of sources may be trusted. What each has shown moves with its evidence. A skip that rests on a
 * validator moves no evidence, so `claim` counts the unchanged ends: it learns of them when it is taken anyway.
 */
export const sourceTrust = `
alter table signalbox.source_state add column trust jsonb not null default '{}';
alter table signalbox.claim add column skips bigint not null default 0;
`;
