import qrcode from 'qrcode-generator';
import type { JSX } from 'react';

/** Modules of light around the symbol, without which readers do not find it: ISO/IEC 18004, 6.3.8. */
const QUIET = 4;

interface QrCodeProps {
  readonly text: string;
  /** What it holds, for those who do not see it. */
  readonly name: string;
}

/**
 * A symbol for a camera. Dark on white in every theme: not all readers know the reverse. It needs a
 * library, so a page loads this file only when there is something to show.
 */
export function QrCode({ text, name }: QrCodeProps): JSX.Element {
  // The smallest that holds the text, with 15 % of it to spare where the screen has a scratch.
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const modules = code.getModuleCount();
  const side = modules + 2 * QUIET;
  return (
    <svg className="qr-code" role="img" aria-label={name} viewBox={`0 0 ${side} ${side}`}>
      <rect width={side} height={side} fill="#fff" />
      <path d={outline(modules, (row, column) => code.isDark(row, column))} fill="#000" />
    </svg>
  );
}

/** Each run of dark modules of a row, as one rectangle: `M4 4h7v1h-7z`. */
function outline(modules: number, isDark: (row: number, column: number) => boolean): string {
  const runs: string[] = [];
  for (let row = 0; row < modules; row += 1) {
    let start = 0;
    for (let column = 0; column <= modules; column += 1) {
      if (column < modules && isDark(row, column)) continue;
      const length = column - start;
      if (length > 0) runs.push(`M${start + QUIET} ${row + QUIET}h${length}v1h-${length}z`);
      start = column + 1;
    }
  }
  return runs.join('');
}
