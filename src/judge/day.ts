/**
 * Days of the calendar in UTC, without a clock. The arithmetic counts years from March, so that a leap day is the last
 * day of its year: https://howardhinnant.github.io/date_algorithms.html
 */

const DAY_MS = 86_400_000;
const ERA_DAYS = 146_097;
/** From 0000-03-01 to 1970-01-01. */
const EPOCH_DAYS = 719_468;

/** The day of a moment: `2027-03-31`. */
export function dayOf(epochMs: number): string {
  const days = Math.floor(epochMs / DAY_MS) + EPOCH_DAYS;
  const era = Math.floor(days / ERA_DAYS);
  const inEra = days - era * ERA_DAYS;
  const years = Math.floor(
    (inEra - Math.floor(inEra / 1460) + Math.floor(inEra / 36_524) - Math.floor(inEra / 146_096)) /
      365,
  );
  const inYear = inEra - (365 * years + Math.floor(years / 4) - Math.floor(years / 100));
  const fromMarch = Math.floor((5 * inYear + 2) / 153);
  const day = inYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = years + era * 400 + (month <= 2 ? 1 : 0);
  return [String(year).padStart(4, '0'), two(month), two(day)].join('-');
}

const two = (number: number) => String(number).padStart(2, '0');

/** Days since 1970-01-01; undefined for what is no day of the calendar. */
export function dayNumber(day: string): number | undefined {
  const [whole, y = '', m = '', d = ''] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? [];
  if (whole === undefined) return undefined;
  const month = Number(m);
  const year = Number(y) - (month <= 2 ? 1 : 0);
  const era = Math.floor(year / 400);
  const inEra = year - era * 400;
  const inYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + Number(d) - 1;
  const days = inEra * 365 + Math.floor(inEra / 4) - Math.floor(inEra / 100) + inYear;
  const number = era * ERA_DAYS + days - EPOCH_DAYS;
  return dayOf(number * DAY_MS) === day ? number : undefined;
}
