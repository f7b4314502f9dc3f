// What the demo project promises, counted.
import { describe, expect, test } from 'vitest'
import { guidelineFaults, type LocalizedText, RulePrinciple } from '#lib/domain/guideline.ts'
import { MACHINES } from '#lib/domain/machine.ts'
import { demoConversations, demoPrompts, messagesOf, shippedGuideline, trainingConversations } from '../../prisma/seed/content.ts'

const prompts = demoPrompts()
const conversations = demoConversations()
const distinct = (values: string[]) => new Set(values)

describe('the demo', () => {
  test('has at least 60 prompts in at least 10 categories, in both languages', () => {
    expect(prompts.length).toBeGreaterThanOrEqual(60)
    expect(distinct(prompts.map(({ category }) => category)).size).toBeGreaterThanOrEqual(10)
    expect(distinct(prompts.map(({ language }) => language))).toEqual(new Set(['en', 'zh']))
    const names = [...prompts, ...[...conversations, ...trainingConversations()].map(({ prompt }) => prompt)].map(({ externalId }) => externalId)
    expect(distinct(names).size).toBe(names.length)
  })

  test('has at least 30 conversations that were sent off, over all states', () => {
    expect(conversations.filter(({ state }) => state !== 'draft').length).toBeGreaterThanOrEqual(30)
    // Only one is missing: a conversation is superseded by another, and no operation does that yet.
    const all = Object.keys(MACHINES.conversation).filter((state) => state !== 'superseded')
    expect([...distinct(conversations.map(({ state }) => state))].sort()).toEqual(all.sort())
    const adjudicated = conversations.filter(({ reviews }) => reviews.some(({ isAdjudication }) => isAdjudication))
    expect(adjudicated.map(({ state }) => state).sort()).toEqual(['approved', 'rejected'])
  })

  test('has a ruling in each language, on rules that are there, for every adjudication', () => {
    const slugs = new Set(shippedGuideline().rules.map(({ slug }) => slug))
    const decided = conversations.flatMap(({ prompt, reviews }) =>
      reviews.filter(({ isAdjudication }) => isAdjudication).map(({ ruling }) => ({ prompt, ruling })),
    )
    expect(decided.map(({ prompt }) => prompt.language).sort()).toEqual(['en', 'zh'])
    for (const { ruling } of decided) {
      expect(ruling?.rules.length).toBeGreaterThan(0)
      for (const { rule } of ruling?.rules ?? []) expect(slugs).toContain(rule)
    }
  })

  const turns = conversations.flatMap(({ messages, prompt }) => messages.map((turn) => ({ ...turn, prompt })))
  test.each([
    ['a system prompt', turns.filter(({ role }) => role === 'system').length],
    ['a tool call', turns.filter(({ toolCalls }) => toolCalls?.length).length],
    ['a tool result', turns.filter(({ role }) => role === 'tool').length],
    ['reasoning', turns.filter(({ reasoning }) => reasoning).length],
    ['several turns', conversations.filter(({ messages }) => messages.filter(({ role }) => role === 'user').length > 1).length],
    ['Chinese', conversations.filter(({ prompt }) => prompt.language === 'zh').length],
    ['code', conversations.filter(({ prompt }) => prompt.category === 'coding').length],
    ['maths', conversations.filter(({ prompt }) => prompt.category === 'maths').length],
    ['a review with comments', conversations.filter(({ reviews }) => reviews.some(({ comments }) => comments.length > 0)).length],
    ['several rounds', conversations.filter(({ revisions }) => revisions.length > 0).length],
  ])('shows %s more than once', (_, count) => {
    expect(count).toBeGreaterThan(1)
  })

  test('every comment quotes what is there and cites a rule that is there', () => {
    const slugs = new Set(shippedGuideline().rules.map(({ slug }) => slug))
    for (const { key, reviews, revisions, messages } of conversations) {
      const rounds = [...revisions, messages]
      for (const { onRevision, comments } of reviews) {
        for (const { messageIndex, quote, ruleSlug } of comments) {
          expect(messagesOf(rounds[onRevision] ?? [])[messageIndex]?.content, key).toContain(quote)
          if (ruleSlug) expect(slugs, key).toContain(ruleSlug)
        }
      }
    }
  })
})

test('the training rows are in both languages, over what the model is, knows and cannot know, and none asks twice', () => {
  const rows = trainingConversations()
  const chinese = rows.filter(({ prompt }) => prompt.language === 'zh')
  expect(chinese.length).toBeGreaterThanOrEqual(60)
  for (const category of ['identity', 'known', 'unknown'])
    expect(chinese.filter(({ prompt }) => prompt.category === category).length).toBeGreaterThan(15)
  expect(distinct(rows.map(({ prompt }) => JSON.stringify(prompt.messages))).size).toBe(rows.length)
})

test('the shipped guideline has at least 24 rules over four principles, each with a good and a bad example in both languages', () => {
  const content = shippedGuideline()
  expect(guidelineFaults(content)).toEqual([])
  expect(content.rules.length).toBeGreaterThanOrEqual(24)
  expect(distinct(content.rules.map(({ principle }) => principle))).toEqual(new Set(RulePrinciple.options))
  const isWhole = ({ en, zh }: LocalizedText) => Boolean(en?.trim() && zh?.trim())
  for (const { slug, title, statement, rationale, good, bad } of content.rules) {
    const texts = [title, statement, rationale, ...[good, bad].flatMap(({ prompt, answer, why }) => [prompt, answer, why])]
    expect(texts.every(isWhole), slug).toBe(true)
  }
})
