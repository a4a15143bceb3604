import { openDriver } from '../../../src/io/store/driver.ts';

/** A program that begins to write to a database, and does not come to an end. */
const [, , file = ''] = process.argv;
const driver = openDriver(file);
driver.exec('BEGIN IMMEDIATE');
process.stdout.write('begun\n');
setInterval(() => {}, 1000);
