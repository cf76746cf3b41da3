/** Pieces of files as messages show them. */

/** The beginning of a text. */
export const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}...` : text);

/** The first ten names, each in backquotes, and how many more there are. */
export const listed = (names: readonly string[]): string =>
  `${names
    .slice(0, 10)
    .map((name) => `\`${shortened(name)}\``)
    .join(', ')}${names.length > 10 ? ` and ${names.length - 10} more` : ''}`;
