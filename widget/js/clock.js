// Times as the visitor reads them.

/** The last time that a date can have: a record may say anything. */
const LAST = 8.64e15;

const toTime = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const toDateAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Returns a time for machines, and directly behind it in words: with the date, unless that is today. */
export function clock(at) {
  const date = new Date(Math.min(Number(at), LAST));
  const isToday = date.toDateString() === new Date().toDateString();
  return date.toISOString() + (isToday ? toTime : toDateAndTime).format(date);
}
