// A guideline of some three hundred pages, written by combining sentences: long enough to be slow where something is slow.
import type { GuidelineContent, LocalizedText, Rule } from '#lib/domain/guideline.ts'
import { PRINCIPLES } from '#lib/domain/principles.ts'

const PAIR = (en: string, zh: string): [string, string] => [en, zh]

const TASKS = [
  PAIR('a recipe', '菜谱'),
  PAIR('a contract', '合同'),
  PAIR('a bug report', '错误报告'),
  PAIR('a poem', '诗'),
  PAIR('a travel plan', '旅行计划'),
  PAIR('a medical question', '医疗问题'),
  PAIR('a proof', '证明'),
  PAIR('a letter of complaint', '投诉信'),
  PAIR('a table of figures', '数据表'),
  PAIR('a translation', '译文'),
  PAIR('a school essay', '作文'),
  PAIR('a shell script', '脚本'),
  PAIR('a job advertisement', '招聘启事'),
  PAIR('a weather forecast', '天气预报'),
  PAIR('a quotation', '引文'),
]
const DEEDS = [
  PAIR('name the assumption', '说明假设'),
  PAIR('check every number', '核对每个数字'),
  PAIR('keep the author’s voice', '保留作者的语气'),
  PAIR('answer first and explain after', '先回答再解释'),
  PAIR('say what is missing', '指出缺了什么'),
  PAIR('give the shortest example that works', '给出最短的可用例子'),
  PAIR('warn before an irreversible step', '在不可逆的步骤前提醒'),
  PAIR('leave names of private people out', '不写私人姓名'),
  PAIR('ask one question at most', '最多问一个问题'),
  PAIR('cite the place in the source', '注明出处'),
  PAIR('use the reader’s own units', '使用读者习惯的单位'),
  PAIR('stop when the task is done', '任务完成就停下'),
]
const PEOPLE = [
  PAIR('a beginner', '初学者'),
  PAIR('an expert', '专家'),
  PAIR('a child', '孩子'),
  PAIR('somebody in a hurry', '赶时间的人'),
  PAIR('somebody who is upset', '心情不好的人'),
  PAIR('a second-language reader', '非母语读者'),
  PAIR('a colleague', '同事'),
  PAIR('a sceptic', '怀疑者'),
  PAIR('a judge', '法官'),
  PAIR('a nurse', '护士'),
]
const REASONS = [
  PAIR('a wrong detail is copied more often than it is corrected', '错误的细节被照抄的次数多于被改正的次数'),
  PAIR('people act on the first line they read', '人们常照读到的第一行去做'),
  PAIR('a model learns the habit behind the words', '模型学到的是文字背后的习惯'),
  PAIR('trust is lost faster than it is won', '信任失去得比得到快'),
  PAIR('what is left unsaid is filled in by guessing', '没说出来的部分会被猜测填上'),
  PAIR('two readers rarely mean the same by a vague word', '含糊的词在两位读者那里很少同义'),
  PAIR('a correct answer in the wrong tone is not heard', '语气不对的正确答案没人听'),
]

/** Draws that are the same each time: a linear congruential generator. */
function draws(seed: number): <T>(from: readonly T[]) => T {
  let state = seed
  return (from) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const drawn = from[Math.floor((state / 2 ** 32) * from.length)]
    if (drawn === undefined) throw new Error('nothing to draw from')
    return drawn
  }
}

type Draw = ReturnType<typeof draws>

