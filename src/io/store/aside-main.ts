import { setPriority } from 'node:os';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { PortolanError } from '../../base/errors.ts';
import type { AsideJob, AsideReply } from './aside-messages.ts';
import { asideRequest } from './aside-messages.ts';
import { copyStore } from './copy.ts';
import { openDriver, quickCheck } from './driver.ts';
import { FlowTotalsTable } from './flow-totals.ts';
import { storeError } from './sqlite-error.ts';

/*
 * The process that works on the database beside the daemon. SQLite answers when it is done, so it has a
 * thread of its own: the other one sees when whoever started us is gone, and ends both at once. A
 * reader that stayed would keep the next daemon out.
 */

/** Milliseconds to wait for another process's transaction. */
const PATIENCE = 10_000;

const [, , file = '', niceness = '0'] = process.argv;

function watchOver(): void {
  giveWay(Number(niceness));
  const worker = new Worker(new URL(import.meta.url), { argv: [file] });
  process.on('message', (request) => worker.postMessage(request));
  worker.on('message', (reply: AsideReply) => process.send?.(reply));
  worker.on('error', (error) => {
    throw error;
  });
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
}

/** Where that is forbidden, as a service's filter of system calls may, it is done all the same. */
function giveWay(nice: number): void {
  try {
    if (nice > 0) setPriority(nice);
  } catch {
    // It is a courtesy.
  }
}

function work(): void {
  const port = parentPort;
  port?.on('message', (request: unknown) => {
    const { id, job } = asideRequest.parse(request);
    port.postMessage(replyTo(id, job));
  });
}

function replyTo(id: number, job: AsideJob): AsideReply {
  try {
    return { kind: 'done', id, value: done(job) };
  } catch (cause) {
    const error = storeError(cause, file);
    if (!(error instanceof PortolanError)) throw cause;
    return { kind: 'failed', id, code: error.code, message: error.message, remedy: error.remedy };
  }
}

/** Opened anew each time: nothing of the database is held while nobody asks. */
function done(job: AsideJob): unknown {
  const driver = openDriver(file);
  try {
    driver.exec(`PRAGMA busy_timeout = ${PATIENCE}`);
    switch (job.kind) {
      case 'check':
        return quickCheck(driver);
      case 'talks':
        return new FlowTotalsTable(file, driver).talks(job);
      case 'hours':
        return new FlowTotalsTable(file, driver).hours(job.since);
      case 'copy':
        return copyStore(driver, job.to);
    }
  } finally {
    driver.close();
  }
}

if (isMainThread) watchOver();
else work();
