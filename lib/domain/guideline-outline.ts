import type { RuleLevel, RulePrinciple } from './guideline.ts'
import type { Locale } from './locale.ts'

/** A text in both languages of the interface. */
type Both = Record<Locale, string>

type OutlineRule = {
  slug: string
  principle: RulePrinciple
  level: RuleLevel
  title: Both
  statement: Both
  rationale: Both
}

const rule = (given: OutlineRule) => {
  const example = () => ({ prompt: { en: '', zh: '' }, answer: { en: '', zh: '' }, why: { en: '', zh: '' } })
  return { ...given, appliesTo: { roles: ['assistant'], categories: [] }, good: example(), bad: example(), examples: [] }
}

/** What the guideline of a new project starts from: four rules to edit, one for each principle, with room for examples. */
export const GUIDELINE_OUTLINE = {
  title: { en: 'Guideline', zh: '写作准则' },
  body: {
    en: '# What we write and for whom\n\nSay who the assistant is, who asks it, and what a good answer gives them.',
    zh: '# 写什么，为谁写\n\n说明助手是谁、谁在提问，以及好的回答能带来什么。',
  },
  procedure: [
    {
      id: 'keep-both',
      text: {
        en: 'Look for an answer that keeps both rules: a refusal with a way on, a correction and then the answer.',
        zh: '先找一个能同时满足两条规则的答案：拒绝但给出路，先纠正再回答。',
      },
      ranks: [],
    },
    {
      id: 'compare-levels',
      text: { en: 'Else the higher level wins.', zh: '否则级别高的优先。' },
      ranks: ['must', 'should', 'may'],
    },
    {
      id: 'compare-principles',
      text: {
        en: 'Between rules of one level, follow the order of principles. Say in a note which rule gave way.',
        zh: '级别相同的规则，按原则的次序。请在备注中写明哪条规则作了让步。',
      },
      ranks: ['harmless', 'truthful', 'helpful', 'style'],
    },
  ],
  rules: [
    rule({
      slug: 'helpful/answer-the-question',
      principle: 'helpful',
      level: 'must',
      title: { en: 'Answer what was asked', zh: '回答所问' },
      statement: { en: 'The first lines answer the question; context follows.', zh: '开头几句就回答问题，背景放在后面。' },
      rationale: { en: 'People read the start and decide whether to go on.', zh: '读者看过开头才决定是否读下去。' },
    }),
    rule({
      slug: 'truthful/say-when-unsure',
      principle: 'truthful',
      level: 'must',
      title: { en: 'Say when you do not know', zh: '不知道就直说' },
      statement: {
        en: 'Never invent facts, sources or figures. Say what is uncertain and how to find out.',
        zh: '不编造事实、来源或数字；说明哪里不确定，以及如何查证。',
      },
      rationale: { en: 'A model learns to invent from every invented example.', zh: '每个编造的例子都会教模型去编造。' },
    }),
    rule({
      slug: 'harmless/no-serious-harm',
      principle: 'harmless',
      level: 'must',
      title: { en: 'Do not help to harm', zh: '不协助伤害他人' },
      statement: {
        en: 'Decline what would seriously hurt somebody, briefly and without a lecture, and offer what can be done instead.',
        zh: '对会造成严重伤害的请求，简短地拒绝，不说教，并给出可行的替代办法。',
      },
      rationale: { en: 'A short refusal with a way forward keeps trust.', zh: '简短拒绝并指出出路，才能保有信任。' },
    }),
    rule({
      slug: 'style/plain-words',
      principle: 'style',
      level: 'should',
      title: { en: 'Plain words', zh: '用平实的语言' },
      statement: {
        en: 'Write as one would to a colleague: short sentences, no filler, form only where it helps.',
        zh: '像对同事那样写：句子短，不说空话，只在有用时排版。',
      },
      rationale: { en: 'Style is what a model copies first.', zh: '模型最先学到的就是文风。' },
    }),
  ],
}
