import { describe, expect, it } from 'vitest';
import { runEngine, startEngine } from '../harness/engine.ts';

describe('the engine of this project', () => {
  it('starts from any folder', async () => {
    const { code, stdout, stderr } = await runEngine(['--help'], { cwd: '/' });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Commands:');
  });

  it('can be watched line by line', async () => {
    const engine = startEngine(['run', '--dag', 'trnasit']);
    expect(await engine.line(/did you mean/)).toContain('`transit`');
    await expect(engine.line(/never printed/)).rejects.toThrow('expected a line that matches /never printed/');
    expect((await engine.exit).code).toBe(2);
  });

  it('ends quietly when nobody reads what it prints', async () => {
    const engine = startEngine(['--help']);
    engine.process.stdout?.destroy();
    const { code, stderr } = await engine.exit;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
