import './trace-sources.js';
import '../cli/main.ts';
