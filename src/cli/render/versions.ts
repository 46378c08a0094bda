/** Models and versions as people read them. */
import type { Model__Output } from '../../transport/gen/sluice/admin/v1/Model.ts';
import type { Qualification__Output } from '../../transport/gen/sluice/admin/v1/Qualification.ts';
import type { TensorSignature__Output } from '../../transport/gen/sluice/admin/v1/TensorSignature.ts';
import type { Version__Output } from '../../transport/gen/sluice/admin/v1/Version.ts';
import type { Weights__Output } from '../../transport/gen/sluice/admin/v1/Weights.ts';
import { structJson } from '../json-codec.ts';
import { optionalMs } from '../wire.ts';
import { paint, visible } from './ansi.ts';
import type { Look } from './ansi.ts';
import { bytesText, percent, weightText } from './bar.ts';
import { loadingCell, qualificationCell, stateCell } from './states.ts';
import { fieldLines, tableLines } from './table.ts';
import type { Cell } from './table.ts';
import { ago, clock, span, when } from './time.ts';

const SHORT_DIGEST = 12;

type Field = readonly [name: string, value: Cell];

export function modelLines(models: readonly Model__Output[], look: Look): string[] {
  if (models.length === 0) return ['There are no models yet; "sluice register MODEL model.onnx" makes the first one.'];
  return tableLines(
    {
      columns: [
        { title: 'MODEL', atLeast: 12 },
        { title: 'VERSIONS', align: 'right' },
        { title: 'LATEST', atLeast: 10 },
        { title: 'EPOCH', align: 'right' },
        { title: 'TRAFFIC', atLeast: 16 },
      ],
      rows: models.map(({ model, versions, latest, epoch, weights }) => [
        model,
        String(versions),
        latest,
        epoch.isZero() ? '' : epoch.toString(),
        weights.map(({ version, weight }) => `${version} ${percent(weight)}`).join(', '),
      ]),
    },
    look,
  );
}

export function versionTable(versions: readonly Version__Output[], look: Look): string[] {
  if (versions.length === 0) return ['No version matches.'];
  return tableLines(
    {
      columns: [
        { title: 'VERSION', atLeast: 16 },
        { title: 'STATE' },
        { title: 'STAGE', atLeast: 6 },
        { title: 'WEIGHT' },
        { title: 'ALIASES', atLeast: 7 },
        { title: 'SIZE', align: 'right', optional: true },
        { title: 'CREATED', align: 'right' },
        { title: 'DIGEST', atLeast: 6, optional: true },
        { title: 'DESCRIPTION', atLeast: 10 },
      ],
      rows: versions.map((version) => [
        version.version,
        stateCell(version.state),
        version.stage,
        version.weight === 0 ? '' : weightText(version.weight, look),
        version.aliases.join(', '),
        bytesText(version.bytes.toNumber()),
        ago(optionalMs(version.createdAt), look.now),
        version.digest.slice(0, SHORT_DIGEST),
        version.metadata?.description ?? '',
      ]),
    },
    look,
  );
}

/** All that is known about one version. */
export function versionLines(version: Version__Output, look: Look): string[] {
  const { model, createdAt, createdBy, deletedAt, aliases, bytes, files } = version;
  const summary: Field[] = [
    ['version', `${model} ${version.version}`],
    ['state', qualificationCell(version.state, look)],
    ['reason', version.reason],
    ['stage', version.stage],
    ['weight', weightText(version.weight, look)],
    ['warm', version.warm ? 'yes' : ''],
    ['aliases', aliases.join(', ')],
    ['digest', version.digest],
    ['size', `${bytesText(bytes.toNumber())} in ${files.length} ${files.length === 1 ? 'file' : 'files'}`],
    ['created', `${when(optionalMs(createdAt), look.now)} by ${createdBy}`],
    ['deleted', when(optionalMs(deletedAt), look.now)],
    ...metadataFields(version),
    ...(version.qualification === null ? [] : qualificationFields(version.qualification)),
  ];
  return [...fieldLines(summary, look), '', ...fileTable(version, look), ...instanceTable(version, look)];
}

