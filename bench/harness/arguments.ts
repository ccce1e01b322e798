const [projectRoot = '', engineFolder = '', workFolder = '', roundsText = ''] = process.argv.slice(2);

/** From the command line; undefined leaves each benchmark its own number. */
const roundsAsked = roundsText === '' ? undefined : Number(roundsText);

/** Given by index.js: the folder of package.json, the compiled engine, and a folder of the benchmark's own on a disk. */
export { engineFolder, projectRoot, roundsAsked, workFolder };
