/** The text of `--help`, made from the table of options. */
import { OPTIONS, OPTION_FIELDS, envOf, flagOf, printDefault } from './options.ts';
import { wrap } from './wrap.ts';

const WIDTH = 100;

export function helpText(): string {
  const options = OPTION_FIELDS.map((field) => {
    const { kind, why } = OPTIONS[field];
    return [
      `  ${flagOf(field)}  (${envOf(field)}; default ${printDefault(field)})`,
      ...wrap(`${why.replaceAll('`', '')} Give ${kind.allowed}.`, WIDTH - 6).map((line) => `      ${line}`),
    ].join('\n');
  });
  return [
    'Sluice serves ONNX models over gRPC.',
    '',
    'Usage: npm start -- [up | serve | admin] [--option=value | --option value]...',
    '',
    'up (the default) runs one admin and some serve processes; serve and admin run one of them alone.',
    'What operators can do with a running server: npx sluice help',
    '',
    'Flags win over environment variables. True-or-false options are --x and --no-x.',
    '',
    ...options,
    '  --help, -h',
    '      Prints this text.',
    '  --version',
    '      Prints the version.',
    '',
  ].join('\n');
}
