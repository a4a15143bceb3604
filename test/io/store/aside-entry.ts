import { Aside } from '../../../src/io/store/aside.ts';

// Has a database looked through, and says which process does it; it is killed while it waits.
const [, , program = '', file = ''] = process.argv;
const aside = new Aside(file, { program });
await aside.check();
aside.check().catch(() => {});
process.stdout.write('asked\n');
setInterval(() => {}, 1000);
