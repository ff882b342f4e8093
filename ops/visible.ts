/**
 * Characters that a terminal obeys instead of showing them: control characters (C0, DEL, C1, so every ANSI escape), line
 * and paragraph separators, and what changes the direction of the text around it.
 * https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
 */
const OBEYED =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text in one line that is safe to show in a terminal: `\x1b`, `\u202e` in place of what it would obey. */
export function visible(text: string): string {
  return text.replace(OBEYED, character =>
    isByte(character) ? `\\x${hex(character, 2)}` : escaped(character),
  );
}

/** A value as one line of JSON that is safe to show in a terminal; it parses to the same value. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(OBEYED, escaped);
}

function isByte(character: string): boolean {
  return character.charCodeAt(0) <= 0xff;
}

function escaped(character: string): string {
  return `\\u${hex(character, 4)}`;
}

function hex(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, '0');
}
