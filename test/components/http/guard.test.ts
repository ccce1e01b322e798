import { describe, expect, it } from 'vitest';
import { createHttpClient } from '../../../components/http/client.ts';
import { type Lookup, only, publicOnly } from '../../../components/http/guard.ts';
import { clientFor, failureOf, localOrigin, setup } from './setup.ts';

const refusedLiterals = [
  ['loopback', 'http://127.0.0.1/'],
  ['loopback, decimal', 'http://2130706433/'],
  ['loopback, hex', 'http://0x7f000001/'],
  ['loopback, hex by byte', 'http://0x7f.0.0.1/'],
  ['loopback, octal', 'http://0177.0.0.1/'],
  ['loopback, short', 'http://127.1/'],
  ['loopback, full-width digits', 'http://１２７.0.0.1/'],
  ['loopback, IPv6', 'http://[::1]/'],
  ['loopback, IPv4-mapped', 'http://[::ffff:127.0.0.1]/'],
  ['loopback, IPv4-mapped in hex', 'http://[::ffff:7f00:1]/'],
  ['loopback, IPv4-compatible', 'http://[::7f00:1]/'],
  ['loopback through NAT64', 'http://[64:ff9b::7f00:1]/'],
  ['loopback through local NAT64', 'http://[64:ff9b:1::7f00:1]/'],
  ['loopback through 6to4', 'http://[2002:7f00:1::]/'],
  ['Teredo', 'http://[2001:0:7f00:1::]/'],
  ['unspecified', 'http://0.0.0.0/'],
  ['unspecified, zero', 'http://0/'],
  ['unspecified, IPv6', 'http://[::]/'],
  ['private 10/8', 'http://10.1.2.3/'],
  ['private 172.16/12', 'http://172.31.255.255/'],
  ['private 192.168/16', 'http://192.168.0.1/'],
  ['cloud metadata', 'http://169.254.169.254/latest/meta-data'],
  ['shared (CGNAT)', 'http://100.64.0.1/'],
  ['benchmarking', 'http://198.18.0.1/'],
  ['documentation', 'http://203.0.113.9/'],
  ['multicast', 'http://224.0.0.1/'],
  ['reserved', 'http://240.0.0.1/'],
  ['broadcast', 'http://255.255.255.255/'],
  ['link-local, IPv6', 'http://[fe80::1]/'],
  ['site-local, IPv6', 'http://[fec0::1]/'],
  ['unique local, IPv6', 'http://[fd00:ec2::254]/'],
  ['multicast, IPv6', 'http://[ff02::1]/'],
  ['unallocated, IPv6', 'http://[4000::1]/'],
] as const;

function client(guard = publicOnly()) {
  return createHttpClient({ signal: new AbortController().signal, guard });
}

const publicAddress = { address: '93.184.215.14', family: 4 };
const lookupOf =
  (...addresses: readonly string[]): Lookup =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

