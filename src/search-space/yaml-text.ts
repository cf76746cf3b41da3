/**
 * YAML text -> nodes and plain values, or what is wrong with the text itself: syntax, a key written twice, and aliases that lead nowhere, into
 * themselves or beyond bound. Every pass takes time in proportion to the text; the library's own checks of keys and aliases do not.
 */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseDocument as parseYaml,
  visit,
  type YAMLMap,
} from 'yaml';
import { fail, firstIssues, type Issue, ok, type Result } from '../notation/issue.ts';
import { type Override, optionText } from './place.ts';

/** A text that was read: its root, for places; its values; where its lines begin. */
export interface YamlText {
  readonly root: Node | null;
  /** Null and missing documents read as a document without keys. */
  readonly plain: unknown;
  readonly lines: LineCounter;
  /** Of overrides that could not be applied; the rest of the document can be judged all the same. */
  readonly issues: readonly Issue[];
}

/** Characters in a document. The longest that come with the program have a few thousand. */
const mostCharacters = 4_000_000;

/** Aliases in a document: each costs a look at what it names. */
const mostAliases = 1000;

type Place = (offset: number) => Pick<Issue, 'path' | 'line' | 'column'>;

/** Issues carry line and column in `file`. Overrides replace values before aliases are followed. */
export function readYaml(text: string, file: string, overrides: readonly Override[]): Result<YamlText> {
  if (text.length > mostCharacters)
    return fail([
      {
        code: 'document-too-long',
        path: file,
        message: `this text has ${text.length} characters, and a document has at most ${mostCharacters}`,
        hint: 'is it a document, and not a table of data?',
      },
    ]);
  const lines = new LineCounter();
  const at: Place = (offset) => {
    const { line, col } = lines.linePos(offset);
    return { path: file, line, column: col };
  };
  const yaml = parseYaml(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false });
  const syntax = syntaxIssues(yaml, at);
  if (syntax.length > 0) return fail(syntax);
  const issues = applyOverrides(yaml, overrides);
  const unreadable = [...keyIssues(yaml, at), ...tagIssues(yaml, at), ...aliasIssues(yaml, at)];
  if (unreadable.length > 0) return fail([...issues, ...unreadable]);
  try {
    return ok({ root: yaml.contents as Node | null, plain: yaml.toJS() ?? {}, lines, issues });
  } catch (error) {
    return fail([unfolding(error, at)]);
  }
}

/** Aliases of aliases that unfold to more values than the library makes. */
const unfolding = (error: unknown, at: Place): Issue => ({
  code: 'yaml',
  ...at(0),
  message: error instanceof Error ? error.message : String(error),
  hint: 'write the values themselves in place of aliases',
});

function syntaxIssues(yaml: Document, at: Place): readonly Issue[] {
  const deep = yaml.errors.find(({ message }) => /call stack/i.test(message));
  if (deep !== undefined)
    return [
      {
        code: 'yaml',
        ...at(deep.pos[0]),
        message: 'brackets or lists nest too deep from here on',
        hint: 'no key of a document nests deeper than a few levels',
      },
    ];
  return firstIssues(yaml.errors, ({ code, pos, message }): Issue => {
    if (code === 'MULTIPLE_DOCS')
      return {
        code: 'yaml',
        ...at(pos[0]),
        message: 'a second document begins here',
        hint: 'one file is one document: leave out the line `---`',
      };
    const hint = 'this is not YAML from here on: look at indentation, quotes and brackets';
    return { code: 'yaml', ...at(pos[0]), message, hint };
  });
}

function keyIssues(yaml: Document, at: Place): readonly Issue[] {
  const wrong: { readonly key: Node; readonly message: string; readonly hint: string }[] = [];
  visit(yaml, {
    Map(_, map: YAMLMap) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value))
          wrong.push({ key, message: 'this key stands twice', hint: 'write each key once' });
        // Schemas pass over it, so that it would vanish with all that it holds.
        if (key.value === '__proto__')
          wrong.push({ key, message: '`__proto__` cannot be a key', hint: 'give it another name' });
        seen.add(key.value);
      }
    },
  });
  return firstIssues(wrong, ({ key, ...rest }) => ({
    code: 'yaml',
    ...at(key.range?.[0] ?? 0),
    ...rest,
  }));
}

