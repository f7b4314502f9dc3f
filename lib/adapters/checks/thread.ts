// The far side of runner.ts: checks texts, one after the other.
import { parentPort } from 'node:worker_threads'
import { makeChecker } from '#lib/domain/check/run.ts'
import type { CheckSettings } from '#lib/domain/check/settings.ts'
import type { DraftContent } from '#lib/domain/conversation.ts'

parentPort?.on('message', ({ settings, content }: { settings: CheckSettings; content: DraftContent }) => {
  parentPort?.postMessage(makeChecker(settings)(content))
})