function metadataFields({ metadata }: Version__Output): Field[] {
  if (metadata === null) return [];
  const extra = metadata.extra === null ? {} : structJson(metadata.extra);
  return [
    ['description', metadata.description],
    ['tags', pairs(metadata.tags)],
    ['model type', metadata.modelType],
    ['framework', metadata.framework],
    ['metrics', pairs(metadata.metrics)],
    ['parameters', pairs(metadata.parameters)],
    ['training data', metadata.trainingData],
    ['training data digest', metadata.trainingDataDigest],
    ['code commit', metadata.codeCommit],
    ['dependency lock digest', metadata.dependencyLockDigest],
    ['source', metadata.source],
    ['parent', metadata.parent],
    ['extra', Object.keys(extra).length === 0 ? '' : JSON.stringify(extra)],
  ];
}

function pairs(map: Readonly<Record<string, string | number>>): string {
  return Object.entries(map)
    .map(([key, value]) => (value === '' ? key : `${key}=${value}`))
    .join(', ');
}

function qualificationFields(report: Qualification__Output): Field[] {
  const batch = `${span(report.batchRunMs)} for ${report.batchRows} rows`;
  return [
    ['inputs', report.inputs.map(tensorText).join(', ')],
    ['outputs', report.outputs.map(tensorText).join(', ')],
    ['not served', report.skippedOutputs.join(', ')],
    ['batching', report.batchable ? `proven, ${batch}` : `off: ${report.batchingReason}`],
    ['load, run', `${span(report.loadMs)}, ${span(report.singleRunMs)}`],
    ['memory', bytesText(report.memoryBytes.toNumber())],
    ['weights', report.weights === null ? '' : weightsText(report.weights)],
  ];
}

function weightsText({ layout, reason, sharedBytes }: Weights__Output): string {
  const mapped = layout === 'shared' ? `, ${bytesText(sharedBytes.toNumber())} mapped` : '';
  return `${layout}${mapped}: ${reason}`;
}

function tensorText({ name, datatype, shape }: TensorSignature__Output): string {
  return `${name} ${datatype}[${shape.map((size) => (size.isNegative() ? '?' : size.toString())).join(',')}]`;
}

function fileTable({ files }: Version__Output, look: Look): string[] {
  const columns = [
    { title: 'FILE', atLeast: 12 },
    { title: 'SIZE', align: 'right' as const },
    { title: 'SHA256', atLeast: 12 },
  ];
  const rows = files.map(({ path, size, sha256 }) => [path, bytesText(size.toNumber()), sha256]);
  return tableLines({ columns, rows }, look);
}

function instanceTable({ instances }: Version__Output, look: Look): string[] {
  if (instances.length === 0) return [];
  const columns = [
    { title: 'INSTANCE', atLeast: 12 },
    { title: 'STATE' },
    { title: 'SINCE', align: 'right' as const },
    { title: 'REASON', atLeast: 10 },
  ];
  const rows = instances.map(({ instance, state, reason, since }) => [
    instance,
    loadingCell(state, look),
    ago(optionalMs(since), look.now),
    reason,
  ]);
  return ['', ...tableLines({ columns, rows }, look)];
}

/** One line for a version that is watched; what it is doing on each serve process included. */
export function versionLine({ model, version, state, reason, instances }: Version__Output, look: Look): string {
  const { text, style } = qualificationCell(state, look);
  const head = `${clock(look.now)}  ${visible(model)} ${visible(version)}  `;
  const where = instances.map((each) => `, ${visible(each.instance)} ${visible(loadingCell(each.state, look).text)}`);
  const tail = `${reason === '' ? '' : `: ${visible(reason)}`}${where.join('')}`;
  return `${head}${paint(visible(text), style, look.colour)}${tail}`;
}
