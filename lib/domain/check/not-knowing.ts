// An answer that says it does not know, cannot see or never heard of something.
const NOT_KNOWING = [
  /\b(?:do not|don['’]t|cannot|can['’]t|can not|could not|couldn['’]t)\s+(?:\w+\s+)?(?:know|say|tell|see|find|predict|look up|check|follow)\b/i,
  /\bno (?:way (?:to|of)|information|record|facts|knowledge|details|data|idea|camera|calendar|live (?:data|link|prices)|internet)\b/i,
  /\b(?:never|not) (?:\w+\s+)?(?:heard|read|met|come across|familiar)\b/i,
  /\b(?:is|are|was|were) unknown to me\b/i,
  /不知道|不清楚|没有听说过|没听说过|查不了|查不到|看不到|无法(?:得知|查询|联网|获取)/,
]

export const saysNotKnowing = (answer: string): boolean => NOT_KNOWING.some((pattern) => pattern.test(answer))
