/** What is wrong with the endpoints and controls of a study: names that name nothing, roles that they cannot stand for, tests that so few blocks cannot pass. */
import { didYouMean } from '../notation/issue.ts';
import type { SearchDocument } from '../search-space/document.ts';
import type { Placed } from '../search-space/place.ts';
import { kindOf } from './kinds/table.ts';
import { namesIn } from './place.ts';
import { fitsRole, roleTable } from './roles.ts';
import { controlAlpha, type StudyDocument } from './schema.ts';

/** `searches`: of the conditions whose documents are sound. */
export const endpointIssues = (
  study: StudyDocument,
  plain: unknown,
  searches: Readonly<Record<string, SearchDocument>>,
): Placed[] => [...namedIssues(study, plain, searches), ...powerlessIssues(study)];

function namedIssues(
  { assays, primary, secondary, controls }: StudyDocument,
  plain: unknown,
  searches: Readonly<Record<string, SearchDocument>>,
): Placed[] {
  const names = namesIn(plain, 'assays');
  const repeated = secondary.findIndex(
    ({ role }, i) => role !== undefined && secondary.findIndex((each) => each.role === role) < i,
  );
  const endpoints = [
    ...(primary === undefined ? [] : [[['primary'], primary] as const]),
    ...secondary.map((each, i) => [['secondary', i], each] as const),
    ...controls.map((each, i) => [['controls', i], each] as const),
  ];
  const issues = endpoints.flatMap(([path, { assay, measure }]): Placed[] => {
    const found = Object.hasOwn(assays, assay) ? assays[assay] : undefined;
    if (found === undefined)
      return names.includes(assay) ? [] : [unknownName([...path, 'assay'], 'assay', assay, names)];
    const { measures } = kindOf(found);
    return measures.includes(measure)
      ? []
      : [unknownName([...path, 'measure'], 'measure', measure, measures)];
  });
  if (repeated >= 0)
    issues.push({
      code: 'role-twice',
      path: ['secondary', repeated, 'role'],
      message: 'another endpoint stands for this already',
      hint: 'give the role to one of them',
    });
  secondary.forEach(({ role, assay, measure }, i) => {
    const of = Object.hasOwn(assays, assay) ? assays[assay] : undefined;
    if (role === undefined || of === undefined) return;
    const candidate = {
      ...{ assay: of, measure },
      evolving: of.conditions.map((condition) => searches[condition]?.evolution.condition ?? null),
      primary: primary === undefined ? undefined : assays[primary.assay],
    };
    if (!fitsRole(role, candidate))
      issues.push({
        code: 'role-misfit',
        path: ['secondary', i, 'role'],
        message: `\`${role}\` is for ${roleTable[role].is}`,
        hint: 'leave the role out',
        reads: [['primary'], ['conditions'], ['assays']],
      });
  });
  if (primary === undefined && secondary.length > 0)
    issues.push({
      code: 'no-primary',
      path: ['secondary'],
      message: 'secondary endpoints are tested only where the primary one holds, and there is none',
      hint: 'give `primary`, or leave them out',
      ...{ atKey: true, reads: [['primary']] },
    });
  return issues;
}

/** With n blocks no p can be below 2^-n. */
function powerlessIssues(study: StudyDocument): Placed[] {
  const { primary, controls, assays, blocks } = study;
  const inBlocks = (assay: string) =>
    Math.min(
      blocks,
      ...(Object.hasOwn(assays, assay) ? assays[assay]!.conditions : []).map(
        (condition) => study.conditions[condition]?.blocks ?? blocks,
      ),
    );
  const tests = [
    ...(primary === undefined ? [] : [[['primary', 'alpha'], primary, primary.alpha] as const]),
    // By Holm the smallest p of all must be so small, and which one that is nobody knows before.
    ...study.secondary.map(
      (each, i) => [['secondary', i], each, (primary?.alpha ?? 1) / study.secondary.length] as const,
    ),
    ...controls.flatMap((control, i) =>
      control.expect === 'above' ? [[['controls', i], control, controlAlpha] as const] : [],
    ),
  ];
  const impossible = tests
    .map(([path, { assay }, alpha]) => [path, inBlocks(assay), alpha] as const)
    .filter(([, count, alpha]) => 2 ** -count > alpha);
  // Of one block a t test says nothing.
  const untested = controls.flatMap(({ expect, assay }, i): Placed[] =>
    expect === 'none' && inBlocks(assay) < 2
      ? [
          {
            code: 'too-few-blocks',
            path: ['controls', i],
            message: 'in one block nothing can be shown to be none',
            hint: 'give at least 3 blocks',
            reads: [['blocks']],
          },
        ]
      : [],
  );
  const margins = controls.flatMap(({ expect, margin }, i): Placed[] =>
    (expect === 'none') === (margin !== undefined)
      ? []
      : [
          {
            code: 'margin',
            path: ['controls', i],
            message:
              expect === 'none'
                ? '`none` needs a margin: within what is a mean as good as none?'
                : 'a margin belongs to `none`',
            hint: 'write `expect: none` with `margin: 0.1`',
          },
        ],
  );
  return [
    ...margins,
    ...untested,
    ...impossible.slice(0, 1).map(
      ([path, count, alpha]): Placed => ({
        code: 'too-few-blocks',
        path: [...path],
        message: `with ${count} blocks no p can be below ${2 ** -count}, and this asks for ${Number(alpha.toPrecision(3))}`,
        hint: `give at least ${Math.ceil(-Math.log2(alpha))} blocks`,
        reads: [['blocks']],
      }),
    ),
  ];
}

/** A name that names nothing. */
export const unknownName = (
  path: Placed['path'],
  what: string,
  name: string,
  names: readonly string[],
): Placed => ({
  code: `unknown-${what.replaceAll(' ', '-')}`,
  path,
  message: `there is no ${what} \`${name}\``,
  hint: didYouMean(name, names) ?? (names.length === 0 ? `define it first` : `there are ${names.join(', ')}`),
});
