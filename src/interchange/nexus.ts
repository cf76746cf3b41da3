/** Trees with the traits of their tips in NEXUS (Maddison, Swofford and Maddison 1997): taxa, a matrix of standard characters, trees. */
import type { BlockTraits } from './block-traits.ts';
import { type DrawnTree, tipsOf } from './drawn-tree.ts';
import { newickLabel, newickLines } from './newick.ts';

/** States that a character can have: NEXUS tells no capitals from small letters. */
const symbols = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** For a trait that is not defined. */
const gap = '-';

/** What NEXUS and its readers look for: some, as R's ape, do so line by line and within quotes too. */
const commandWords =
  /\b(begin|characters|charstatelabels|charlabels|data|dimensions|end|endblock|format|interleave|matrix|nchar|nexus|ntax|statelabels|symbols|taxa|taxlabels|translate|trees?|utree|missing|gap)\b/gi;

const withoutCommands = (name: string) => name.replaceAll(commandWords, '$&_');

/** Names of characters or of the states of one: no command word stands by itself, and no two are the same but for capitals. */
function labelsOf(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let label = withoutCommands(name);
    while (taken.has(label.toLowerCase())) label += '_';
    taken.add(label.toLowerCase());
    return newickLabel(label);
  });
}

/**
 * `name` and `traits` are of the nodes of the record. Command words within names get an underscore behind them, as in `matrix_`: readers take them for commands
 * even in quotes. Traits of more than 36 states are left out, and a comment says so; a trait that is not defined is a gap.
 */
export function* nexusLines(
  tree: DrawnTree,
  name: (node: number) => string,
  traits: BlockTraits,
): Generator<string> {
  const tips = tipsOf(tree).map((tip) => tree.node[tip]!);
  const taxon = (node: number) => withoutCommands(name(node));
  const characters = traits.names.map((trait, column) => ({
    trait,
    column,
    states: [...new Set(tips.map((tip) => traits.of(tip)[column]!))]
      .filter((state) => state !== '')
      .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })),
  }));
  yield '#NEXUS';
  for (const { trait, states } of characters)
    if (states.length > symbols.length)
      yield `[left out: ${withoutCommands(trait).replaceAll(/[[\]\s]+/g, ' ')}, which has ${states.length} states]`;
  yield* ['BEGIN TAXA;', `  DIMENSIONS NTAX=${tips.length};`, '  TAXLABELS'];
  for (const tip of tips) yield `    ${newickLabel(taxon(tip))}`;
  yield* ['  ;', 'END;'];
  yield* characterLines(
    tips.map((tip) => ({ label: newickLabel(taxon(tip)), values: traits.of(tip) })),
    characters.filter(({ states }) => states.length <= symbols.length),
  );
  yield 'BEGIN TREES;';
  let trees = 0;
  for (const line of newickLines(tree, taxon)) yield `  TREE tree${++trees} = [&R] ${line}`;
  yield 'END;';
}

interface Character {
  readonly trait: string;
  /** Of the values of a tip. */
  readonly column: number;
  readonly states: readonly string[];
}

/** The matrix, with a symbol for each state of each character; nothing where there is no character. */
function* characterLines(
  tips: readonly { readonly label: string; readonly values: readonly string[] }[],
  characters: readonly Character[],
): Generator<string> {
  if (characters.length === 0) return;
  yield* ['BEGIN CHARACTERS;', `  DIMENSIONS NCHAR=${characters.length};`];
  yield `  FORMAT DATATYPE=STANDARD MISSING=? GAP=${gap} SYMBOLS="${symbols}";`;
  yield '  CHARSTATELABELS';
  const traits = labelsOf(characters.map(({ trait }) => trait));
  yield characters
    .map(({ states }, i) => {
      const labels = labelsOf(states);
      return `    ${i + 1} ${traits[i]}${labels.length === 0 ? '' : ` / ${labels.join(' ')}`}`;
    })
    .join(',\n');
  yield* ['  ;', '  MATRIX'];
  const symbolsOf = characters.map(({ states }) => new Map(states.map((state, i) => [state, symbols[i]!])));
  for (const { label, values } of tips)
    yield `    ${label} ${characters.map(({ column }, i) => symbolsOf[i]!.get(values[column]!) ?? gap).join('')}`;
  yield* ['  ;', 'END;'];
}
