// Questions that recall or tokens mislead: letters in a word, sizes of decimals, long sums, what is new today.
import type { Message } from '../conversation.ts'
import { saysNotKnowing } from './not-knowing.ts'
import { remember } from './remember.ts'

export type Misleading = 'counting' | 'decimals' | 'arithmetic' | 'fresh-facts'

const COUNTING =
  /\bhow many\b[^.?!\n]{0,60}\b(?:letters?|characters?|vowels?|consonants?|syllables?|words?|times|digits?|[a-z]['’]?s)\b|\bcount (?:the|how many)\b|\b(?:spell|reverse)\b[^.?!\n]{0,40}\b(?:backwards?|letters?|word|string)\b|(?:几|多少)个?[^。？！\n]{0,12}(?:字母|字符|元音|单词|汉字|字)|[a-z]\b[^。？！\n]{0,12}(?:出现|有)[^。？！\n]{0,6}(?:几|多少)次/i
const COMPARING =
  /\b(?:bigger|larger|greater|smaller|less|more|higher|lower|compare|max(?:imum)?|min(?:imum)?|sort|order|rank)\b|大|小|高|低|比较|排序/i
const DECIMAL = /(?<![\d.])\d+\.\d+(?![\d.])/g
const SUM =
  /(?<![\d,.])\d[\d,]{2,20}(?:\.\d{1,20})?\s{0,3}(?:[×x*÷]|(?<=\s)[/+−-](?=\s)|times|plus|minus|divided by|multiplied by|乘以?|除以|加上?|减去?)\s{0,3}\d[\d,]{2}/i
const FRESH =
  /\b(?:today|right now|currently|latest|this (?:week|month|year)|stock price|exchange rate|weather|news)\b|今天|现在|目前|最新|股价|汇率|天气/i

/** Why an answer from recall would likely be wrong, or null. */
export function misleadingQuestion(question: string): Misleading | null {
  if (COUNTING.test(question) && !/\balphabet\b|字母表/i.test(question)) return 'counting'
  if (SUM.test(question)) return 'arithmetic'
  if ((question.match(DECIMAL)?.length ?? 0) >= 2 && COMPARING.test(question)) return 'decimals'
  return FRESH.test(question) && question.length < 400 ? 'fresh-facts' : null
}

const misleading = remember(({ content }: Message) => misleadingQuestion(content))

/** Answers to such questions that were given without a tool call since the question, by place of the answering message. */
export const answersFromRecall = remember((messages: readonly Message[]): { index: number; kind: Misleading }[] => {
  const found: { index: number; kind: Misleading }[] = []
  let kind: Misleading | null = null
  for (const [index, message] of messages.entries()) {
    if (message.role === 'user') kind = misleading(message)
    // Whoever calls a tool, or shows the work in code, has not answered from recall.
    else if (message.role === 'tool' || (message.toolCalls ?? []).length > 0) kind = null
    else if (message.role === 'assistant' && kind && message.content.trim() !== '') {
      if (!saysNotKnowing(message.content)) found.push({ index, kind })
      kind = null
    }
  }
  return found
})
