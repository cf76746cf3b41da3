/** What is different between the ingredients that a run was begun with and those of this program, in words. */
import type { ContentGroup } from './breeding-content.ts';
import type { CodeGroup, Ingredients, Items } from './breeding-tables.ts';

interface Words {
  readonly one: string;
  /** Of a name whose value is another. */
  readonly changed: (name: string, was: string, is: string) => string;
  /** Told by another group, where names come and go. */
  readonly named?: boolean;
}

const version = (one: string): Words => ({
  one,
  changed: (name, was, is) => `${one} \`${name}\` does something else here (version ${is}, and was ${was})`,
});
const spec = (one: string): Words => ({
  one,
  changed: (name) => `${one} \`${name}\` is defined in another way`,
});
const text = (one: string): Words => ({
  one,
  changed: (name) => `${one} \`${name}\` is another text`,
});
const number = (one: string): Words => ({
  one,
  changed: (name, was, is) => `${one} ${name} is ${is} here and was ${was}`,
});

const words = {
  'architecture-operator': version('operator'),
  'rule-operator': version('operator'),
  'architecture-op': spec('architecture op'),
  'rule-op': spec('op of update rules'),
  activation: version('activation'),
  'init-scheme': version('init scheme'),
  growth: spec('the growth of random rules:'),
  scheme: version('scheme'),
  condition: version('condition'),
  part: version('part'),
  'known-architecture': text('known architecture'),
  'known-rule': text('known rule'),
  'founder-architecture': number('founder architecture'),
  'founder-rule': number('founder rule'),
  'panel-rule': number('panel rule'),
  'default-rate': {
    one: 'default rate',
    changed: (name, was, is) => `the default rate of \`${name}\` is ${is} here and was ${was}`,
    named: false,
  },
  setting: number('setting'),
} as const satisfies Record<CodeGroup | ContentGroup, Words>;

/** One sentence for each difference; empty where there is none. */
export function breedingChanges(was: Ingredients, is: Ingredients): readonly string[] {
  const groups = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [...groups].flatMap((group) => {
    const told: Words = (words as Readonly<Record<string, Words>>)[group] ?? spec(group);
    return changesOf(told, was[group] ?? [], is[group] ?? []);
  });
}

function changesOf({ one, changed, named = true }: Words, was: Items, is: Items): readonly string[] {
  const [before, now] = [new Map(was), new Map(is)];
  const added = is.filter(([name]) => !before.has(name)).map(([name]) => `${one} \`${name}\` was added`);
  const gone = was.filter(([name]) => !now.has(name)).map(([name]) => `${one} \`${name}\` was taken away`);
  const other = is.flatMap(([name, value]) => {
    const old = before.get(name);
    return old === undefined || old === value ? [] : [changed(name, old, value)];
  });
  return [...(named ? [...added, ...gone] : []), ...other, ...(named ? moved(one, was, is) : [])];
}

/** Where what both have stands in another order; the first name that does is told. */
function moved(one: string, was: Items, is: Items): readonly string[] {
  const shared = (items: Items, others: Items) =>
    items.map(([name]) => name).filter((name) => others.some(([other]) => other === name));
  const [before, now] = [shared(was, is), shared(is, was)];
  const at = now.findIndex((name, i) => name !== before[i]);
  return at < 0
    ? []
    : [`${one} \`${now[at]}\` stands in the place of \`${before[at]}\` in the order of drawing`];
}
