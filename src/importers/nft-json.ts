/** Steps into JSON that somebody else wrote: what is not there, or is another thing, is empty. */
type Json = Readonly<Record<string, unknown>>;

/** Elements of one list that are looked at. */
const CAP = 65_536;
const NOTHING: Json = {};

export function objectOf(value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return NOTHING;
  return { ...value };
}

export function arrayOf(value: unknown): readonly unknown[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  return items.slice(0, CAP);
}

/** The objects in a list. */
export function listed(value: unknown): readonly Json[] {
  return arrayOf(value).map(objectOf);
}

export function textOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.slice(0, 1024) : '';
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}
