import {
  EMPTY_EXAMPLE,
  type FurtherExample,
  type GuidelineContent,
  type LocalizedText,
  type Rule,
  type RuleExample,
  type RuleLevel,
  type RulePrinciple,
  RuleSlug,
} from './guideline.ts'
import { embed, heading, listValue, trimBlock } from './guideline-markdown-blocks.ts'
import { type WrittenExample, writeExamples } from './guideline-markdown-examples.ts'
import { contentFaults, sizeFault } from './guideline-markdown-limits.ts'
import { relink } from './guideline-markdown-links.ts'
import {
  CONTAINERS,
  EXAMPLE,
  isMarkInBody,
  isMarkInPart,
  type MarkdownFault,
  MarkdownReader,
  PART_DEPTH,
  RATIONALE,
  type WrittenRule,
} from './guideline-markdown-reader.ts'
import type { Locale } from './locale.ts'
import { PRINCIPLES } from './principles.ts'

const texts = (text: string, locale: Locale): LocalizedText => (text === '' ? {} : { [locale]: text })

/** What of a guideline a file in one language holds: not the texts of the other, nor the white space around Markdown. */
export function inLanguage({ title, body, procedure, rules }: GuidelineContent, locale: Locale): GuidelineContent {
  const only = (text: LocalizedText) => texts(text[locale] ?? '', locale)
  const markdown = (text: LocalizedText) => texts(trimBlock(text[locale] ?? ''), locale)
  const example = ({ prompt, answer, why }: RuleExample) => ({ prompt: only(prompt), answer: only(answer), why: only(why) })
  return {
    title: only(title),
    body: markdown(body),
    procedure: procedure.map((step) => ({ ...step, text: markdown(step.text) })),
    rules: rules.map((rule) => ({
      ...rule,
      title: only(rule.title),
      statement: markdown(rule.statement),
      rationale: markdown(rule.rationale),
      good: example(rule.good),
      bad: example(rule.bad),
      examples: rule.examples.map((each) => ({ ...each, ...example(each) })),
    })),
  }
}

const isEmptyExample = ({ prompt, answer, why }: WrittenExample) => prompt + answer + why === ''

/** The examples of a rule as blocks of messages; good and bad answers to one prompt stand in one comparison. */
function exampleBlocks(rule: Rule, locale: Locale): string[] {
  const write = ({ prompt, answer, why }: RuleExample, verdict: 'good' | 'bad', conversationId: string | null = null): WrittenExample => ({
    verdict,
    prompt: prompt[locale] ?? '',
    answer: answer[locale] ?? '',
    why: why[locale] ?? '',
    conversationId,
  })
  // An empty one is written where a further example would take its place.
  const isNeeded = (example: WrittenExample) => !isEmptyExample(example) || rule.examples.some(({ verdict }) => verdict === example.verdict)
  const pair = [write(rule.good, 'good'), write(rule.bad, 'bad')].filter(isNeeded)
  const [first, second] = pair
  const groups = first && second && first.prompt !== second.prompt ? [[first], [second]] : [pair]
  const all = [...groups, ...rule.examples.map((each) => [write(each, each.verdict, each.conversationId)])]
  return all.filter((group) => group.length > 0).flatMap((group) => [EXAMPLE, writeExamples(group)])
}

function ruleBlocks(rule: Rule, locale: Locale): string[] {
  const { slug, principle, level, appliesTo } = rule
  const values = {
    level,
    principle: slug.startsWith(`${principle}/`) ? undefined : principle,
    roles: listValue(appliesTo.roles),
    categories: listValue(appliesTo.categories),
  }
  const part = (text: LocalizedText) => (text[locale] ? [embed(text[locale], isMarkInPart)] : [])
  const rationale = part(rule.rationale)
  return [
    heading(PART_DEPTH, rule.title[locale] ?? '', slug, values),
    ...part(rule.statement),
    ...(rationale.length > 0 ? [RATIONALE, ...rationale] : []),
    ...exampleBlocks(rule, locale),
  ]
}

/** A guideline in one language as Markdown in the shape of the Model Spec: `fromMarkdown` reads it back. */
export function toMarkdown(content: GuidelineContent, locale: Locale): string {
  const { title, body, procedure, rules } = inLanguage(content, locale)
  const name = title[locale]
  const isFirst = (index: number) => !name && index === 0
  const steps = procedure.flatMap(({ id, text, ranks }, index) => [
    heading(PART_DEPTH, `${locale === 'zh' ? '第' : 'Step '}${index + 1}${locale === 'zh' ? '步' : ''}`, `${CONTAINERS.procedure}/${id}`, {
      ranks: listValue(ranks),
    }),
    ...(text[locale] ? [embed(text[locale], isMarkInPart)] : []),
  ])
  const blocks = [
    ...(name ? [titleLine(name)] : []),
    ...(body[locale]
      ? [embed(body[locale], (block, index) => isMarkInBody(block) || (isFirst(index) && block.kind === 'heading' && block.depth === 1))]
      : []),
    ...(steps.length > 0 ? [`# ${locale === 'zh' ? '规则冲突时' : 'When rules conflict'} {#${CONTAINERS.procedure}}`, ...steps] : []),
    ...(rules.length > 0
      ? [`# ${locale === 'zh' ? '规则' : 'Rules'} {#${CONTAINERS.rules}}`, ...rules.flatMap((rule) => ruleBlocks(rule, locale))]
      : []),
  ]
  return `${blocks.join('\n\n')}\n`
}

/** A title is a plain heading, or, where that cannot hold it, one with an attribute. */
function titleLine(title: string): string {
  const plain = `# ${title}`
  const read = new MarkdownReader(plain).read()
  return read.title === title && read.faults.length === 0 && read.body === '' && !title.startsWith('\ufeff')
    ? plain
    : heading(1, title, CONTAINERS.title, {})
}

