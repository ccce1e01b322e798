// DAG bundles import this compiled entry, so that the schemas of authors and of the engine are of one zod.
export * from 'zod';
export { z as default } from 'zod';
