#!/usr/bin/env node
// Kept to syntax that every Node with modules can read, so that an old one gets a sentence and not a SyntaxError.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `signalbox: expected Node 20.19 or newer, got ${process.versions.node}. Install a newer Node and run this again.`,
  );
  process.exitCode = 78;
} else {
  void import('./bootstrap/start.js');
}