/** What YAML calls texts, numbers, lists and keys. Every other tag makes a value that is none of these (a set, a date, bytes), or is passed over. */
const plainTags: ReadonlySet<string> = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'seq', 'map'].map((name) => `tag:yaml.org,2002:${name}`),
);

/** Of a value that is not what JSON has; `%YAML 1.1` reads dates without a tag. */
const isForeign = (node: Node): boolean =>
  !isAlias(node) &&
  ((node.tag !== undefined && !plainTags.has(node.tag)) ||
    (isScalar(node) && typeof node.value === 'object' && node.value !== null));

function tagIssues(yaml: Document, at: Place): readonly Issue[] {
  const foreign: Node[] = [];
  visit(yaml, {
    Node(_, node) {
      if (isForeign(node)) foreign.push(node);
    },
  });
  return firstIssues(foreign, (node) => ({
    code: 'yaml',
    ...at(node.range?.[0] ?? 0),
    message: `${tagText(node.tag)} is no kind of value that documents have`,
    hint: 'leave the tag out, and write a text, a number, a list or keys',
  }));
}

/** A tag as people write it. */
const tagText = (tag: string | undefined): string =>
  tag === undefined ? 'a date' : `\`${tag.replace(/^tag:yaml\.org,2002:/, '!!')}\``;

function applyOverrides(yaml: Document, overrides: readonly Override[]): Issue[] {
  const root = yaml.contents;
  if (isScalar(root) && root.value === null) yaml.contents = null;
  // What is no document is told as such, once.
  else if (root !== null && !isMap(root)) return [];
  return overrides.flatMap((override): Issue[] => {
    const { path, value } = override;
    const read = overrideValue(value);
    const wrong = (message: string, hint: string): Issue[] => [
      { code: 'override', path: optionText(override), message, hint },
    ];
    if ('problem' in read)
      return wrong(`${value}: ${read.problem}`, 'write it as path=value, such as evolution.population=32');
    const keys = path.split('.');
    try {
      yaml.setIn(keys, read.plain);
      return [];
    } catch {
      return wrong(
        `\`${keys.slice(0, -1).join('.')}\` holds no keys that could be set`,
        'set it as a whole, or change the document',
      );
    }
  });
}

/** The value of an override is a text of its own: it has no anchors to name, and no tags. */
function overrideValue(text: string): { readonly plain: unknown } | { readonly problem: string } {
  const yaml = parseYaml(text, { uniqueKeys: false, prettyErrors: false });
  const nowhere = () => ({});
  const [issue] = [...syntaxIssues(yaml, nowhere), ...keyIssues(yaml, nowhere), ...tagIssues(yaml, nowhere)];
  if (issue !== undefined) return { problem: issue.message };
  let hasAlias = false;
  visit(yaml, {
    Alias() {
      hasAlias = true;
      return visit.BREAK;
    },
  });
  return hasAlias ? { problem: 'aliases name nothing here' } : { plain: yaml.toJS() };
}

/** What is wrong with aliases, in one walk in the order of the text: an alias names the last node before it that has its anchor. */
function aliasIssues(yaml: Document, at: Place): readonly Issue[] {
  const anchors = new Map<string, Node>();
  const wrong: { readonly alias: Alias; readonly message: string; readonly hint: string }[] = [];
  let count = 0;
  visit(yaml, (_, node, ancestors) => {
    if (isPair(node) || !isNode(node)) return;
    if (!isAlias(node)) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      return;
    }
    count += 1;
    const named = anchors.get(node.source);
    if (named === undefined)
      wrong.push({
        alias: node,
        message: `there is no anchor &${node.source} before the alias *${node.source}`,
        hint: 'write the value itself, or put the anchor before its first use',
      });
    else if (ancestors.includes(named))
      wrong.push({
        alias: node,
        message: `the alias *${node.source} stands within what it names, so that it would never end`,
        hint: 'write the value itself',
      });
  });
  if (count > mostAliases)
    return [
      {
        code: 'yaml',
        ...at(0),
        message: `this text has ${count} aliases, and a document has at most ${mostAliases}`,
        hint: 'write the values themselves in place of aliases',
      },
    ];
  return firstIssues(wrong, ({ alias, message, hint }) => ({
    code: 'yaml',
    ...at(alias.range?.[0] ?? 0),
    message,
    hint,
  }));
}
