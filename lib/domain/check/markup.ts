// Markup that was opened and not closed, characters nobody sees, and text that looks like a model's control tokens.
import { type Hit, hitsOf } from './finding.ts'

type Fence = { mark: string; size: number; from: number; to: number }

/** Walks the lines as CommonMark does; tells of each piece outside fences, and of the fence still open at the end. */
function walkFences(text: string): { outside: string; open: Fence | null } {
  let open: Fence | null = null
  const outside: string[] = []
  let from = 0
  for (const line of text.split('\n')) {
    const to = from + line.length
    const [, run = '', rest = ''] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? []
    const mark = run[0] ?? ''
    const before: Fence | null = open
    if (before) {
      if (mark === before.mark && run.length >= before.size && rest.trim() === '') open = null
    } else if (mark && !(mark === '`' && rest.includes('`'))) open = { mark, size: run.length, from, to }
    // Fenced lines become blanks, so that places stay what they are.
    outside.push(before || open ? ' '.repeat(line.length) : line)
    from = to + 1
  }
  return { outside: outside.join('\n'), open }
}

export function findUnclosedFence(text: string): Hit[] {
  if (!/^ {0,3}(?:```|~~~)/m.test(text)) return []
  const { open } = walkFences(text)
  return open ? [{ from: open.from, to: open.to }] : []
}

/** Code spans become blanks: a run of backticks up to the next run of the same length, as CommonMark pairs them. */
function withoutInlineCode(text: string): string {
  const runs = [...text.matchAll(/`+/g)].map((match) => ({ from: match.index, size: match[0].length }))
  const nextOfSize = new Map<number, number>()
  const closing = new Array<number>(runs.length).fill(-1)
  for (let index = runs.length - 1; index >= 0; index--) {
    const size = runs[index]?.size ?? 0
    closing[index] = nextOfSize.get(size) ?? -1
    nextOfSize.set(size, index)
  }
  let result = ''
  let at = 0
  for (let index = 0; index < runs.length; index++) {
    const [open, close] = [runs[index], runs[closing[index] ?? -1]]
    if (!open || !close) continue
    const end = close.from + close.size
    result += text.slice(at, open.from) + ' '.repeat(end - open.from)
    at = end
    index = closing[index] ?? index
  }
  return result + text.slice(at)
}

/** What is said in a text, with code in fences and between backticks as blanks. */
export const proseOf = (text: string): string => (text.includes('`') || text.includes('~~~') ? withoutInlineCode(walkFences(text).outside) : text)

/** Math with one of its two signs: `$$`, `\[ \]`, `\( \)`. A single dollar is money as often as math and says nothing. */
export function findUnclosedMath(text: string): Hit[] {
  if (!/\$\$|\\[[(\])]/.test(text)) return []
  const prose = proseOf(text)
  const hits: Hit[] = []
  const dollars = hitsOf(prose, /(?<!\\)\$\$/g)
  const last = dollars.at(-1)
  if (last && dollars.length % 2 === 1) hits.push(last)
  for (const [left, right] of [
    ['\\[', '\\]'],
    ['\\(', '\\)'],
  ] as const) {
    let opened: Hit | null = null
    for (const sign of hitsOf(prose, /(?<!\\)\\[[\]()]/g)) {
      const found = prose.slice(sign.from, sign.to)
      if (found === left) opened ??= sign
      else if (found === right) {
        if (opened) opened = null
        else hits.push(sign)
      }
    }
    if (opened) hits.push(opened)
  }
  return hits
}

const CONTROL = new RegExp(
  [
    '<\\|[\\w▁.](?:[\\w▁./ -]{0,40}[\\w▁.])?\\|>', // ChatML, Llama 3, GPT-OSS, Phi
    '<｜[^｜\\n]{1,40}｜>', // DeepSeek
    '\\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\\]', // Mistral, Llama 2
    '<</?SYS>>',
    '</?s>(?![\\w>])',
    '<(?:bos|eos|pad|unk|mask|start_of_turn|end_of_turn|image_soft_token)>', // Gemma, BERT
    '</?(?:think|tool_call|tool_response|tools)>', // Qwen, DeepSeek R1
  ].join('|'),
  'g',
)

export const findControlLookAlikes = (text: string): Hit[] => (/[<[]/.test(text) ? hitsOf(text, CONTROL, ([token]) => ({ token })) : [])

// Bidirectional overrides and isolates, zero-width spaces and joiners out of place, soft hyphens, tags, interlinear marks.
const INVISIBLE =
  /[\u00AD\u115F\u1160\u17B4\u17B5\u180E\u200B\u202A-\u202E\u2060-\u2064\u2066-\u2069\u206A-\u206F\uFEFF\uFFF9-\uFFFB]|[\u{E0001}-\u{E007F}]/gu

const nameOf = (character: string) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

/** Every flag of England and Scotland ends in tag characters; those are part of an emoji and seen. */
const isEmojiTag = (text: string, at: number) => /\u{1F3F4}[\u{E0020}-\u{E007F}]*$/u.test(text.slice(Math.max(0, at - 16), at))

export const findInvisible = (text: string): Hit[] =>
  hitsOf(text, INVISIBLE, (match) => (match[0] > '\u{E0000}' && isEmojiTag(text, match.index) ? null : { character: nameOf(match[0]) }))

/** Marks people leave in answers for later. They are what is looked for here; nothing in this file is unfinished. */
const PLACEHOLDER =
  /\b(?:TODO|FIXME|TBD|XXX+)\b|\b[Ll]orem ipsum|\[(?:[Yy]our|YOUR|[Ii]nsert|INSERT|[Nn]ame|[Dd]ate|[Cc]ompany|[Cc]ity|[Aa]ddress)\b[^\]\n]{0,40}\](?!\()|（(?:待补充|此处填写)[^）]{0,20}）|【(?:待补充|此处填写)[^】]{0,20}】/g

/** Text somebody meant to come back to. */
export const findPlaceholders = (text: string): Hit[] => hitsOf(text, PLACEHOLDER)

/** An answer that stops in the middle: after a comma, an announcing colon or an open bracket. */
export function findUnfinished(text: string): Hit[] {
  const end = text.trimEnd()
  const found = /(?:[,;:([{，、；：（]|\b(?:and|or|but|because|the|a|of|to|with))$/i.exec(end)
  return found ? [{ from: found.index, to: end.length }] : []
}
