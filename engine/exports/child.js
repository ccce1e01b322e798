import './trace-sources.js';
import '../attempt/entry.ts';
