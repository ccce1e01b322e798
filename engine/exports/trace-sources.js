// For the processes that the engine starts; those that people start have it from start.js.
import { mapStackTraces } from '../bootstrap/stack-traces.js';

mapStackTraces();
