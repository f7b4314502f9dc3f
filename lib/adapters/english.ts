import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createTranslator } from 'next-intl'
import { type ErrorCode, refuse } from '#lib/domain/errors.ts'
import type { Finding, FindingGroup } from '#lib/domain/training/finding.ts'

type Translate = { (key: string, values: Record<string, string | number>): string; has(key: string): boolean }

let translate: Translate | null = null

/** Read when first needed; web and worker run in the project's root. */
function load(): Translate {
  const file = path.join(/* turbopackIgnore: true */ process.cwd(), 'messages', 'en.json')
  const { runs } = JSON.parse(readFileSync(file, 'utf8')) as { runs: { finding: Record<string, unknown> } }
  return createTranslator({ locale: 'en', messages: runs.finding, timeZone: 'UTC' }) as unknown as Translate
}

/** The interface's own English for a finding: what scripts read and logs keep. */
export function inEnglish<G extends FindingGroup>(group: G, { code, facts }: Finding<G>): { message: string; cure: string } {
  translate ??= load()
  const cure = `${group}.${code}.cure`
  return { message: translate(`${group}.${code}.message`, facts), cure: translate.has(cure) ? translate(cure, facts) : '' }
}

/** Refuses with a finding: in English for programs and logs, as code and facts for whoever reads another language. */
export function refuseWith<G extends FindingGroup>(error: ErrorCode, group: G, finding: Finding<G>): never {
  const { message, cure } = inEnglish(group, finding)
  return refuse(error, `${message} ${cure}`.trim(), { finding: { group, ...finding } })
}
