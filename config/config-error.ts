/** The configuration cannot be used. `exitCode` 2 for a wrong value, 78 for a missing one. */
export class ConfigError extends Error {
  readonly hint?: string;
  readonly exitCode: 2 | 78;

  constructor(message: string, options: { hint?: string; exitCode?: 2 | 78 } = {}) {
    super(message);
    this.name = 'ConfigError';
    if (options.hint !== undefined) this.hint = options.hint;
    this.exitCode = options.exitCode ?? 2;
  }
}
