import { answerFaults } from './answer-faults.ts';
import { bodyFaults } from './body-faults.ts';
import { connectionFaults } from './connection-faults.ts';
import { contentFaults } from './content-faults.ts';
import type { Fault } from './fault.ts';
import { zipFaults } from './zip-faults.ts';

/** All that an upstream is known to do, by where it goes wrong. */
export const faultsByPlace: Readonly<Record<string, readonly Fault[]>> = {
  'The connection and the headers': connectionFaults,
  'The body on its way': bodyFaults,
  'The answer': answerFaults,
  'What the body holds': contentFaults,
  'What the zip holds': zipFaults,
};
