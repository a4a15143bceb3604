import type { signIn as en } from '../en/sign-in.ts';

export const signIn: typeof en = {
  title: 'Anmelden',
  name: 'Name',
  password: 'Passwort',
  totp: 'Sechs Ziffern aus Ihrer Authenticator-App',
  totpHint: 'Nur, wenn Ihr Konto danach fragt',
  show: 'Passwort zeigen',
  enter: 'Anmelden',
  entering: 'Anmeldung läuft …',
  setup: 'Portolan einrichten',
  setupLead: 'Sie kommen über den Einmal-Link. Legen Sie das erste Konto an: Es darf alles.',
  needLink: 'Noch hat niemand ein Konto',
  needLinkText:
    'Das erste entsteht über den Einmal-Link, den Portolan beim Start ausgegeben hat. Öffnen Sie ihn in diesem Browser.',
  byCommand:
    'Der Link ist verbraucht oder verloren? Ein Neustart von Portolan gibt einen neuen aus, oder am Server:',
  opening: 'Der Einmal-Link wird geöffnet …',
  linkFailed: 'Der Einmal-Link hat nicht funktioniert',
  repeat: 'Passwort noch einmal',
  length: (least) =>
    `Mindestens ${least} Zeichen. Am besten ein paar Wörter, die zu Ihnen gehören.`,
  tooShort: (least) => `Mindestens ${least} Zeichen sind nötig.`,
  different: 'Die beiden sind nicht gleich.',
  make: 'Konto anlegen und weiter',
};
