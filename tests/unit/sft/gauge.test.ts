import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tokenizeConversation } from '#lib/domain/sft/example.ts'
import { gaugeOf } from '#lib/domain/sft/gauge.ts'
import { browser, conversation, FAMILIES, hostileText, message, rust, template } from './fixtures.ts'

describe.each(FAMILIES)('for a %s model', (family) => {
  const engine = { template: template(family), tokenizer: browser }

  test('a whole conversation is as long as the build makes it, message by message', async () => {
    await fc.assert(
      fc.asyncProperty(conversation(hostileText), async (messages) => {
        const built = await tokenizeConversation({ messages, tools: [], template: engine.template, tokenizer: rust })
        const gauge = await gaugeOf({ messages, tools: [] }, engine)
        if (!built.ok) return
        expect(gauge).toMatchObject({ ok: true, tokens: built.ids.length, trained: built.trainedTokens })
        expect(gauge.ok && messages.map(({ id }) => gauge.perMessage[id])).toEqual(built.perMessageTokens)
      }),
      { numRuns: 40 },
    )
  })

  test('a question without its answer has a length too', async () => {
    const question = message('user', 'How many moons has Mars?')
    const gauge = await gaugeOf({ messages: [question], tools: [] }, engine)
    expect(gauge).toMatchObject({ ok: true, trained: 0 })
    expect(gauge.ok && gauge.perMessage[question.id]).toBeGreaterThan(4)
  })
})

test('what the template refuses is told in its words', async () => {
  const engine = { template: template('mistral'), tokenizer: browser }
  const gauge = await gaugeOf({ messages: [message('user', 'One'), message('user', 'Two')], tools: [] }, engine)
  expect(gauge).toMatchObject({ ok: false, message: expect.stringMatching(/alternate/i) })
})
