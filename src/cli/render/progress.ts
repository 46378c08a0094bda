/** The line that tells how far an upload or a download is. */
import { cut, displayWidth, visible } from './ansi.ts';
import { bar, bytesText } from './bar.ts';

export interface Progress {
  /** The file that is on its way. */
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly elapsedMs: number;
}

const BAR_CELLS = 20;
const LEAST_LABEL = 8;
/** A rate over less than this is noise. */
const LEAST_RATE_MS = 200;

/** It takes less than `width` columns: the bar gives way first, then the rate, then the label. */
export function progressLine({ label, done, total, elapsedMs }: Progress, width: number): string {
  const share = total === 0 ? 1 : Math.min(done / total, 1);
  const percent = `${String(Math.floor(share * 100))}%`.padStart(4);
  const amount = `${bytesText(done)} of ${bytesText(total)}`;
  const rate = elapsedMs < LEAST_RATE_MS ? '' : `${bytesText(Math.round((done / elapsedMs) * 1000))}/s`;
  const forms = [[bar(share, BAR_CELLS), percent, amount, rate], [percent, amount, rate], [percent, amount], [percent]];
  const name = visible(label);
  for (const form of forms) {
    const numbers = form.filter((part) => part !== '').join('  ');
    const room = width - 1 - displayWidth(numbers) - 2;
    if (room >= Math.min(displayWidth(name), LEAST_LABEL)) return `${cut(name, room)}  ${numbers}`;
  }
  return cut(percent.trim(), Math.max(width - 1, 0));
}
