// Every text exists in every language, says something, and has the same blanks to fill; and what the tables of
// lib/domain name has its text. That `t('name')` exists is the compiler's to say (lib/i18n/app-config.d.ts).
import { readFileSync } from 'node:fs'
import { ProjectRole } from '#lib/domain/actor.ts'
import { CHECK_LEVELS } from '#lib/domain/check/finding.ts'
import { CHECK_IDS } from '#lib/domain/check/table.ts'
import { ERRORS } from '#lib/domain/errors.ts'
import { RuleLevel, RulePrinciple } from '#lib/domain/guideline.ts'
import { INPUT_FAULTS } from '#lib/domain/input-fault.ts'
import { LOCALES } from '#lib/domain/locale.ts'
import { MACHINES } from '#lib/domain/machine.ts'
import { Principle, Severity, Verdict } from '#lib/domain/review.ts'
import { EXCLUSION_REASONS } from '#lib/domain/sft/refusal.ts'
import { SKIP_REASONS } from '#lib/domain/skip-reasons.ts'
import { NO_AGREEMENT } from '#lib/domain/stats/agreement.ts'
import { TRAINER_PHASES } from '#lib/domain/training/event.ts'
import { ROLES } from '#lib/domain/turns.ts'

type Tree = { [key: string]: string | Tree }

function flatten(tree: Tree, prefix = ''): Map<string, string> {
  const texts = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    const name = prefix ? `${prefix}.${key}` : key
    if (typeof value === 'string') texts.set(name, value)
    else for (const [inner, text] of flatten(value, name)) texts.set(inner, text)
  }
  return texts
}

/** A blank `{name}` or `{name, plural, …}`; a brace after a plural's selector opens a text, not a blank. */
const BLANK = /(?<!(?:=\d+|zero|one|two|few|many|other)\s*)\{\s*(\w+)\s*[,}]/g

/** Names of the blanks of a text, the quoted ones left out. */
const blanksOf = (text: string): string =>
  [...new Set([...text.replaceAll(/'[^']*'/g, '').matchAll(BLANK)].map((match) => match[1]))].sort().join(' ')

const texts = LOCALES.map((locale) => flatten(JSON.parse(readFileSync(new URL(`../messages/${locale}.json`, import.meta.url), 'utf8'))))
const faults: string[] = []
for (const [index, own] of texts.entries()) {
  const other = texts[1 - index] ?? new Map<string, string>()
  for (const [key, text] of own) {
    if (!text.trim()) faults.push(`${LOCALES[index]}: ${key} is empty`)
    const translated = other.get(key)
    if (translated === undefined) faults.push(`${LOCALES[1 - index]}: ${key} is missing`)
    else if (index === 0 && blanksOf(text) !== blanksOf(translated)) faults.push(`${key}: {${blanksOf(text)}} in en, {${blanksOf(translated)}} in zh`)
  }
}

const under = (prefix: string, names: readonly string[], suffix = '') => names.map((name) => `${prefix}.${name}${suffix}`)

/** Texts the tables of lib/domain owe their readers. */
const OWED = [
  ...under('errors', Object.keys(ERRORS), '.title'),
  ...under('errors', Object.keys(ERRORS), '.next'),
  ...Object.entries(MACHINES).flatMap(([machine, states]) => under(`states.${machine}`, Object.keys(states))),
  ...under('roles', ProjectRole.options),
  ...under('roles', ProjectRole.options, 'Hint'),
  ...['conversation.role', 'write.roles'].flatMap((prefix) => under(prefix, ROLES)),
  ...['review.severity', 'quality.severity'].flatMap((prefix) => under(prefix, Severity.options)),
  ...['review.verdict', 'review.done', 'quality.verdict'].flatMap((prefix) => under(prefix, Verdict.options)),
  ...under('review.principle', Principle.options),
  ...under('guideline.principle', RulePrinciple.options),
  ...under('guideline.level', RuleLevel.options),
  ...under('quality.noAgreement', NO_AGREEMENT),
  ...under('write.skipReason', SKIP_REASONS),
  ...under('checks.level', [...CHECK_LEVELS, 'off']),
  ...under('checks.name', CHECK_IDS),
  ...under('checks.found', [...CHECK_IDS, 'phrase', 'pattern']),
  ...under('inputFaults', INPUT_FAULTS),
  ...under('runs.phase', ['queued', 'starting', 'working', ...TRAINER_PHASES]),
  ...['.message', '.cure'].flatMap((part) => under('builds.reason', EXCLUSION_REASONS, part)),
]
for (const key of OWED) if (!texts[0]?.has(key)) faults.push(`en: ${key} is missing; the code can ask for it`)

/** Tables of texts that must hold nothing else: a state or an error that is gone takes its text along. */
const EXACT = ['states', 'errors', 'builds.reason', 'runs.phase', 'inputFaults']
const NOT_REFUSALS = ['errors.offline.title', 'errors.offline.next']
for (const key of texts[0]?.keys() ?? []) {
  if (EXACT.some((prefix) => key.startsWith(`${prefix}.`)) && ![...OWED, ...NOT_REFUSALS].includes(key))
    faults.push(`en: ${key} is asked for by nothing`)
}

for (const fault of faults) console.error(fault)
process.exit(faults.length > 0 ? 1 : 0)
