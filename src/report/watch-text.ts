/** A text that is shown again whenever it has changed. */

const CLEAR = '\u001b[H\u001b[2J\u001b[3J';

/** In place of what the terminal showed before. */
export function onScreen(text: string, now: number, everyMs: number): string {
  return `${CLEAR}${text}\n${secondsText(now)}, every ${everyMs / 1000} s; Ctrl-C ends\n`;
}

/** Below what was said before. */
export function stamped(text: string, now: number): string {
  return `${secondsText(now)}\n${text}\n`;
}

/** `2026-01-05 10:00:03 UTC` */
function secondsText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
