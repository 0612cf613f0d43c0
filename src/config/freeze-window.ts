/** A span in which nothing is deployed, as a configuration writes it: every week, or between two dates. */

/** Every week. Days count from Sunday, 0; minutes from midnight. */
export interface WeekMoment {
  readonly day: number;
  readonly minute: number;
}

export interface FreezeWindow {
  readonly span:
    | { readonly kind: 'weekly'; readonly from: WeekMoment; readonly to: WeekMoment }
    /** What a clock on the wall shows, as milliseconds as if it were UTC; `to` is the first moment after. */
    | { readonly kind: 'once'; readonly fromWallMs: number; readonly toWallMs: number };
  /** A name of the time zone database. */
  readonly zone: string;
  readonly reason: string;
  /** As written: `Fri 16:00 to Mon 08:00, Europe/Berlin`. */
  readonly text: string;
}

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const TIME = String.raw`([01]?\d|2[0-3]):([0-5]\d)`;
const WEEKLY = new RegExp(`^([A-Za-z]{3,9}) ${TIME}$`);
const DATE = new RegExp(`^(\\d{4})-(\\d\\d)-(\\d\\d)(?:[ T]${TIME})?$`);

/** `Fri 16:00`; undefined where it is none. */
export function weekMoment(written: string): WeekMoment | undefined {
  const [, name = '', hour, minute] = WEEKLY.exec(written) ?? [];
  const wanted = name.toLowerCase();
  const day = DAYS.findIndex((one) => one === wanted || one.slice(0, 3) === wanted);
  return day < 0 ? undefined : { day, minute: Number(hour) * 60 + Number(minute) };
}

/** What the wall shows then, ms; a date alone begins with its day, or ends with it. */
export function wallMoment(written: string, end: 'begins' | 'ends'): number | undefined {
  const [, year, month, day, hour, minute] = DATE.exec(written) ?? [];
  if (year === undefined) return undefined;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const isDay = new Date(midnight).toISOString().startsWith(written.slice(0, 10));
  if (!isDay) return undefined;
  if (hour === undefined) return midnight + (end === 'ends' ? 86_400_000 : 0);
  return midnight + (Number(hour) * 60 + Number(minute)) * 60_000;
}

export function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}
