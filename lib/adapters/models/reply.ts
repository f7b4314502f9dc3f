/** What a model is asked. `seed` fixes the draw where the engine can; temperature 0 takes the likeliest token. */
export type ReplyRequest = {
  messages: { role: 'system' | 'user' | 'assistant'; content: string }[]
  temperature: number
  maxTokens: number
  seed: number
}

/** Pieces of text, then one `done`. `tokensPerSecond` is null where the other side does not say how many tokens it wrote. */
export type ReplyPart = { type: 'text'; text: string } | { type: 'done'; finish: string; tokens: number | null; tokensPerSecond: number | null }

/** The model cannot answer: the message says why, `cure` what people can do. */
export class ReplyFailed extends Error {
  override name = 'ReplyFailed'
  readonly cure: string

  constructor(message: string, cure: string) {
    super(message)
    this.cure = cure
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
    if (rest.length > limit) throw new ReplyFailed('The answer came in a line too long to be one.', 'Check the address of the model.')
  }
  rest += decoder.decode()
  if (rest) yield rest
}
