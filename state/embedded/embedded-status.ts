import { readDataVersion } from './data-folder.ts';
import { embeddedLayout } from './layout.ts';
import { readPostmasterFile } from './postmaster-file.ts';

export interface EmbeddedStatus {
  readonly running: boolean;
  readonly pid?: number;
  /** PostgreSQL's major version, absent before the first boot. */
  readonly version?: string;
  readonly dataDir: string;
  readonly socketDir: string;
}

/** Looks at the files only: it neither starts the server nor connects to it. */
export function embeddedStatus({ home }: { readonly home: string }): EmbeddedStatus {
  const layout = embeddedLayout(home);
  const server = readPostmasterFile(layout);
  const version = readDataVersion(layout);
  const running = server?.isAlive === true;
  return {
    running,
    ...(running && { pid: server.pid }),
    ...(version !== undefined && { version }),
    dataDir: layout.dataDir,
    socketDir: (running && server.socketDir) || layout.socketDir,
  };
}
