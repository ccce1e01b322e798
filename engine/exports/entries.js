// What a process takes from the compiled engine (see bootstrap/load-script.js). Each is initialised when it is asked for.
export const main = () => import('./main.js');
export const child = () => import('./child.js');
export const sandbox = () => import('./sandbox.js');
export const api = () => import('../api.ts');
export const embed = () => import('../embed.ts');
export const zod = () => import('./zod.ts');
