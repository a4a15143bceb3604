export const signIn = {
  title: 'Sign in',
  name: 'Name',
  password: 'Password',
  totp: 'Six digits of your authenticator',
  totpHint: 'Only if your account asks for them',
  show: 'Show password',
  enter: 'Sign in',
  entering: 'Signing in …',
  setup: 'Set up Portolan',
  setupLead: 'You came by the one-time link. Make the first account: it may do everything.',
  needLink: 'Nobody has an account yet',
  needLinkText:
    'The first one is made by the one-time link that Portolan printed when it started. Open that link in this browser.',
  byCommand: 'The link is used up or lost? Restart Portolan for another one, or on the server:',
  opening: 'Opening the one-time link …',
  linkFailed: 'The one-time link did not work',
  repeat: 'Password again',
  length: (least: number) =>
    `At least ${least} characters. A few words that belong to you are best.`,
  tooShort: (least: number) => `At least ${least} characters are needed.`,
  different: 'The two are not the same.',
  make: 'Make account and go on',
};
