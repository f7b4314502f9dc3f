import { type ControlToken, type EncodedText, encodeRendering, type Tokenizer } from './encode.ts'
import { type EndOfTurn, findLeak, IGNORED, type LossSpan, labelsOf, lossSpans } from './mask.ts'
import { type RefusalCode, RowRefusal, SelfCheckError } from './refusal.ts'
import { type ChatTemplate, type Conversation, type Rendering, type Segment, TEMPLATE, TemplateError, TemplateRefusal } from './template.ts'

/** A conversation as the model sees it. `ids`, `labels`, `starts` and `ends` have one entry a token. */
export type Example = {
  ok: true
  /** Token ids, and the same with -100 wherever nothing is learnt. */
  ids: Int32Array
  labels: Int32Array
  /** The rendered text; `starts` and `ends` are UTF-16 positions in it. */
  text: string
  starts: Int32Array
  ends: Int32Array
  segments: Segment[]
  spans: LossSpan[]
  controls: ControlToken[]
  trainedTokens: number
  /** Tokens of each message's turn, by message index; a token counts where it starts. */
  perMessageTokens: number[]
  /** Tokens the template writes outside every turn; with perMessageTokens they add up to `ids.length`. */
  otherTokens: number
}

export type Refused = { ok: false; code: RefusalCode; message: string }

export type TokenizeInput = Conversation & {
  template: ChatTemplate
  tokenizer: Tokenizer
  options?: { eot?: EndOfTurn }
}

/**
 * Renders, encodes and masks one conversation, and checks its own result.
 * A conversation that the template or the tokenizer cannot take is refused, with the template's own message.
 * Throws SelfCheckError when the result contradicts itself; a build must stop then.
 */
export async function tokenizeConversation(input: TokenizeInput): Promise<Example | Refused> {
  const { template, tokenizer } = input
  const conversation: Conversation = { messages: input.messages, tools: input.tools }
  try {
    refuseReserved(conversation)
    const rendering = template.render(conversation)
    refuseMixed(conversation, rendering)
    refuseDropped(conversation, rendering)
    refuseMissing(tokenizer, rendering.text)
    const encoded = await encodeRendering(tokenizer, rendering)
    const spans = lossSpans(template, conversation, rendering, input.options?.eot ?? 'token')
    const labels = labelsOf(rendering, encoded, spans)
    const trainedTokens = labels.reduce((sum, label) => sum + (label === IGNORED ? 0 : 1), 0)
    if (!conversation.messages.some((message) => message.role === 'assistant' && message.train)) {
      throw new RowRefusal('nothing-trained', 'No assistant turn is marked for training.')
    }
    checkText(template, conversation, rendering)
    checkMask(template, conversation, rendering, encoded, spans, labels)
    await checkDecode(tokenizer, rendering.text, encoded)
    const { ids, starts, ends, controls } = encoded
    return {
      ok: true,
      ids,
      labels,
      text: rendering.text,
      starts,
      ends,
      segments: rendering.segments,
      spans,
      controls,
      trainedTokens,
      ...countTokens(conversation, rendering, encoded),
    }
  } catch (error) {
    if (error instanceof RowRefusal) return { ok: false, code: error.code, message: error.message }
    if (error instanceof TemplateRefusal) return { ok: false, code: 'template-refused', message: error.message }
    if (error instanceof TemplateError) return { ok: false, code: 'template-failed', message: error.message }
    throw error
  }
}

const RESERVED = /[\uE0F0-\uE0F3]/

/** Saved conversations cannot hold these characters; imported or older ones might. */
function refuseReserved({ messages, tools }: Conversation): void {
  const texts = messages.flatMap((m) => [
    m.content,
    m.reasoning ?? '',
    m.name ?? '',
    m.toolCallId ?? '',
    ...(m.toolCalls ?? []).flatMap((c) => [c.id, c.name, c.arguments]),
  ])
  for (const tool of tools) texts.push(tool.name, tool.description, tool.parameters)
  // A JSON escape spells the character without containing it.
  if (texts.some((text) => RESERVED.test(text) || /\\ue0f[0-3]/i.test(text))) {
    throw new RowRefusal('reserved-character', 'The text contains a private-use character U+E0F0–U+E0F3, which is reserved.')
  }
  if (texts.some((text) => !text.isWellFormed())) throw new RowRefusal('not-well-formed', 'The text contains half of a surrogate pair.')
}

/** What a vocabulary cannot spell would vanish from the ids: the model would learn another text than people approved. */
function refuseMissing({ missingBytes }: Tokenizer, text: string): void {
  if (missingBytes.size === 0) return
  const utf8 = new TextEncoder()
  if (!utf8.encode(text).some((byte) => missingBytes.has(byte))) return
  const character = [...text].find((each) => utf8.encode(each).some((byte) => missingBytes.has(byte))) ?? ''
  const code = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')
  throw new RowRefusal('character-not-in-vocabulary', `The model’s vocabulary has no token for the character U+${code}; remove it.`)
}

