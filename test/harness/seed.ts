import fc from 'fast-check';

/**
 * Generated cases are the same in every run, so that a red suite means that the code changed. To look further:
 * `TEST_SEED=$RANDOM npm test`; a failure prints the seed and the path that replay it.
 */
fc.configureGlobal({ seed: Number(process.env.TEST_SEED ?? 20_261_121) });
