/** What people type to start the engine: hints name commands as they can be copied. */
export const programName = /(?:^|[\\/])signalbox$/.test(process.argv[1] ?? '') ? 'signalbox' : 'node engine';
