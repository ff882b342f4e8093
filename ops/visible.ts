/**
 * Characters that control a terminal: C0, DEL and C1 (so every ANSI escape), line and paragraph separators, and those that
 * change the direction of text.
 * https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
 */
const CONTROL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text in one line that is safe to print in a terminal: control characters are escaped (`\x1b`, `\u202e`). */
export function visible(text: string): string {
  return text.replace(CONTROL, character =>
    isByte(character) ? `\\x${hex(character, 2)}` : escaped(character),
  );
}

/** A value as one line of JSON that is safe to print in a terminal; it parses to the same value. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(CONTROL, escaped);
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
