import { inEnglish } from '#lib/adapters/english.ts'
import type { Facts, Finding, ReplyFailure } from '#lib/domain/training/finding.ts'

/** What a model is asked. `seed` fixes the draw where the engine can; temperature 0 takes the likeliest token. */
export type ReplyRequest = {
  messages: { role: 'system' | 'user' | 'assistant'; content: string }[]
  temperature: number
  maxTokens: number
  seed: number
}

/** Pieces of text, then one `done`. `tokensPerSecond` is null where the other side does not say how many tokens it wrote. */
export type ReplyPart = { type: 'text'; text: string } | { type: 'done'; finish: string; tokens: number | null; tokensPerSecond: number | null }

/** The model cannot answer: the code says why, its words what people can do. */
export class ReplyFailed extends Error {
  override name = 'ReplyFailed'
  readonly finding: Finding<'reply'>

  constructor(code: ReplyFailure, facts: Facts = {}) {
    super(inEnglish('reply', { code, facts }).message)
    this.finding = { code, facts }
  }
}

/** The lines of a byte stream, without their line ends; a line over `limit` characters ends it with an error. */
export async function* linesOf(body: AsyncIterable<Uint8Array>, limit = 1 << 20): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true })
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line
    if (rest.length > limit) throw new ReplyFailed('line-too-long')
  }
  rest += decoder.decode()
  if (rest) yield rest
}
