/**
 * What people ask of a history that has grown long: the newest runs of an environment, also of one with few among many, and
 * a run by the end of its id. No transition changes what these hold.
 */
export const longHistory = `
create index run_by_environment on signalbox.run (environment, id desc);
create index run_by_ending on signalbox.run ((reverse(replace(id::text, '-', '')) collate "C"));
`;