const LEVELS: Record<string, RuleLevel> = {
  must: 'must',
  should: 'should',
  may: 'may',
  root: 'must',
  system: 'must',
  developer: 'should',
  user: 'should',
  guideline: 'may',
}
const KNOWN = new Set(['level', 'authority', 'principle', 'roles', 'categories', 'title'])

const isPrinciple = (name: string): name is RulePrinciple => PRINCIPLES.some((principle) => principle === name)

/** The first of a verdict is the rule's own example, the others follow it. */
function placeExamples(written: readonly WrittenExample[], locale: Locale): Pick<Rule, 'good' | 'bad' | 'examples'> {
  const own: { good?: RuleExample; bad?: RuleExample } = {}
  const examples: FurtherExample[] = []
  for (const { verdict, prompt, answer, why, conversationId } of written) {
    const example = { prompt: texts(prompt, locale), answer: texts(answer, locale), why: texts(why, locale) }
    if (own[verdict] || conversationId) examples.push({ ...example, verdict, conversationId })
    else own[verdict] = example
  }
  return { good: own.good ?? EMPTY_EXAMPLE, bad: own.bad ?? EMPTY_EXAMPLE, examples }
}

export type MarkdownReading = { content: GuidelineContent; faults: MarkdownFault[] }

/** A name as rules bear it: that of the Model Spec in kebab-case, below a principle. */
const slugOf = (name: string, principle: RulePrinciple): string =>
  name.includes('/') ? name : `${principle}/${name.toLowerCase().replaceAll('_', '-')}`

function ruleOf(written: WrittenRule, locale: Locale, fallback: RulePrinciple, reader: MarkdownReader, fault: (message: string) => void): Rule {
  const { values, slug: name } = written.attributes
  const [prefix = ''] = (name ?? '').split('/')
  const stated = values.get('principle')
  if (stated !== undefined && !isPrinciple(stated)) fault(`there is no principle “${stated}”; write principle=${PRINCIPLES.join(', principle=')}`)
  const principle = stated !== undefined && isPrinciple(stated) ? stated : isPrinciple(prefix) ? prefix : fallback
  const slug = slugOf(written.slug, principle)
  if (!RuleSlug.safeParse(slug).success)
    fault(`“${written.slug}” cannot name a rule; write a principle, a slash and a name in small letters, e.g. {#truthful/unknown level=must}`)
  const said = values.get('level') ?? values.get('authority') ?? 'should'
  const level = LEVELS[said.toLowerCase()]
  if (!level)
    fault(`there is no level “${said}”; write level=must, level=should or level=may (or authority=root, system, developer, user or guideline)`)
  for (const key of values.keys()) if (!KNOWN.has(key)) fault(`a rule has no “${key}”; write one of ${[...KNOWN].join(', ')}`)
  return {
    slug,
    principle,
    level: level ?? 'should',
    title: texts(written.title, locale),
    statement: texts(written.statement, locale),
    rationale: texts(written.rationale, locale),
    appliesTo: {
      roles: reader.list(written.line, 'roles', values.get('roles')),
      categories: reader.list(written.line, 'categories', values.get('categories')),
    },
    ...placeExamples(written.examples, locale),
  }
}

/**
 * Reads a guideline in one language from Markdown: what `toMarkdown` writes, or the Model Spec and what is written like it.
 * @param fallback The principle of rules whose name says none.
 */
export function fromMarkdown(text: string, locale: Locale, fallback: RulePrinciple = 'helpful'): MarkdownReading {
  const tooMuch = sizeFault(text)
  if (tooMuch) return { content: { title: {}, body: {}, procedure: [], rules: [] }, faults: [tooMuch] }
  const whole = text.replace(/^\ufeff/, '')
  // A file that an editor saved with the line ends of Windows, throughout, says the same as before.
  const source = /(?<!\r)\n/.test(whole) ? whole : whole.replaceAll('\r\n', '\n')
  const reader = new MarkdownReader(source)
  const written = reader.read()
  const { title, body, procedure, faults } = written
  const lines = new Map<string, number>()
  const names = new Map<string, { slug: string; title: string }>()
  const rules = written.rules.map((each) => {
    const fault = (message: string) => faults.push({ line: each.line, heading: each.title, message })
    const rule = ruleOf(each, locale, fallback, reader, fault)
    const earlier = lines.get(rule.slug)
    if (earlier !== undefined) fault(`the rule ${rule.slug} stands already in line ${earlier}; give one of them another name`)
    else lines.set(rule.slug, each.line)
    if (each.slug !== rule.slug) names.set(each.slug, { slug: rule.slug, title: each.title })
    return rule
  })
  const ids = new Set<string>()
  const steps = procedure.map(({ id, text: said, ranks, line }, index) => {
    if (ids.has(id)) faults.push({ line, heading: `Step ${index + 1} (${id})`, message: `the name ${id} is taken; choose another` })
    ids.add(id)
    return { id, text: texts(said, locale), ranks }
  })
  const content = { title: texts(title ?? '', locale), body: texts(body, locale), procedure: steps, rules }
  faults.push(...contentFaults(content, written))
  if (faults.length > 0 || names.size === 0) return { content, faults: faults.map(cutHeading).sort((a, b) => a.line - b.line) }
  // The names that links have now may be longer.
  const linked = relink(content, names)
  return { content: linked, faults: contentFaults(linked, written).map(cutHeading) }
}

const cutHeading = (fault: MarkdownFault): MarkdownFault => ({ ...fault, heading: fault.heading.slice(0, 200).toWellFormed() })
