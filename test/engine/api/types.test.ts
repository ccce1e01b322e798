import { type ComponentHandle, type ComponentOptions, component, type OptionalHandle, optional } from 'signalbox';
import { describe, expectTypeOf, test } from 'vitest';
import { z } from 'zod';

const schedule = component({
  id: 'schedule',
  output: z.object({ trips: z.number() }),
  run: async () => ({ trips: 3 }),
});
type ScheduleOutput = { trips: number };

describe('typed handles', () => {
  test('a handle carries the output of its component', () => {
    expectTypeOf(schedule).toEqualTypeOf<ComponentHandle<ScheduleOutput>>();
    const untyped = component({ id: 'untyped', run: async () => undefined });
    expectTypeOf(untyped).toEqualTypeOf<ComponentHandle>();
  });

  test('inputs are the outputs of the upstreams', () => {
    component({
      id: 'reader',
      dependsOn: { schedule },
      sources: ({ inputs }) => {
        expectTypeOf(inputs).toEqualTypeOf<{ readonly schedule: ScheduleOutput }>();
        return [];
      },
      run: async ({ inputs }) => {
        expectTypeOf(inputs).toEqualTypeOf<{ readonly schedule: ScheduleOutput }>();
        // @ts-expect-error -- no such upstream
        expectTypeOf(inputs.scedule).toBeAny();
      },
    });
  });

  test('an optional upstream may be missing, the others are there', () => {
    component({
      id: 'reader',
      dependsOn: { schedule, extra: optional(schedule) },
      run: async ({ inputs }) => {
        expectTypeOf(inputs.schedule).toEqualTypeOf<ScheduleOutput>();
        expectTypeOf(inputs.extra).toEqualTypeOf<ScheduleOutput | undefined>();
      },
    });
  });

  test('under every rule but all_success any upstream may be missing', () => {
    component({
      id: 'always',
      dependsOn: { schedule },
      rule: 'all_done',
      run: async ({ inputs }) => {
        expectTypeOf(inputs.schedule).toEqualTypeOf<ScheduleOutput | undefined>();
      },
    });
    component({
      id: 'plain',
      dependsOn: { schedule },
      rule: 'all_success',
      run: async ({ inputs }) => {
        expectTypeOf(inputs.schedule).toEqualTypeOf<ScheduleOutput>();
      },
    });
  });

  test('params are typed by what is given, in sources and in run', () => {
    component({
      id: 'params',
      params: { package: 'monthly', limit: 10 },
      sources: ({ params }) => {
        expectTypeOf(params.package).toEqualTypeOf<string>();
        return [];
      },
      run: async ({ params }) => {
        expectTypeOf(params.limit).toEqualTypeOf<number>();
      },
    });
  });

  test('run must return what output says', () => {
    // @ts-expect-error -- trips is a number
    component({ id: 'wrong', output: z.object({ trips: z.number() }), run: async () => ({ trips: 'three' }) });
  });

  test('plain objects, misspelt rules and bare numbers do not compile', () => {
    // @ts-expect-error -- not a handle
    component({ id: 'a', dependsOn: { x: { id: 'x' } }, run: async () => 1 });
    // @ts-expect-error -- no such rule
    component({ id: 'b', rule: 'all_sucess', run: async () => 1 });
    // @ts-expect-error -- 30 of what?
    component({ id: 'c', timeout: '30', run: async () => 1 });
    // @ts-expect-error -- no such option
    component({ id: 'd', tiemout: '30s', run: async () => 1 });
  });
});

function reader(options: ComponentOptions<{ schedule: ComponentHandle<ScheduleOutput> }>) {
  return component({
    ...options,
    output: z.object({ seen: z.number() }),
    run: async ({ inputs }) => {
      expectTypeOf(inputs.schedule).toEqualTypeOf<ScheduleOutput>();
      return { seen: inputs.schedule.trips };
    },
  });
}

function tolerant(options: ComponentOptions) {
  return component({ ...options, run: async () => undefined });
}

function patient(
  options: ComponentOptions<{ schedule: ComponentHandle<ScheduleOutput> | OptionalHandle<ScheduleOutput> }>,
) {
  return component({
    ...options,
    run: async ({ inputs }) => {
      expectTypeOf(inputs.schedule).toEqualTypeOf<ScheduleOutput | undefined>();
    },
  });
}

describe('options that a factory passes through', () => {
  test('a factory that reads an upstream requires it, under all_success', () => {
    expectTypeOf(reader({ id: 'reader', dependsOn: { schedule }, timeout: '5m' })).toEqualTypeOf<
      ComponentHandle<{ seen: number }>
    >();
    // @ts-expect-error -- schedule is required
    reader({ id: 'reader' });
    // @ts-expect-error -- under all_done the schedule may be missing
    reader({ id: 'reader', dependsOn: { schedule }, rule: 'all_done' });
    // @ts-expect-error -- another output
    reader({ id: 'reader', dependsOn: { schedule: tolerant({ id: 'other' }) } });
  });

  test('a factory that reads none takes any upstream and any rule', () => {
    const handle = tolerant({
      id: 'tolerant',
      dependsOn: { schedule, again: optional(schedule) },
      rule: 'none_failed',
    });
    expectTypeOf(handle).toEqualTypeOf<ComponentHandle>();
    expectTypeOf(tolerant({ id: 'alone' })).toEqualTypeOf<ComponentHandle>();
  });

  test('a factory that accepts an optional upstream sees that it may be missing', () => {
    const packages = component({ id: 'packages', run: async () => 1 });
    expectTypeOf(patient({ id: 'x', dependsOn: { schedule: optional(schedule) } })).toEqualTypeOf<ComponentHandle>();
    expectTypeOf(patient({ id: 'x', dependsOn: { schedule } })).toEqualTypeOf<ComponentHandle>();
    // @ts-expect-error -- another output
    patient({ id: 'x', dependsOn: { schedule: packages } });
  });
});