function sentence(draw: Draw): [string, string] {
  const [task, deed, person, reason] = [draw(TASKS), draw(DEEDS), draw(PEOPLE), draw(REASONS)]
  return draw([
    PAIR(`In ${task[0]} for ${person[0]}, ${deed[0]}, because ${reason[0]}.`, `为${person[1]}写${task[1]}时，要${deed[1]}，因为${reason[1]}。`),
    PAIR(`When ${person[0]} asks for ${task[0]}, first ${deed[0]}; ${reason[0]}.`, `${person[1]}要${task[1]}时，先${deed[1]}；${reason[1]}。`),
    PAIR(
      `It is not enough to write ${task[0]}: ${deed[0]}, as one would for ${person[0]}.`,
      `写出${task[1]}还不够：要像对${person[1]}那样${deed[1]}。`,
    ),
    PAIR(
      `Remember that ${reason[0]}, so ${deed[0]} whenever ${task[0]} goes to ${person[0]}.`,
      `记住${reason[1]}，所以把${task[1]}交给${person[1]}时总要${deed[1]}。`,
    ),
  ])
}

/** So many paragraphs of five sentences, in both languages. */
function paragraphs(draw: Draw, count: number): LocalizedText {
  const each = Array.from({ length: count }, () => Array.from({ length: 5 }, () => sentence(draw)))
  const all = (at: 0 | 1, between: string) => each.map((sentences) => sentences.map((pair) => pair[at]).join(between)).join('\n\n')
  return { en: all(0, ' '), zh: all(1, '') }
}

const both = ([en, zh]: [string, string]): LocalizedText => ({ en, zh })

function ruleAt(draw: Draw, index: number): Rule {
  const principle = PRINCIPLES[index % PRINCIPLES.length] ?? 'helpful'
  const [task, deed] = [draw(TASKS), draw(DEEDS)]
  const example = () => ({ prompt: both(sentence(draw)), answer: paragraphs(draw, 1), why: both(sentence(draw)) })
  const name = `${deed[0]}-in-${task[0]}`.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  return {
    slug: `${principle}/${name}-${index + 1}`,
    principle,
    level: draw(['must', 'should', 'may'] as const),
    title: both([`${deed[0].replace(/^./, (first) => first.toUpperCase())} in ${task[0]}`, `${task[1]}：${deed[1]}`]),
    statement: paragraphs(draw, 2),
    rationale: paragraphs(draw, 1),
    appliesTo: { roles: ['assistant'], categories: index % 3 === 0 ? [draw(['coding', 'writing', 'maths', 'safety'])] : [] },
    good: example(),
    bad: example(),
    examples: index % 5 === 0 ? [{ ...example(), verdict: 'bad', conversationId: null }] : [],
  }
}

const WORDS_ON_A_PAGE = 400

/** How many pages of print the English text fills. */
export function pagesOf({ title, body, procedure, rules }: GuidelineContent): number {
  const texts = [title, body, ...procedure.map(({ text }) => text)]
  for (const { title: name, statement, rationale, good, bad, examples } of rules)
    texts.push(name, statement, rationale, ...[good, bad, ...examples].flatMap(({ prompt, answer, why }) => [prompt, answer, why]))
  return texts.reduce((sum, { en = '' }) => sum + en.split(/\s+/).filter(Boolean).length, 0) / WORDS_ON_A_PAGE
}

/** A guideline of at least so many pages, the same for the same seed, which can be published. */
export function longGuideline(pages = 300, seed = 1): GuidelineContent {
  const draw = draws(seed)
  const chapters = TASKS.map((task) => {
    const text = paragraphs(draw, 6)
    return { en: `## On ${task[0]}\n\n${text.en}`, zh: `## 关于${task[1]}\n\n${text.zh}` }
  })
  const content: GuidelineContent = {
    title: { en: 'The long guideline', zh: '长篇准则' },
    body: { en: chapters.map(({ en }) => en).join('\n\n'), zh: chapters.map(({ zh }) => zh).join('\n\n') },
    procedure: DEEDS.slice(0, 5).map((deed, index) => ({
      id: `step-${index + 1}`,
      text: both(deed),
      ranks: index === 1 ? ['must', 'should', 'may'] : [],
    })),
    rules: [],
  }
  for (let written = pagesOf(content); written < pages; ) {
    const rule = ruleAt(draw, content.rules.length)
    content.rules.push(rule)
    written += pagesOf({ title: {}, body: {}, procedure: [], rules: [rule] })
  }
  return content
}
