import { pref } from '../prefs.ts';

export type Language = 'en' | 'de';

function chosen(): Language {
  const wish = pref('language');
  if (wish !== 'system') return wish;
  return navigator.language.toLowerCase().startsWith('de') ? 'de' : 'en';
}

/** Chosen when the dashboard is loaded; another one loads it anew. */
export const language: Language = chosen();

/** Spread onto what the server says in its own words, which are English (WCAG 3.1.2). */
export const inEnglish: { readonly lang?: 'en' } = language === 'en' ? {} : { lang: 'en' };

/** For numbers and dates: the person's own kind of that language, `en-GB`. */
export const locale: string =
  navigator.languages.find((one) => one.toLowerCase().startsWith(language)) ?? language;

/**
 * The words of one part of the dashboard. Every text that a person sees is a key of such a section, and
 * a sentence with a hole is a function: `words(en, de)` of `words/en/NAME.ts` and `words/de/NAME.ts`.
 */
export function words<Section>(en: Section, de: NoInfer<Section>): Section {
  return language === 'de' ? de : en;
}

const plurals = new Intl.PluralRules(language);

/** `plural(n, 'device', 'devices')`: English and German both have just these two. */
export function plural(count: number, one: string, other: string): string {
  return plurals.select(count) === 'one' ? one : other;
}
