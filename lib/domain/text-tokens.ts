// Words as diffs and merges see them: joining the tokens of a text gives the text back, code unit for code unit.

// A character of a script without spaces is a word of its own; otherwise a Chinese sentence would be one endless word.
const TOKEN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}\p{M}_]+?(?=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[^\p{L}\p{N}\p{M}_]|$)|\r\n|[^\S\r\n]+|[\s\S]/gu

/** Words, runs of blanks, line breaks and single marks, in order. */
export const wordsOf = (text: string): string[] => text.match(TOKEN) ?? []

/** Lines with their line break, in order. */
export const linesOf = (text: string): string[] => text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? []

/** The beginning of a text in whole words, at most so long, with … where something is left out. A first word that is longer is cut all the same. */
export function beginningOf(text: string, most: number): string {
  if (text.length <= most) return text
  // One code unit more tells whether the last word ends here.
  const words = wordsOf(text.slice(0, most + 1))
  const whole = words.slice(0, -1).join('').trimEnd()
  return `${whole || [...text.slice(0, most)].slice(0, -1).join('')}…`
}
