import { expect, test } from 'vitest'
import { Background, keepContent, type Look, type Port } from '#lib/client/background.ts'
import type { DraftContent } from '#lib/domain/conversation.ts'

const setup = { language: 'en' }

/** The far side of a worker, answered by hand. */
function openPort() {
  const requests: Look<typeof setup>[] = []
  let answer: (given: string) => void = () => {}
  let die: () => void = () => {}
  const listen = (onAnswer: typeof answer, onDeath: typeof die) => {
    answer = onAnswer
    die = onDeath
  }
  const port: Port<typeof setup, string> = { post: (look) => void requests.push(look), listen, close: () => {} }
  return { port, requests, answer: (given: string) => answer(given), die: () => die() }
}

const message = (id: string, content: string) => ({ id, role: 'user' as const, content, train: false })
const of = (...messages: DraftContent['messages']): DraftContent => ({ messages, tools: [] })

test('sends its setup once, then only messages that changed, and one request at a time with the newest text', () => {
  const { port, requests, answer } = openPort()
  const checks = new Background(port, setup)
  const heard: unknown[] = []
  checks.subscribe(() => heard.push(checks.getSeen()?.answer))
  const [first, second] = [message('a', 'one'), message('b', 'two')]
  checks.look(of(first, second))
  checks.look(of(first, message('b', 'twoo')))
  checks.look(of(message('b', 'twooo')))
  expect(requests).toHaveLength(1)
  expect(requests[0]).toMatchObject({ setup, order: ['a', 'b'], changed: [first, second] })
  expect(checks.getSeen()).toBeNull()
  answer('first')
  expect(requests).toHaveLength(2)
  expect(requests[1]).toEqual({ order: ['b'], changed: [message('b', 'twooo')], tools: [] })
  answer('second')
  checks.look(of(message('b', 'twooo')))
  expect(heard).toEqual(['first', 'second'])
  answer('third')
  expect(requests).toHaveLength(3)
})

test('the far side has the text whole, whatever changed, left or moved', () => {
  const { port, requests, answer } = openPort()
  const background = new Background(port, setup)
  const contentOf = keepContent()
  const [first, second] = [message('a', 'one'), message('b', 'two')]
  for (const content of [of(first, second), of(second, first), of(second), of(message('b', 'three'), first), of()]) {
    background.look(content)
    expect(contentOf(requests.at(-1) as Look<unknown>)).toEqual(content)
    answer('seen')
  }
})

test('says which text an answer is about, and nothing more once the far side is gone', () => {
  const { port, requests, answer, die } = openPort()
  const background = new Background(port, setup)
  const content = of(message('a', 'one'))
  background.look(content)
  answer('seen')
  expect(background.getSeen()).toEqual({ answer: 'seen', content })
  die()
  expect(background.getSeen()).toBeNull()
  background.look(of(message('a', 'two')))
  expect(requests).toHaveLength(1)
})
