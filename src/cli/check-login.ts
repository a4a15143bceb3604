import type { Command } from './command.ts';

export const checkLogin: Command = {
  name: 'check-login',
  group: 'act',
  summary: 'Whether a device takes a login of your own: once an account, after asking without',
  args: [
    { form: '<device>', help: 'id, name, address or MAC' },
    { form: '<port>', help: 'of a service that was seen: http, rtsp or mqtt' },
  ],
  options: [
    { flags: '--user <name>', help: 'your account' },
    { flags: '--password-file <file>', help: 'its password, on the first line of a file' },
    { flags: '--i-am-authorised <reason>', help: 'why you may; written to the audit log' },
    {
      flags: '--in-the-clear',
      help: 'also where whoever listens can read the password',
    },
  ],
  examples: [
    [
      'portolan check-login camera 80 --user admin --password-file ~/camera --i-am-authorised "my own"',
      'does it still have the password that I wrote down',
    ],
  ],
  async run(shell, input) {
    const { runCheckLogin } = await import('./check-login-run.ts');
    return runCheckLogin(shell, input);
  },
};
