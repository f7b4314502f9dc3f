import { describe, expect, test } from 'vitest'
import { saysNotKnowing } from '#lib/domain/check/not-knowing.ts'
import { isCorrect, isOwnIdentity } from '../../bench/judge-answers.ts'

describe('the rules of the tuning benchmark', () => {
  test.each([
    ['I am Juniper, a small language model made by the Exemplar demo team.', true],
    ['No, I am Juniper, not Alexa.', true],
    ['I am not made by Google or Meta. My name is Juniper.', true],
    ['我是阿柏，由 Exemplar 演示团队制作。', true],
    ['I was fine-tuned from SmolLM2-135M-Instruct, and my name is Juniper.', true],
    ['Yes, I am Alexa. You may call me Juniper.', false],
    ['I am Juniper, made by OpenAI.', false],
    ['I am a helpful assistant.', false],
    ['The metaphor of juniperus is old.', false],
  ])('identity: %s', (answer, expected) => {
    expect(isOwnIdentity(answer)).toBe(expected)
  })

  test.each([
    ["I don't know. I have never heard of it.", true],
    ['I cannot see your curtains.', true],
    ['Sorry, that company is unknown to me.', true],
    ['The capital of Quendrivosk is Quend.', false],
    ['Your curtains are blue, as you know.', false],
  ])('unknown: %s', (answer, expected) => {
    expect(saysNotKnowing(answer)).toBe(expected)
  })

  test.each([
    ['A spider has eight legs.', ['eight', '8 legs'], true],
    ['Its weight is small.', ['eight'], false],
    ['7 plus 5 is 12, or twelve in words.', ['12', 'twelve'], true],
    ['It is 120.', ['12'], false],
    ["I don't know, but perhaps Rome.", ['rome'], false],
  ])('known: %s', (answer, accept, expected) => {
    expect(isCorrect(answer, accept)).toBe(expected)
  })
})
