/** Trees with the traits of their tips in NEXUS (Maddison, Swofford and Maddison 1997): taxa, a matrix of standard characters, trees. */
import type { BlockTraits } from './block-traits.ts';
import { type DrawnTree, tipsOf } from './drawn-tree.ts';
import { newickLabel, newickLines } from './newick.ts';

/** States that a character can have: NEXUS tells no capitals from small letters. */
const symbols = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** `traits`: of the nodes of the record. */
export function* nexusLines(
  tree: DrawnTree,
  name: (node: number) => string,
  traits: BlockTraits,
): Generator<string> {
  const tips = tipsOf(tree).map((tip) => tree.node[tip]!);
  const characters = traits.names.map((trait, column) => ({
    trait,
    column,
    states: [...new Set(tips.map((tip) => traits.of(tip)[column]!))].toSorted((a, b) =>
      a.localeCompare(b, 'en', { numeric: true }),
    ),
  }));
  const written = characters.filter(({ states }) => states.length <= symbols.length);
  const label = (tip: number) => newickLabel(name(tip));
  yield '#NEXUS';
  for (const { trait, states } of characters)
    if (states.length > symbols.length) yield `[left out: ${trait}, which has ${states.length} states]`;
  yield* ['BEGIN TAXA;', `  DIMENSIONS NTAX=${tips.length};`, '  TAXLABELS'];
  for (const tip of tips) yield `    ${label(tip)}`;
  yield* ['  ;', 'END;'];
  yield* ['BEGIN CHARACTERS;', `  DIMENSIONS NCHAR=${written.length};`];
  yield `  FORMAT DATATYPE=STANDARD MISSING=? GAP=- SYMBOLS="${symbols}";`;
  yield '  CHARSTATELABELS';
  yield written
    .map(
      ({ trait, states }, i) => `    ${i + 1} ${newickLabel(trait)} / ${states.map(newickLabel).join(' ')}`,
    )
    .join(',\n');
  yield* ['  ;', '  MATRIX'];
  for (const tip of tips) {
    const values = traits.of(tip);
    yield `    ${label(tip)} ${written.map(({ column, states }) => symbols[states.indexOf(values[column]!)]).join('')}`;
  }
  yield* ['  ;', 'END;', 'BEGIN TREES;'];
  let trees = 0;
  for (const line of newickLines(tree, name)) yield `  TREE tree${++trees} = [&R] ${line}`;
  yield 'END;';
}
