/** A refusal in CKAN's own form. */
export class ActionError extends Error {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(JSON.stringify(body));
    this.name = 'ActionError';
    this.status = status;
    this.body = body;
  }

  static notFound(message: string): ActionError {
    return new ActionError(404, { message, __type: 'Not Found Error' });
  }

  static validation(problems: Readonly<Record<string, readonly string[]>>): ActionError {
    return new ActionError(409, { ...problems, __type: 'Validation Error' });
  }
}

/** A parameter that has to be a whole number of at least 0. */
export function wholeNumber(asked: URLSearchParams, name: string, otherwise: number): number {
  const text = asked.get(name);
  if (text === null) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw ActionError.validation({ [name]: ['Must be a natural number'] });
  return Number(text);
}