describe('publicOnly', () => {
  it.each(refusedLiterals)('refuses %s', async (_name, url) => {
    const failure = await failureOf(client().text({ url }));
    expect(failure).toMatchObject({ class: 'source', retryable: false });
    expect(failure.message).toMatch(/^expected \S+:80 to be a public address, got a private or reserved one/);
  });

  it.each(['ftp://example.org/', 'file:///etc/passwd', 'data:text/plain,x'])(
    'refuses the scheme of %s',
    async (url) => {
      const failure = await failureOf(client().text({ url }));
      expect(failure.message).toContain('expected an http or https address');
    },
  );

  it('refuses credentials in the address without printing them', async () => {
    const failure = await failureOf(client().text({ url: 'https://me:hunter22@example.org/' }));
    expect(failure.message).toContain('no user name and password');
    expect(JSON.stringify(failure)).not.toContain('hunter22');
  });

  it('admits public addresses, literal or by name', async () => {
    const guard = publicOnly({ lookup: lookupOf('93.184.215.14', '2606:4700::1111') });
    expect(await guard.resolve('93.184.215.14', 443)).toEqual([publicAddress]);
    expect(await guard.resolve('2606:4700::1111', 443)).toEqual([{ address: '2606:4700::1111', family: 6 }]);
    expect(await guard.resolve('example.org', 443)).toHaveLength(2);
  });

  it.each([
    ['127.0.0.1'],
    ['93.184.215.14', '10.0.0.1'],
    ['93.184.215.14', '::1'],
    ['::ffff:10.0.0.1'],
    ['fe80::1%eth0'],
  ])('refuses a name that resolves to %s', async (...addresses) => {
    const http = client(publicOnly({ lookup: lookupOf(...addresses) }));
    const failure = await failureOf(http.text({ url: 'http://rebind.test/' }));
    expect(failure.message).toBe(
      `expected rebind.test:80 to be a public address, got a private or reserved one (${addresses.at(-1)})`,
    );
    expect(failure.hint).toContain(
      'set SIGNALBOX_ALLOW_HOSTS=rebind.test:80, or allowHosts in config/<environment>.ts',
    );
  });

  it('connects to the address that was checked, and asks for a name once per connection', async () => {
    const origin = await localOrigin();
    origin.route('/', { body: 'hello' });
    let lookups = 0;
    const lookup: Lookup = async () => {
      lookups++;
      return lookups === 1 ? [{ address: '127.0.0.1', family: 4 }] : [{ address: '203.0.113.1', family: 4 }];
    };
    const http = clientFor(origin, { guard: publicOnly({ lookup, allowHosts: [`rebind.test:${origin.port}`] }) });
    const answer = await http.text({ url: `http://rebind.test:${origin.port}/` });
    expect(answer.body).toBe('hello');
    expect(lookups).toBe(1);
    expect(origin.requests[0]?.headers.host).toBe(`rebind.test:${origin.port}`);
  });

  it('refuses a name whose second answer is private', async () => {
    let lookups = 0;
    const guard = publicOnly({
      lookup: async () => (lookups++ === 0 ? [publicAddress] : [{ address: '::1', family: 6 }]),
    });
    expect(await guard.resolve('rebind.test', 80)).toEqual([publicAddress]);
    expect((await failureOf(guard.resolve('rebind.test', 80))).message).toContain('(::1)');
  });

  it.each([
    ['127.0.0.1', 80, true],
    ['127.0.0.1:8080', 8080, true],
    ['127.0.0.1:8080', 80, false],
    ['0x7f.1:8080', 8080, true],
    ['10.0.0.1:8080', 8080, false],
  ])('with `%s` allowed, port %i of 127.0.0.1: %s', async (entry, port, isAdmitted) => {
    const resolved = publicOnly({ allowHosts: [entry] }).resolve('127.0.0.1', port);
    if (isAdmitted) expect(await resolved).toEqual([{ address: '127.0.0.1', family: 4 }]);
    else expect((await failureOf(resolved)).class).toBe('source');
  });

  it.each(['[::1]:8080', '[0:0::1]:8080', '::1'])('takes `%s` as an allowed host', async (entry) => {
    expect(await publicOnly({ allowHosts: [entry] }).resolve('::1', 8080)).toEqual([{ address: '::1', family: 6 }]);
  });

  it.each(['http://10.0.0.1', '10.0.0.1/24', 'host:port', ''])('does not take `%s` as an allowed host', (entry) => {
    expect(() => publicOnly({ allowHosts: [entry] })).toThrow(
      `expected \`allowHosts\` to hold host or host:port, got \`${entry}\``,
    );
  });

  it('checks every redirect', async () => {
    const { origin } = await setup();
    const http = clientFor(origin, { guard: publicOnly({ allowHosts: [`127.0.0.1:${origin.port}`] }) });
    for (const location of [
      'http://169.254.169.254/',
      'http://[::ffff:a00:1]/',
      'http://0x7f.1:9/',
      'file:///etc/passwd',
    ]) {
      origin.route('/', { status: 302, headers: { location } });
      expect(await failureOf(http.text({ url: `${origin.url}/` }))).toMatchObject({
        class: 'source',
        retryable: false,
      });
    }
    expect(origin.requests).toHaveLength(4);
  });
});

describe('only', () => {
  it('admits its host and port and nothing else', async () => {
    const { origin, http } = await setup();
    origin.route('/', { body: 'sandbox' });
    expect((await http.text({ url: `${origin.url}/` })).body).toBe('sandbox');
    for (const url of [
      'https://api.example.org/v3',
      `http://127.0.0.1:${origin.port + 1}/`,
      `http://localhost:${origin.port}/`,
    ]) {
      const failure = await failureOf(http.text({ url }));
      expect(failure.message).toBe(`no sandbox data for ${new URL(url).host}; add \`sandbox\`, or choose --env dev`);
      expect(failure.retryable).toBe(false);
    }
  });

  it('knows its host in any notation and its default port', () => {
    expect(() => only({ host: '::1', port: 80 }).checkUrl(new URL('http://[0::1]/'))).not.toThrow();
    expect(() => only({ host: '127.1', port: 443 }).checkUrl(new URL('https://127.0.0.1'))).not.toThrow();
    expect(() => only({ host: '127.0.0.1', port: 80 }).checkUrl(new URL('https://127.0.0.1'))).toThrow(
      'no sandbox data',
    );
  });

  it('refuses a redirect away from the sandbox', async () => {
    const { origin, http } = await setup();
    origin.route('/', { status: 302, headers: { location: 'https://example.org/real' } });
    const failure = await failureOf(http.text({ url: `${origin.url}/` }));
    expect(failure.message).toContain('no sandbox data for example.org');
  });
});
