import { RowRefusal, SelfCheckError } from './refusal.ts'
import { type Rendering, TEMPLATE } from './template.ts'

export type AddedToken = {
  id: number
  content: string
  special: boolean
  /** The token also takes whitespace on its left or right. */
  lstrip: boolean
  rstrip: boolean
  /** False for added tokens of nothing but whitespace, which are vocabulary and no markup. */
  control: boolean
}

/** Token ids with, for each, the characters [starts, ends) of the text in UTF-16 units; three arrays of one length. */
export type Encoded = { ids: Int32Array; starts: Int32Array; ends: Int32Array }

/**
 * Reserved characters that stand for a control token in `encodeOrdinary`: bit 0 set takes whitespace before it, bit 1
 * whitespace after it, as the token's own `lstrip` and `rstrip` would. They come out as the ids -1 … -4.
 */
export const CONTROL_MARKS = ['\uE0F0', '\uE0F1', '\uE0F2', '\uE0F3'] as const

/** The place in `CONTROL_MARKS` of the mark that stands for a token. */
export const markOf = (token: Pick<AddedToken, 'lstrip' | 'rstrip'>): number => (token.lstrip ? 1 : 0) + (token.rstrip ? 2 : 0)

/** A tokenizer of one tokenizer.json. No method adds BOS or EOS: the template writes those. */
export type Tokenizer = {
  /** sha256 of tokenizer.json, hex. */
  readonly hash: string
  readonly vocabSize: number
  readonly addedTokens: readonly AddedToken[]
  /** Whether `decode` gives back the text (byte-level models), up to NFC where the tokenizer normalises. */
  readonly lossless: boolean
  /** Bytes of UTF-8 that no token can spell: a text with one of them has no encoding. */
  readonly missingBytes: ReadonlySet<number>
  /** Encodes with added tokens recognised: what the reference does with a whole rendered text. */
  encodeTemplate(text: string): Promise<Encoded> | Encoded
  /** Encodes with control tokens as ordinary characters; CONTROL_MARKS keep their places. */
  encodeOrdinary(text: string): Promise<Encoded> | Encoded
  idOf(token: string): number | undefined
  decode(ids: ArrayLike<number>): Promise<string> | string
}

/** A control token in the ids: its place there and the characters that are the token itself, without eaten whitespace. */
export type ControlToken = { index: number; id: number; start: number; end: number }

export type EncodedText = Encoded & { controls: ControlToken[] }

const controlsOf = new WeakMap<Tokenizer, Map<number, AddedToken>>()

/** The tokens of a tokenizer that are markup, by id; worked out once. */
export function controlTokens(tokenizer: Tokenizer): Map<number, AddedToken> {
  let controls = controlsOf.get(tokenizer)
  if (!controls) {
    controls = new Map(tokenizer.addedTokens.filter((token) => token.control).map((token) => [token.id, token]))
    controlsOf.set(tokenizer, controls)
  }
  return controls
}

function findControls(tokenizer: Tokenizer, text: string, encoded: Encoded): ControlToken[] {
  const controls = controlTokens(tokenizer)
  const found: ControlToken[] = []
  for (let index = 0; index < encoded.ids.length; index++) {
    const id = encoded.ids[index] as number
    const token = controls.get(id)
    if (!token) continue
    const [start, end] = [encoded.starts[index] as number, encoded.ends[index] as number]
    const inner = text.slice(start, end).indexOf(token.content)
    found.push(inner < 0 ? { index, id, start, end } : { index, id, start: start + inner, end: start + inner + token.content.length })
  }
  return found
}

/** The maximal ranges that the template wrote itself, flat: [start, end, …]. */
function templateRuns(rendering: Rendering): number[] {
  const runs: number[] = []
  for (const segment of rendering.segments) {
    if (segment.source !== TEMPLATE) continue
    if (runs.at(-1) === segment.start) runs[runs.length - 1] = segment.end
    else runs.push(segment.start, segment.end)
  }
  return runs
}

const within = (runs: number[], start: number, end: number): boolean => {
  for (let i = 0; i < runs.length; i += 2) {
    if (start >= (runs[i] as number) && end <= (runs[i + 1] as number)) return true
    if ((runs[i] as number) > start) return false
  }
  return false
}

/**
 * Encodes a rendered conversation so that only the template can place control tokens.
 * Where no content looks like one, the ids are those of the reference on the whole text. Where it does, the control
 * tokens the template wrote are kept in place and all else, content and template alike, is encoded as plain text.
 * Throws RowRefusal `control-token-in-content` when the vocabulary itself spells a control token in plain text.
 */
export async function encodeRendering(tokenizer: Tokenizer, rendering: Rendering): Promise<EncodedText> {
  const { text } = rendering
  const whole = await tokenizer.encodeTemplate(text)
  const controls = findControls(tokenizer, text, whole)
  const runs = templateRuns(rendering)
  if (controls.every(({ start, end }) => within(runs, start, end))) return { ...whole, controls }
  return encodeGuarded(tokenizer, text, await placedControls(tokenizer, text, runs))
}

async function placedControls(tokenizer: Tokenizer, text: string, runs: number[]): Promise<Omit<ControlToken, 'index'>[]> {
  const placed: Omit<ControlToken, 'index'>[] = []
  for (let i = 0; i < runs.length; i += 2) {
    const from = runs[i] as number
    const run = text.slice(from, runs[i + 1])
    for (const { id, start, end } of findControls(tokenizer, run, await tokenizer.encodeTemplate(run))) {
      placed.push({ id, start: from + start, end: from + end })
    }
  }
  return placed
}

async function encodeGuarded(tokenizer: Tokenizer, text: string, placed: Omit<ControlToken, 'index'>[]): Promise<EncodedText> {
  const known = controlTokens(tokenizer)
  let marked = ''
  let at = 0
  for (const { id, start, end } of placed) {
    marked += text.slice(at, start) + CONTROL_MARKS[markOf(known.get(id) as AddedToken)]
    at = end
  }
  marked += text.slice(at)
  const encoded = await tokenizer.encodeOrdinary(marked)
  const ids = encoded.ids.slice()
  const starts = new Int32Array(ids.length)
  const ends = new Int32Array(ids.length)
  const controls: ControlToken[] = []
  // `shift` moves a position of the marked text to the text: every control token passed was one character there.
  let shift = 0
  for (let index = 0; index < ids.length; index++) {
    starts[index] = (encoded.starts[index] as number) + shift
    const id = ids[index] as number
    if (id < 0) {
      const token = placed[controls.length]
      if (!token) throw new SelfCheckError('control-tokens', 'the encoder invented a control token')
      controls.push({ index, ...token })
      ids[index] = token.id
      shift += token.end - token.start - 1
    } else if (known.has(id)) {
      throw new RowRefusal(
        'control-token-in-content',
        `The text spells ${known.get(id)?.content} and this vocabulary cannot write it as plain text; reword it.`,
      )
    }
    ends[index] = (encoded.ends[index] as number) + shift
  }
  if (controls.length !== placed.length)
    throw new SelfCheckError('control-tokens', `${placed.length} control tokens were placed, ${controls.length} came out`)
  return { ids, starts, ends, controls }
}
