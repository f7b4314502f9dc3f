// A diff by word of a sentence that was written anew is a salad of both: the old sentence and the new one are easier to read.
import type { DiffPart } from './text-diff.ts'
import { wordsOf } from './text-tokens.ts'

/** Share of words in common below which a sentence counts as written anew. */
const LITTLE = 0.5
/** So many words replaced at one place are a passage, not a word. */
const PASSAGE_WORDS = 5

const PIECE = /[\s\S]*?(?:[.!?…]+["'”’)\]]*(?:\s+|$)|[。！？…]+[”’」』）]*\s*|\r\n|\r|\n|$)/g
const ENDS = /(?:[.!?…]["'”’)\]]*\s*|[。！？…][”’」』）]*\s*|[\r\n])$/

const sideOf = (parts: readonly DiffPart[], other: 'added' | 'removed'): string =>
  parts.map(({ kind, text }) => (kind === other ? '' : text)).join('')

const countWords = (parts: readonly DiffPart[], which: DiffPart['kind']): number =>
  parts.reduce((sum, { kind, text }) => (kind === which ? sum + wordsOf(text).filter((word) => /[\p{L}\p{N}]/u.test(word)).length : sum), 0)

/** What is the same is cut where a sentence or a line ends on both sides; a stretch is what lies between two such ends. */
function stretchesOf(parts: readonly DiffPart[]): DiffPart[][] {
  const stretches: DiffPart[][] = []
  let open: DiffPart[] = []
  for (const part of parts) {
    const pieces = part.kind === 'same' ? (part.text.match(PIECE) ?? []).filter(Boolean) : [part.text]
    for (const text of pieces) {
      open.push({ kind: part.kind, text })
      if (part.kind !== 'same' || !ENDS.test(text)) continue
      stretches.push(open)
      open = []
    }
  }
  return open.length > 0 ? [...stretches, open] : stretches
}

function isWrittenAnew(stretch: readonly DiffPart[]): boolean {
  const [common, removed, added] = [countWords(stretch, 'same'), countWords(stretch, 'removed'), countWords(stretch, 'added')]
  const places = stretch.filter(({ kind }, index) => kind !== 'same' && (stretch[index - 1]?.kind ?? 'same') === 'same').length
  const isLittle = (2 * common) / (2 * common + removed + added) < LITTLE
  // Where only words came in, or only went, the sentence is still one sentence.
  return isLittle && removed > 0 && added > 0 && (places > 1 || Math.min(removed, added) >= PASSAGE_WORDS)
}

/** Nothing that would stand on its own between two passages: a full stop, a line break, words that all changed. */
const isFiller = (stretch: readonly DiffPart[]): boolean => countWords(stretch, 'same') === 0

const joined = (parts: readonly DiffPart[]): DiffPart[] => {
  const whole: DiffPart[] = []
  for (const part of parts) {
    const last = whole.at(-1)
    if (last && last.kind === part.kind && !last.block && !part.block) whole[whole.length - 1] = { ...last, text: last.text + part.text }
    else whole.push(part)
  }
  return whole
}

const asBlocks = (stretches: readonly DiffPart[][]): DiffPart[] => {
  const parts = stretches.flat()
  const blocks: DiffPart[] = [
    { kind: 'removed', text: sideOf(parts, 'added'), block: true },
    { kind: 'added', text: sideOf(parts, 'removed'), block: true },
  ]
  return blocks.filter(({ text }) => text !== '')
}

/** Puts the old and the new passage in the place of a diff by word where sentences have too little in common. The texts both sides join to stay the same. */
export function asPassages(parts: readonly DiffPart[]): DiffPart[] {
  const shown: DiffPart[] = []
  let passage: DiffPart[][] = []
  let waiting: DiffPart[][] = []
  const close = () => {
    shown.push(...asBlocks(passage), ...waiting.flat())
    passage = []
    waiting = []
  }
  for (const stretch of stretchesOf(parts)) {
    if (isWrittenAnew(stretch)) {
      passage.push(...waiting, stretch)
      waiting = []
    } else if (passage.length > 0 && isFiller(stretch)) waiting.push(stretch)
    else {
      close()
      shown.push(...stretch)
    }
  }
  close()
  return joined(shown)
}
