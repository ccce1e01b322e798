import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { localCertificate } from '../../harness/local-certificate.ts';
import { freshFolder, localOrigin } from './setup.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Bundled and loaded as the engine does it. Asks by name, then by address: both are in the certificate. Node reads its own authorities only when it starts. */
const program = `
  const { createHttpClient } = await import('./components/http/client.ts');
  import { publicOnly } from './components/http/guard.ts';
  const [port] = process.argv.slice(2);
  const lookup = async () => [{ address: '127.0.0.1', family: 4 }];
  const guard = publicOnly({ lookup, allowHosts: ['localhost', '127.0.0.1'] });
  const http = createHttpClient({ signal: new AbortController().signal, guard });
  const ask = async (host) => (await http.text({ url: 'https://' + host + ':' + port + '/' })).body;
  console.log(await ask('localhost'), await ask('127.0.0.1'));
`;

it('asks over TLS, by name and by address, and lets the process end', async () => {
  const origin = await localOrigin({ https: true });
  origin.route('/', { body: 'secure' });
  const folder = await freshFolder();
  const [script, authority] = [join(folder, 'stdin.mjs'), join(folder, 'authority.pem')];
  await writeFile(authority, localCertificate.cert);
  await build({
    stdin: { contents: program, resolveDir: root },
    alias: { signalbox: join(root, 'engine/api.ts') },
    bundle: true,
    platform: 'node',
    format: 'esm',
    splitting: true,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    external: ['esbuild'],
  });
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [script, String(origin.port)], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: authority },
  });
  expect(stdout.trim()).toBe('secure secure');
});
