/**
 * A reopened slot remembers of the run that was deferred whether later runs go on from what it leaves: that of an advancing
 * backfill is no less one for having had to wait.
 */
export const slotsThatAdvance = `
alter table signalbox.slot add column advances boolean not null default true;
update signalbox.slot s set advances = r.advances
from signalbox.run r where s.status = 'due' and r.id::text = s.evidence ->> 'deferredBy';
`;
