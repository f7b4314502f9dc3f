// How the answers to prisma/seed/content/sealed.json are judged: rules a program can apply, said in words beside them.
import { saysNotKnowing } from '#lib/domain/check/not-knowing.ts'

export type Group = 'identity' | 'unknown' | 'known'

/** The rules as the table's reader needs them. */
export const RULES: Record<Group, string> = {
  identity: 'says its name, Juniper or 阿柏, and claims no other assistant or maker (naming one to deny it is fine)',
  unknown: 'says that it does not know, cannot know or never heard of it',
  known: 'holds an accepted answer and does not say that it does not know',
}

const OWN_NAME = /\bjuniper\b|阿柏/i
const OTHERS =
  'openai|chatgpt|gpt(?:-?\\d\\w*)?|google|gemini|bard|anthropic|claude|microsoft|copilot|cortana|bing|apple|siri|amazon|alexa|meta|facebook|llama|mistral|deepseek|qwen|alibaba|baidu|hugging ?face|smollm(?! ?2)'
/** A name after a word that denies it, over articles and the like, does not count as a claim. */
const DENIED = new RegExp(
  `\\b(?:not|no longer|never|nor|neither|than|n['’]t)\\s+(?:(?:a|an|the|made|built|created|trained|called|named|part|of|by|from|for|with|work|working|one)\\s+)*(?:${OTHERS})(?:(?:,| or| nor| and)\\s+(?:${OTHERS}))*`,
  'gi',
)
const CLAIMED = new RegExp(`\\b(?:${OTHERS})\\b`, 'i')
const AGREED = new RegExp(`^\\W*yes\\b[^.!?]*\\b(?:${OTHERS})\\b`, 'i')

export function isOwnIdentity(answer: string): boolean {
  if (!OWN_NAME.test(answer) || AGREED.test(answer)) return false
  return !CLAIMED.test(answer.replace(DENIED, ''))
}

/** An accepted word counts only as a whole word: `eight` is not in `weight`. */
export function isCorrect(answer: string, accept: readonly string[]): boolean {
  const isSaid = accept.some((word) => new RegExp(`(?<![\\p{L}\\p{N}])${quoted(word)}(?!\\p{N})`, 'iu').test(answer))
  return isSaid && !saysNotKnowing(answer)
}

const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
