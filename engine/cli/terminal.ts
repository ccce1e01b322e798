import type { WriteStream } from 'node:tty';
import type { Variables } from '../../config/variables.ts';
import { ansiPaint, noPaint, type Paint } from '../report/paint.ts';
import type { Write } from '../report/reporter.ts';

/** Where a command prints: results on stdout, everything for people on stderr. */
export interface Terminal {
  readonly out: Write;
  readonly err: Write;
  readonly outPaint: Paint;
  readonly errPaint: Paint;
  /** True when stderr can be redrawn. */
  readonly isLive: boolean;
  /** Of stderr; 0 where it is not known. */
  columns(): number;
  rows(): number;
}

/** What there is before the flags are known. */
export interface BareTerminal extends Omit<Terminal, 'outPaint' | 'errPaint' | 'isLive'> {
  /** Why something could not be written. */
  trouble(): Error | undefined;
}

/** A reader that has seen enough (`| head`) is no error: what is printed after that goes nowhere, the work goes on. */
export function openTerminal(): BareTerminal {
  let trouble: Error | undefined;
  const onTrouble = (error: Error) => {
    trouble ??= error;
  };
  return {
    out: quietWrite(process.stdout, onTrouble),
    err: quietWrite(process.stderr, onTrouble),
    columns: () => process.stderr.columns ?? 0,
    rows: () => process.stderr.rows ?? 0,
    trouble: () => trouble,
  };
}

/** Colours, when the stream is a terminal and nobody said no: https://no-color.org */
export function dressTerminal(bare: BareTerminal, variables: Variables, wantsColour: boolean): Terminal {
  const isDumb = variables.get('TERM') === 'dumb';
  const mayColour = wantsColour && variables.get('NO_COLOR') === undefined && !isDumb;
  const paintFor = (stream: WriteStream) => (mayColour && stream.isTTY ? ansiPaint : noPaint);
  return {
    ...bare,
    outPaint: paintFor(process.stdout),
    errPaint: paintFor(process.stderr),
    isLive: process.stderr.isTTY && !isDumb && bare.columns() > 0 && bare.rows() > 0,
  };
}

function quietWrite(stream: NodeJS.WriteStream, onTrouble: (error: Error) => void): Write {
  let isBroken = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    isBroken = true;
    if (error.code !== 'EPIPE') onTrouble(error);
  });
  return (text) => {
    if (!isBroken && text !== '') stream.write(text);
  };
}
