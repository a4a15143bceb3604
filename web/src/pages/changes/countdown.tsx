import type { JSX } from 'react';
import { useCallback, useEffect, useState } from 'react';
import type { ApiEvent } from '../../../../src/model/api/daemon.ts';
import { useLive } from '../../api/events.ts';

/** How far the server's clock is ahead of this machine's, as far as an event has told. */
let ahead = 0;

const TOLD: readonly ['change.state'] = ['change.state'];

/** Milliseconds until a moment of the server, second by second; 0 when it has passed. */
export function useTimeLeft(deadline: number | undefined): number {
  const [now, setNow] = useState(() => Date.now() + ahead);
  const hear = useCallback((event: ApiEvent) => {
    ahead = event.at - Date.now();
  }, []);
  useLive(TOLD, hear);
  useEffect(() => {
    if (deadline === undefined) return;
    const tick = (): void => setNow(Date.now() + ahead);
    tick();
    const timer = window.setInterval(tick, 1_000);
    return () => window.clearInterval(timer);
  }, [deadline]);
  return deadline === undefined ? 0 : Math.max(0, deadline - now);
}

/** `00:43`. */
export function clockText(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1_000);
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part) => String(part).padStart(2, '0')).join(':');
}

interface CountdownProps {
  readonly deadline: number;
  readonly words: (time: string) => string;
  readonly over: string;
}

/** Not read aloud each second: whoever listens asks for it. */
export function Countdown({ deadline, words, over }: CountdownProps): JSX.Element {
  const left = useTimeLeft(deadline);
  return (
    <span role="timer" className="countdown">
      {left === 0 ? over : words(clockText(left))}
    </span>
  );
}
