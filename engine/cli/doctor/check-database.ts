import type { Project } from '../../../config/load.ts';
import { withState } from '../project.ts';
import { type Finding, failing, fine } from './finding.ts';

/** Reaches the database as a run does, and looks at its tables without changing them. */
export async function checkDatabase(project: Project): Promise<readonly Finding[]> {
  try {
    return await withState(
      project,
      async (state) => {
        const schema = await state.migrationStatus();
        return [fine('database', `reached at ${state.place}`), checkSchema(schema)];
      },
      { migrate: false },
    );
  } catch (error) {
    return [failing('database', error, 'Check DATABASE_URL, or unset it to use the embedded database.')];
  }
}

function checkSchema({ version, newest }: { readonly version: number; readonly newest: number }): Finding {
  const subject = 'schema';
  if (version === newest) return fine(subject, `version ${version}, the newest`);
  if (version < newest) return fine(subject, `version ${version}; the next run brings it to ${newest}`);
  const message = `version ${version}, but this engine knows only ${newest}`;
  return { level: 'fail', subject, message, hint: 'Install the newer engine that made it, or name another database.' };
}
