import './trace-sources.js';
import '../sandbox/entry.ts';
