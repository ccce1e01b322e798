import type { RunStore } from '../engine/model/ports.ts';
import { claim } from './writer/claim.ts';
import { createRun } from './writer/create-run.ts';
import { finishRun } from './writer/finish-run.ts';
import { abandonRun } from './writer/lost-runs.ts';
import { endMove, finishMove, startMove } from './writer/move.ts';
import type { Writer } from './writer/writer.ts';

export function createRunStore(writer: Writer): RunStore {
  return {
    createRun: (run) => writer.job((client) => createRun(client, run)),
    finishRun: (end) => writer.job((client, isRepeated) => finishRun(client, end, isRepeated)),
    abandonRun: (id, failure) => writer.job((client) => abandonRun(client, id, failure)),
    claim: (request) => writer.job((client) => claim(client, request)),
    startAttempt: (start) => writer.move(startMove(start)),
    finishAttempt: (finish) => writer.move(finishMove(finish)),
    endComponentRun: (end) => writer.move(endMove(end)),
  };
}
