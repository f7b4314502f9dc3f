import { readFileSync } from 'node:fs'
import path from 'node:path'
import { IntlMessageFormat } from 'intl-messageformat'
import { type ErrorCode, refuse } from '#lib/domain/errors.ts'
import type { InputFault } from '#lib/domain/input-fault.ts'
import type { Finding, FindingGroup } from '#lib/domain/training/finding.ts'
import type messages from '#messages/en.json'

type Words = { message: string; cure?: string }
type Findings = Record<string, Record<string, Words | undefined> | undefined>

let texts: typeof messages | null = null

/** The interface's English as people wrote it: what is imported into pages is compiled. Web and worker run in the project's root. */
export function english(): typeof messages {
  texts ??= JSON.parse(readFileSync(path.join(/* turbopackIgnore: true */ process.cwd(), 'messages', 'en.json'), 'utf8')) as typeof messages
  return texts
}

/** The interface's own English for a finding: what scripts read and logs keep. */
export function inEnglish<G extends FindingGroup>(group: G, { code, facts }: Finding<G>): { message: string; cure: string } {
  const words = (english().runs.finding as Findings)[group]?.[code]
  const say = (text = '') => String(new IntlMessageFormat(text, 'en').format(facts))
  return { message: say(words?.message), cure: say(words?.cure) }
}

/** The interface's own English for what is wrong with a value. */
export const inputFaultInEnglish = ({ code, limit }: InputFault): string =>
  String(new IntlMessageFormat(english().inputFaults[code], 'en').format({ limit }))

/** Refuses with a finding: in English for programs and logs, as code and facts for whoever reads another language. */
export function refuseWith<G extends FindingGroup>(error: ErrorCode, group: G, finding: Finding<G>): never {
  const { message, cure } = inEnglish(group, finding)
  return refuse(error, `${message} ${cure}`.trim(), { finding: { group, ...finding } })
}
