/** Traffic policies and epochs as people read them. */
import type { Epoch__Output } from '../../transport/gen/sluice/admin/v1/Epoch.ts';
import type { InstanceEpoch__Output } from '../../transport/gen/sluice/admin/v1/InstanceEpoch.ts';
import type { MatchRule__Output } from '../../transport/gen/sluice/admin/v1/MatchRule.ts';
import type { TrafficPolicy__Output } from '../../transport/gen/sluice/admin/v1/TrafficPolicy.ts';
import type { TrafficReply__Output } from '../../transport/gen/sluice/admin/v1/TrafficReply.ts';
import { optionalMs } from '../wire.ts';
import { paint, visible } from './ansi.ts';
import type { Look } from './ansi.ts';
import { percent, weightText } from './bar.ts';
import { tableLines } from './table.ts';
import { ago, clock, instant } from './time.ts';

const SHORT_DIGEST = 12;

/** The policy with who made it, and where it is in force. */
export function trafficLines(reply: TrafficReply__Output, look: Look): string[] {
  const { epoch } = reply;
  if (epoch === null) return ['The server told of no policy.'];
  return [
    ...epochHead(epoch, look),
    '',
    ...armTable(epoch, look),
    ...extraLines(epoch.policy),
    '',
    ...appliedLines(reply, look),
  ];
}

function epochHead({ model, epoch, actor, cause, reason, validFrom }: Epoch__Output, look: Look): string[] {
  const title = paint(`${visible(model)}, epoch ${epoch.toString()}`, 'bold', look.colour);
  const made = `${visible(cause)} by ${visible(actor)}, ${ago(optionalMs(validFrom), look.now)}`;
  return [title, `${made}${reason === '' ? '' : `: ${visible(reason)}`}`];
}

function armTable({ policy, digests }: Epoch__Output, look: Look): string[] {
  const arms = policy?.arms ?? [];
  const isNamed = arms.some(({ version, arm }) => arm !== '' && arm !== version);
  return tableLines(
    {
      columns: [
        { title: 'VERSION', atLeast: 16 },
        ...(isNamed ? [{ title: 'ARM', atLeast: 8 }] : []),
        look.bars ? { title: 'WEIGHT' } : { title: 'WEIGHT', align: 'right' },
        { title: 'DIGEST', atLeast: 6 },
      ],
      rows: arms.map(({ version, arm, weight }) => [
        version,
        ...(isNamed ? [arm] : []),
        weightText(weight, look),
        (digests[version] ?? '').slice(0, SHORT_DIGEST),
      ]),
    },
    look,
  );
}

/** What a policy has beside its weights. */
function extraLines(policy: TrafficPolicy__Output | null): string[] {
  if (policy === null) return [];
  const { rules, shadows, failOverTo, sticky, routingKeyHeader } = policy;
  return [
    ...rules.map((rule) => `rule ${visible(rule.name)}: ${visible(matchText(rule))} -> ${visible(rule.version)}`),
    ...shadows.map(({ version, share }) => `shadow ${visible(version)}: a copy of ${percent(share)} of the calls`),
    ...(failOverTo === '' ? [] : [`fail-over to ${visible(failOverTo)}`]),
    ...(sticky === false ? ['not sticky: routing keys keep no version'] : []),
    ...(routingKeyHeader === '' ? [] : [`routing key from ${visible(routingKeyHeader)}`]),
  ];
}

/** As --rule takes it. */
function matchText({ header, exact, prefix, oneOf, present }: MatchRule__Output): string {
  if (exact !== undefined) return `${header}=${exact}`;
  if (prefix !== undefined) return `${header}^=${prefix}`;
  if (oneOf) return `${header}|=${oneOf.values.join('|')}`;
  return present === true ? header : `!${header}`;
}

function appliedLines({ applied, instances, epoch }: TrafficReply__Output, look: Look): string[] {
  if (instances.length === 0) return [paint('no serve process is connected', 'yellow', look.colour)];
  if (applied) {
    const where = instances.length === 1 ? 'on the one serve process' : `on all ${instances.length} serve processes`;
    return [paint(`in force ${where}`, 'green', look.colour)];
  }
  const waiting = instances.filter((each) => epoch !== null && each.epoch.notEquals(epoch.epoch));
  const lines = waiting.length === 0 ? ['not in force yet'] : waiting.map(notYet);
  return lines.map((line) => paint(line, 'yellow', look.colour));
}

function notYet({ instance, epoch, reason }: InstanceEpoch__Output): string {
  const has = epoch.isZero() ? 'has none in force' : `has epoch ${epoch.toString()} in force`;
  return `${visible(instance)} ${has}${reason === '' ? '' : `: ${visible(reason)}`}`;
}

/** One line for a policy that is watched. */
export function trafficLine({ epoch, applied, instances }: TrafficReply__Output, look: Look): string {
  if (epoch === null) return clock(look.now);
  const head = `${clock(look.now)}  ${visible(epoch.model)} epoch ${epoch.epoch.toString()}`;
  const behind = instances.filter((each) => each.epoch.notEquals(epoch.epoch)).map(notYet);
  return `${head}  ${weightsText(epoch.policy)}  ${applied ? 'in force' : ['not yet', ...behind].join('; ')}`;
}

export function epochTable(epochs: readonly Epoch__Output[], look: Look): string[] {
  return tableLines(
    {
      columns: [
        { title: 'EPOCH', align: 'right' },
        { title: 'WEIGHTS', atLeast: 16 },
        { title: 'CAUSE' },
        { title: 'FROM' },
        { title: 'TO', optional: true },
        { title: 'BY', atLeast: 8 },
        { title: 'REASON', atLeast: 10 },
      ],
      rows: epochs.map(({ epoch, policy, cause, validFrom, validTo, actor, reason }) => [
        epoch.toString(),
        weightsText(policy),
        cause,
        instant(optionalMs(validFrom)),
        validTo === null ? { text: 'in force', style: 'green' as const } : instant(optionalMs(validTo)),
        actor,
        reason,
      ]),
    },
    look,
  );
}

/** "1 90%, 2 10%" and how many rules and shadows there are. */
function weightsText(policy: TrafficPolicy__Output | null): string {
  const arms = policy?.arms.map(({ version, weight }) => `${visible(version)} ${percent(weight)}`) ?? [];
  const rules = policy?.rules.length ?? 0;
  const shadows = policy?.shadows.map(({ version, share }) => `shadow ${visible(version)} ${percent(share)}`) ?? [];
  return [...arms, ...shadows, ...(rules === 0 ? [] : [`${rules} ${rules === 1 ? 'rule' : 'rules'}`])].join(', ');
}
