/** What a shell offers on Tab, as a script to be sourced. */
import { completionRows } from '../completion-rows.ts';
import { completionScript } from '../completion-script.ts';
import type { Shell } from '../completion-script.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';

const WAYS: Readonly<Record<Shell, string>> = {
  bash: 'In ~/.bashrc: source <(sluice completions bash)',
  zsh: 'In ~/.zshrc, after compinit: source <(sluice completions zsh)',
  fish: 'Once: sluice completions fish > ~/.config/fish/completions/sluice.fish',
};

/** @param commands all there are, these among them. */
export function completionCommands(commands: () => readonly Command[]): readonly Command[] {
  return (['bash', 'zsh', 'fish'] as const).map((shell) => ({
    name: `completions ${shell}`,
    operands: [],
    flags: [],
    summary: `Prints what ${shell} needs to complete commands, flags, and the names of models and versions.`,
    details: [
      WAYS[shell],
      'Names come from the admin process; where it does not answer within half a second there are none.',
    ],
    examples: [`completions ${shell}`],
    run: async ({ screen }) => {
      const script = await completionScript(shell, completionRows(commands()));
      screen.show({ shell, script }, () => script.trimEnd().split('\n'));
      return EXIT.done;
    },
  }));
}
