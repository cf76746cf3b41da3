/** JSON whose whole numbers have all their digits. */

/** As `JSON.stringify(value, null, 2)` has it, and a bigint as the number that it is. For plain data. */
export function jsonText(value: unknown, indent = ''): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const inner = `${indent}  `;
  const [open, close, members] = Array.isArray(value)
    ? ['[', ']', value.map((each: unknown) => jsonText(each, inner))]
    : ['{', '}', memberTexts(value, inner)];
  return members.length === 0
    ? open + close
    : `${open}\n${members.map((each) => inner + each).join(',\n')}\n${indent}${close}`;
}

const memberTexts = (value: object, indent: string): string[] =>
  Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .map(([key, each]) => `${JSON.stringify(key)}: ${jsonText(each, indent)}`);
