import type { Command, Option } from './command.ts';

/** @param all the commands, this one included, which is why they come late */
export const completion = (all: () => readonly Command[]): Command => ({
  name: 'completion',
  group: 'operate',
  summary: 'Print a completion script for your shell',
  args: [{ form: '<shell>', help: 'whose', choices: ['bash', 'zsh', 'fish'] }],
  examples: [
    ['source <(portolan completion bash)', 'for this session'],
    ['portolan completion fish > ~/.config/fish/completions/portolan.fish', 'for good'],
  ],
  async run(shell, { args }) {
    const { PortolanError } = await import('../base/errors.ts');
    const script = SCRIPTS[args[0] ?? ''];
    if (script === undefined) {
      throw new PortolanError('E_USAGE', `There is no completion for "${args[0] ?? ''}"`, {
        remedy: 'Use: portolan completion bash (or zsh, fish)',
      });
    }
    shell.out(script(all()));
    return 0;
  },
});

const SCRIPTS: Readonly<Record<string, (commands: readonly Command[]) => string>> = {
  bash,
  zsh: (commands) =>
    `#compdef portolan\nautoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`,
  fish,
};

function bash(commands: readonly Command[]): string {
  const cases = commands.map(
    (command) =>
      `    ${command.name}) words="${[...words(command), ...flags(command)].join(' ')}" ;;`,
  );
  return `_portolan() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  [ "$COMP_CWORD" -eq 1 ] && words="${[...commands.map(({ name }) => name), 'help'].join(' ')}"
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _portolan portolan
`;
}

function fish(commands: readonly Command[]): string {
  const names = commands.map(
    ({ name, summary }) =>
      `complete -c portolan -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
  );
  const options = commands.flatMap((command) =>
    (command.options ?? []).map((option) => {
      const long = longName(option).slice(2);
      return `complete -c portolan -n "__fish_seen_subcommand_from ${command.name}" -l ${long} -d ${quoted(option.help)}`;
    }),
  );
  return `${[...names, ...options].join('\n')}\n`;
}

/** The fixed words of its arguments. */
function words(command: Command): string[] {
  return (command.args ?? []).flatMap(({ choices }) => choices ?? []);
}

function flags(command: Command): string[] {
  return [...(command.options ?? []).map(longName), '--json', '--help'];
}

function longName(option: Option): string {
  return /--[a-z-]+/.exec(option.flags)?.[0] ?? option.flags;
}

/** Our own words, but a quotation mark in one must not end the string. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