/** Gemma 4 writes a tool's result inside the assistant's turn; no part of such a turn can be told apart as the model's own. */
function refuseMixed({ messages }: Conversation, rendering: Rendering): void {
  for (const { turn, source } of rendering.segments) {
    const [writer, words] = [messages[turn], messages[source]]
    if (writer?.role !== 'assistant' || !writer.train || source === TEMPLATE || words?.role === 'assistant') continue
    const whose = words ? `message ${source + 1} (${words.role})` : 'the tool definitions'
    throw new RowRefusal('mixed-turn', `The template writes words of ${whose} inside the turn of message ${turn + 1}, which is to be trained.`)
  }
}

/**
 * A template without a word for tool calls writes nothing where one stood: the model would learn to answer with silence,
 * and to read results of calls nobody made.
 */
function refuseDropped({ messages }: Conversation, { text, segments }: Rendering): void {
  for (const [turn, { toolCalls = [] }] of messages.entries()) {
    if (toolCalls.length === 0) continue
    const written = segments.filter((segment) => segment.source === turn).map(({ start, end }) => text.slice(start, end))
    const dropped = toolCalls.find((call) => !written.some((part) => part.includes(call.name)))
    if (dropped)
      throw new RowRefusal(
        'tool-call-dropped',
        `The template writes nothing of the call of ${dropped.name} in message ${turn + 1}; build for a model whose template knows tools.`,
      )
  }
}

/** Segments must cover the text, and keeping track of sources must not change a character. */
function checkText(template: ChatTemplate, conversation: Conversation, rendering: Rendering): void {
  let at = 0
  for (const segment of rendering.segments) {
    if (segment.start !== at || segment.end <= at) throw new SelfCheckError('segments', `a segment starts at ${segment.start}, not at ${at}`)
    at = segment.end
  }
  if (at !== rendering.text.length) throw new SelfCheckError('segments', 'the segments do not cover the text')
  if (template.render(conversation, { provenance: false }).text !== rendering.text) {
    throw new SelfCheckError('plain-render', 'rendering with and without provenance gives different text')
  }
}

function checkMask(
  template: ChatTemplate,
  conversation: Conversation,
  rendering: Rendering,
  encoded: EncodedText,
  spans: LossSpan[],
  labels: Int32Array,
): void {
  conversation.messages.forEach((message, turn) => {
    if (message.role !== 'assistant' || !message.train) return
    const last = spans.findLast((span) => span.turn === turn)
    if (!last) throw new SelfCheckError('trained-turn', `message ${turn + 1} is to be trained, but the template writes nothing for it`)
    if (!endsTurn(template, rendering.text, encoded.controls, last)) {
      throw new SelfCheckError(
        'end-of-turn',
        `the template does not end message ${turn + 1} with a control token, so the model would never learn to stop`,
      )
    }
  })
  if (labels.every((label) => label === IGNORED)) throw new SelfCheckError('empty-mask', 'no token is trained')
  const leak = findLeak(conversation.messages, rendering, encoded, labels)
  if (leak) throw new SelfCheckError('leak', `token ${leak.token} is trained but touches ${leak.reason}`)
}

function endsTurn(template: ChatTemplate, text: string, controls: ControlToken[], span: LossSpan): boolean {
  const end = span.start + text.slice(span.start, span.end).trimEnd().length
  if (controls.some((control) => control.end === end)) return true
  const eos = template.tokens.eos_token
  return eos !== undefined && eos !== '' && text.slice(span.start, end).endsWith(eos)
}

async function checkDecode(tokenizer: Tokenizer, text: string, encoded: EncodedText): Promise<void> {
  if (!tokenizer.lossless) return
  const decoded = await tokenizer.decode(encoded.ids)
  if (decoded !== text && decoded.normalize('NFC') !== text.normalize('NFC')) {
    throw new SelfCheckError('decode', 'the ids do not decode to the text they were made from')
  }
}

/** Tokens of each message's turn, and those the template writes outside every turn. */
export function countTokens(
  conversation: Conversation,
  rendering: Rendering,
  encoded: EncodedText,
): { perMessageTokens: number[]; otherTokens: number } {
  const perMessageTokens = conversation.messages.map(() => 0)
  let otherTokens = 0
  let at = 0
  for (let i = 0; i < encoded.ids.length; i++) {
    const start = encoded.starts[i] as number
    while (at < rendering.segments.length - 1 && (rendering.segments[at]?.end ?? 0) <= start) at++
    const segment = rendering.segments[at]
    const turn = segment ? (segment.turn >= 0 ? segment.turn : segment.source) : -1
    if (turn >= 0 && turn < perMessageTokens.length) perMessageTokens[turn] = (perMessageTokens[turn] as number) + 1
    else otherTokens++
  }
  return { perMessageTokens, otherTokens }
}
