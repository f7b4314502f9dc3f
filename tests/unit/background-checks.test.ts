import { expect, test } from 'vitest'
import { BackgroundChecks, type Port } from '#lib/client/background-checks.ts'
import type { CheckAnswer, CheckRequest } from '#lib/client/check.worker.ts'
import { ProjectChecks } from '#lib/domain/check/settings.ts'
import type { DraftContent } from '#lib/domain/conversation.ts'

/** The far side of a worker, answered by hand. */
function openPort() {
  const requests: CheckRequest[] = []
  let answer: (given: CheckAnswer) => void = () => {}
  const port: Port = { post: (request) => requests.push(request), listen: (listener) => (answer = listener), close: () => {} }
  return { port, requests, answer: (check: string) => answer({ findings: [{ check } as never] }) }
}

const settings = { ...ProjectChecks.parse({}), language: 'en' }
const message = (id: string, content: string) => ({ id, role: 'user' as const, content, train: false })
const of = (...messages: DraftContent['messages']): DraftContent => ({ messages, tools: [] })

test('sends settings once, then only messages that changed, and one request at a time with the newest text', () => {
  const { port, requests, answer } = openPort()
  const checks = new BackgroundChecks(port, settings)
  const heard: unknown[] = []
  checks.subscribe(() => heard.push(checks.getFindings()?.[0]?.check))
  const [first, second] = [message('a', 'one'), message('b', 'two')]
  checks.check(of(first, second))
  checks.check(of(first, message('b', 'twoo')))
  checks.check(of(message('b', 'twooo')))
  expect(requests).toHaveLength(1)
  expect(requests[0]).toMatchObject({ settings, order: ['a', 'b'], changed: [first, second] })
  expect(checks.getFindings()).toBeNull()
  answer('first')
  expect(requests).toHaveLength(2)
  expect(requests[1]).toEqual({ order: ['b'], changed: [message('b', 'twooo')], tools: [] })
  answer('second')
  checks.check(of(message('b', 'twooo')))
  expect(heard).toEqual(['first', 'second'])
  answer('third')
  expect(requests).toHaveLength(3)
})
