import type { RunStore } from '../engine/model/ports.ts';
import type { Patience } from './patience.ts';
import { claim } from './writer/claim.ts';
import { createRun } from './writer/create-run.ts';
import { finishRun } from './writer/finish-run.ts';
import { abandonRun } from './writer/lost-runs.ts';
import { endMove, finishMove, startMove } from './writer/move.ts';
import type { Writer } from './writer/writer.ts';

export function createRunStore(writer: Writer, patience: Patience): RunStore {
  return {
    createRun: async (run, stop) => {
      const isMade = await writer.job((client) => createRun(client, run));
      if (isMade && stop) patience.began(run.id, stop);
      return isMade;
    },
    finishRun: (end) =>
      writer.job((client, isRepeated) => finishRun(client, end, isRepeated)).finally(() => patience.ended(end.id)),
    abandonRun: (run) => {
      // Until it is on record the run stands in everybody's way, as long as this process lives.
      patience.began(run.id);
      return writer.job((client) => abandonRun(client, run)).finally(() => patience.ended(run.id));
    },
    claim: (request) => writer.job((client) => claim(client, request)),
    startAttempt: (start) => writer.move(startMove(start)),
    finishAttempt: (finish) => writer.move(finishMove(finish)),
    endComponentRun: (end) => writer.move(endMove(end)),
  };
}
