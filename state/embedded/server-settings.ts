/** Four connections a process: 50 is room for a dozen processes; the rest keeps an idle server near 19 MB. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  shared_buffers: '32MB',
  max_connections: '50',
  jit: 'off',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
};

/** Arguments, not a file: they win over every file, so a data folder of an older release gets today's settings. */
export function serverArguments(dataDir: string, socketDir: string): string[] {
  const settings = { ...SETTINGS, unix_socket_directories: quoteListEntry(socketDir) };
  return ['-D', dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/** The setting is a list: unquoted, a comma or a blank in the path would end the entry. */
function quoteListEntry(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}
