// `import … from 'signalbox/embed'` in plain Node. A test holds the names equal to the values that engine/embed.ts exports.
import { importEngine } from './import-engine.js';

export const { createEngine } = await importEngine('embed');
