import type { Command } from './command.ts';
import { jsonDocument } from './format.ts';

export const config: Command = {
  name: 'config',
  group: 'operate',
  summary: 'Show, check or describe the configuration',
  args: [{ form: '<verb>', help: 'what to do', choices: ['show', 'path', 'validate', 'schema'] }],
  examples: [
    ['portolan config show', 'every setting, and where it comes from'],
    ['portolan config validate --config ./portolan.yaml', 'check a file, with line and column'],
    ['portolan config schema > portolan.schema.json', 'for completion in your editor'],
  ],
  async run(shell, { args }) {
    const { loadConfig, configSchema } = await import('../io/config.ts');
    const { PortolanError } = await import('../base/errors.ts');
    const loaded = loadConfig({ file: shell.configFile, env: shell.env });
    switch (args[0]) {
      case 'path':
        shell.out(`${loaded.files.join('\n')}${loaded.files.length > 0 ? '\n' : ''}`);
        if (loaded.files.length === 0) shell.say('No configuration file: safe defaults are used.');
        return 0;
      case 'schema':
        shell.out(`${JSON.stringify(configSchema(), undefined, 2)}\n`);
        return 0;
      case 'show': {
        const { settings, origins, files } = loaded;
        const shown = { files, settings, origins };
        shell.out(
          shell.json
            ? jsonDocument('config', shown)
            : Object.entries(settings)
                .map(
                  ([key, value]) =>
                    `${key}: ${JSON.stringify(value)}  # ${origins[key] ?? 'default'}\n`,
                )
                .join(''),
        );
        return 0;
      }
      case 'validate':
        shell.say(
          loaded.files.length === 0
            ? 'There is no configuration file to check.'
            : `${loaded.files.join(', ')}: no problem found.`,
        );
        return 0;
      default:
        throw new PortolanError('E_USAGE', `There is no "config ${args[0] ?? ''}"`, {
          remedy: 'Use: portolan config show (or path, validate, schema)',
        });
    }
  },
};
