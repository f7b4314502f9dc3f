// Counts the tokens of a text off the page's thread, with the code that makes builds.
import type { DraftContent } from '#lib/domain/conversation.ts'
import type { Tokenizer } from '#lib/domain/sft/encode.ts'
import { type Gauge, gaugeOf } from '#lib/domain/sft/gauge.ts'
import { type ChatTemplate, compileTemplate, type SpecialToken } from '#lib/domain/sft/template.ts'
import { createBrowserTokenizer } from '#lib/domain/sft/tokenizer/byte-bpe.ts'
import { keepContent, type Look } from './background.ts'

export type GaugeSetup = { tokenizerJson: string; chatTemplate: string; specialTokens: Record<string, SpecialToken> }

const contentOf = keepContent()
let engine: Promise<{ template: ChatTemplate; tokenizer: Tokenizer }> | null = null

async function load({ tokenizerJson, chatTemplate, specialTokens }: GaugeSetup) {
  return { template: compileTemplate(chatTemplate, { tokens: specialTokens }), tokenizer: await createBrowserTokenizer(tokenizerJson) }
}

async function count(content: DraftContent): Promise<Gauge> {
  try {
    const loaded = await engine
    return loaded ? await gaugeOf(content, loaded) : { ok: false, message: '' }
  } catch (error) {
    // Another kind of tokenizer than runs here; the model view has the server's.
    return { ok: false, message: (error as Error).message }
  }
}

self.onmessage = async ({ data }: MessageEvent<Look<GaugeSetup>>) => {
  if (data.setup) engine = load(data.setup)
  const gauge: Gauge = await count(contentOf(data))
  self.postMessage(gauge)
}
