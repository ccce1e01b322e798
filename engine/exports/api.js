// `import … from 'signalbox'` in plain Node. A test holds the names equal to the values that engine/api.ts exports.
import { importEngine } from './import-engine.js';

export const {
  component,
  DagError,
  defineDag,
  describeDag,
  FailureError,
  infraFailure,
  isDag,
  onDisk,
  optional,
  priority,
  quota,
  sourceFailure,
} = await importEngine('api');
