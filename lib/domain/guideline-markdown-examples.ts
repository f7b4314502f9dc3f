import { z } from 'zod'
import { MOST_EXAMPLES } from './guideline.ts'
import { blocksOf, fence } from './guideline-markdown-blocks.ts'

/** One answer of an example in one language. */
const WrittenExample = z.strictObject({
  verdict: z.enum(['good', 'bad']),
  prompt: z.string(),
  answer: z.string(),
  why: z.string(),
  conversationId: z.string().nullable(),
})
export type WrittenExample = z.infer<typeof WrittenExample>

/** The first good and the first bad one, and the others. */
const MOST_ANSWERS = MOST_EXAMPLES + 2

type Part = { tag: string; from: number; to: number; attributes: string; comment: string | null; text: string }

const OPENING = /^<([a-z_]+)((?: [\w-]+="[^"]*")*)>(?: <!-- ?(.*?) ?-->)?[ \t]*$/
const VERDICT = /^(GOOD|BAD)(\[#[^\]]*\])?(?:: ([\s\S]*))?$/

/** The messages of a block, one after the other; null where it is anything else. */
function partsOf(lines: readonly string[]): Part[] | null {
  const parts: Part[] = []
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? ''
    if (line.trim() === '') {
      at++
      continue
    }
    const [, tag, attributes = '', comment = null] = OPENING.exec(line.trimEnd()) ?? []
    if (!tag) return null
    let end = at + 1
    while (end < lines.length && lines[end]?.trimEnd() !== `</${tag}>`) end++
    if (end === lines.length) return null
    parts.push({ tag, attributes, comment, from: at, to: end, text: lines.slice(at + 1, end).join('\n') })
    at = end + 1
  }
  return parts
}

/** What was asked: the words of a single user, else the conversation as it is written. */
function promptOf(lines: readonly string[], before: readonly Part[]): string {
  const [only] = before
  if (before.length === 1 && only?.tag === 'user' && !only.attributes && only.comment === null) return only.text
  return before.length === 0 ? '' : lines.slice(before[0]?.from, (before.at(-1)?.to ?? 0) + 1).join('\n')
}

function answerOf(part: Part, prompt: string, isAlone: boolean): WrittenExample | null {
  if (part.tag !== 'assistant') return null
  const [, verdict, other = '', why = ''] = VERDICT.exec(part.comment ?? '') ?? []
  if (!verdict && !(isAlone && part.comment === null)) return null
  return {
    verdict: verdict === 'BAD' ? 'bad' : 'good',
    prompt,
    answer: part.text,
    why: [other, why].filter(Boolean).join(' '),
    conversationId: / conversation="([^"]*)"/.exec(part.attributes)?.[1] ?? null,
  }
}

/**
 * The answers a block of messages shows: those of its comparisons, or the last message of a conversation without one. Null where
 * it shows none. @throws SyntaxError saying what is wrong with a block that was meant to compare.
 */
export function readExamples(value: string): WrittenExample[] | null {
  const lines = value.split('\n')
  const compares = lines.some((line) => line.trimEnd() === '<comparison>')
  const parts = partsOf(lines)
  if (!parts) {
    if (compares)
      throw new SyntaxError('a tag stands open or shares its line; write <user>, <assistant> and <comparison> and their ends on lines of their own')
    return null
  }
  const last = parts.at(-1)
  if (!compares) {
    const alone = last && answerOf(last, promptOf(lines, parts.slice(0, -1)), true)
    return alone ? [alone] : null
  }
  // Each has a copy of everything before it.
  if (parts.filter(({ tag }) => tag === 'comparison').length > MOST_ANSWERS)
    throw new SyntaxError(`a rule shows at most ${MOST_ANSWERS} answers; take some comparisons out`)
  return parts.flatMap((part, index) => {
    if (part.tag !== 'comparison') return []
    const prompt = promptOf(lines, parts.slice(0, index))
    const answers = partsOf(part.text.split('\n'))?.map((each) => answerOf(each, prompt, false))
    if (!answers || answers.some((each) => each === null))
      throw new SyntaxError('every answer of a comparison stands in <assistant> and says <!-- GOOD --> or <!-- BAD: why --> behind it')
    return answers.filter((each) => each !== null)
  })
}

const AS_JSON = 'write [{"verdict":"good","prompt":"…","answer":"…","why":"…","conversationId":null}]'

/** The answers a block of JSON shows. @throws SyntaxError saying what is wrong with it. */
export function parseExamples(value: string): WrittenExample[] {
  let json: unknown
  try {
    json = JSON.parse(value)
  } catch {
    throw new SyntaxError(`it is no JSON; ${AS_JSON}`)
  }
  const { data, error } = z.array(WrittenExample).min(1).max(MOST_ANSWERS).safeParse(json)
  if (data) return data
  const [issue] = error.issues
  throw new SyntaxError(`${[issue?.path.join('.'), issue?.message].filter(Boolean).join(': ')}; ${AS_JSON}`)
}

const KIND = { good: 'GOOD', bad: 'BAD' } as const

function written(examples: readonly WrittenExample[], prompt: string): string {
  const answers = examples.map(({ verdict, answer, why, conversationId }) => {
    const tag = conversationId ? `<assistant conversation="${conversationId}">` : '<assistant>'
    return `${tag} <!-- ${KIND[verdict]}${why && `: ${why}`} -->\n${answer}\n</assistant>`
  })
  return fence('xml', [prompt, '<comparison>', ...answers, '</comparison>'].filter(Boolean).join('\n'))
}

const isSameExample = (a: WrittenExample, b: WrittenExample | undefined) =>
  a.verdict === b?.verdict && a.prompt === b.prompt && a.answer === b.answer && a.why === b.why && a.conversationId === b.conversationId

function isReadBack(block: string, examples: readonly WrittenExample[]): boolean {
  const [read, ...others] = blocksOf(block)
  if (read?.kind !== 'code' || read.info !== 'xml' || !read.isClosed || others.length > 0) return false
  try {
    const found = readExamples(read.value)
    return found?.length === examples.length && examples.every((example, index) => isSameExample(example, found[index]))
  } catch {
    return false
  }
}

/** Answers to the same prompt as a block of messages, or as JSON where tags and comments cannot hold their words. */
export function writeExamples(examples: readonly WrittenExample[]): string {
  const prompt = examples[0]?.prompt ?? ''
  const ways = [written(examples, prompt && `<user>\n${prompt}\n</user>`), written(examples, prompt)]
  return ways.find((way) => isReadBack(way, examples)) ?? fence('json example', JSON.stringify(examples))
}
