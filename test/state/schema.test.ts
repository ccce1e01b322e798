import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { useScenario } from './scenario.ts';

const scenario = useScenario();

interface DeclaredColumn {
  readonly type: string;
  readonly isNullable: boolean;
  readonly isGenerated: boolean;
}

/** What state/schema.ts says, read from its source: the types are gone when it runs. */
function declaredTables(): Map<string, Map<string, DeclaredColumn>> {
  const source = readFileSync(new URL('../../state/schema.ts', import.meta.url), 'utf8');
  const tables = new Map<string, Map<string, DeclaredColumn>>();
  const schema = /export interface Schema \{([^}]*)\}/.exec(source)?.[1] ?? '';
  for (const [, table = '', type = ''] of schema.matchAll(/readonly (\w+): (\w+);/g)) {
    const body = new RegExp(`export interface ${type} \\{([^}]*)\\}`).exec(source)?.[1] ?? '';
    const columns = [...body.matchAll(/readonly (\w+): (.+);/g)].map(
      ([, name = '', declared = '']) => [name, columnOf(declared)] as const,
    );
    tables.set(table, new Map(columns));
  }
  return tables;
}

const words = new Set([
  'RunStatus',
  'ComponentRunStatus',
  'AttemptStatus',
  'Verdict',
  'Trigger',
  'SlotStatus',
  'QuotaPeriod',
  'BackfillStatus',
  'Reprocess',
  'EndOfOwner',
  'string',
]);

function columnOf(declared: string): DeclaredColumn {
  const inner = /^(?:Generated|Jsonb)<(.*)>$/.exec(declared)?.[1] ?? declared;
  const base = inner.replace(/ \| null$/, '');
  const plain = words.has(base) ? 'text' : base;
  // `Json` holds null itself.
  const isNullable = inner.endsWith('| null') || inner === 'Json';
  return {
    type: declared.startsWith('Jsonb') ? 'json' : plain,
    isNullable,
    isGenerated: declared.startsWith('Generated'),
  };
}

const declaredTypeOf: Readonly<Record<string, string>> = {
  uuid: 'text',
  text: 'text',
  boolean: 'boolean',
  integer: 'number',
  bigint: 'number',
  'double precision': 'number',
  'timestamp with time zone': 'Date',
  jsonb: 'json',
  ARRAY: 'readonly number[]',
};

describe('the types of the tables', () => {
  it('are those of the database, column by column', async () => {
    const [result] = await scenario().state.sql(`
      select table_name, column_name, data_type, is_nullable = 'YES', column_default is not null
      from information_schema.columns where table_schema = 'signalbox'`);
    const actual = (result?.rows ?? []).map(([table, column, type, isNullable, hasDefault]) => ({
      column: `${String(table)}.${String(column)}`,
      type: declaredTypeOf[String(type)] ?? type,
      isNullable,
      // Only the flush statement writes attempts, and it always gives the warnings.
      isGenerated: hasDefault === true && type !== 'jsonb',
    }));
    const declared = [...declaredTables()].flatMap(([table, columns]) =>
      [...columns].map(([name, column]) => ({ column: `${table}.${name}`, ...column })),
    );
    const byColumn = (left: { column: string }, right: { column: string }) => (left.column < right.column ? -1 : 1);
    expect(declared.toSorted(byColumn)).toEqual(actual.toSorted(byColumn));
    expect(declared.length).toBeGreaterThan(70);
  });
});
