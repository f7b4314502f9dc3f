// Runs the checks off the page's thread.
import type { Finding } from '#lib/domain/check/finding.ts'
import { makeChecker } from '#lib/domain/check/run.ts'
import type { CheckSettings } from '#lib/domain/check/settings.ts'
import { keepContent, type Look } from './background.ts'

const contentOf = keepContent()
let check: ReturnType<typeof makeChecker> | null = null

self.onmessage = ({ data }: MessageEvent<Look<CheckSettings>>) => {
  if (data.setup) check = makeChecker(data.setup)
  const findings: readonly Finding[] = check?.(contentOf(data)) ?? []
  self.postMessage(findings)
}
