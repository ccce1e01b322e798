// For the processes that the engine starts, and those that people start as `node engine`.
import { mapStackTraces } from '../bootstrap/stack-traces.js';

mapStackTraces();
