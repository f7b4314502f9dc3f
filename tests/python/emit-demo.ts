/**
 * Writes the shipped demo conversations, every round of them, one JSON line each, as emit-rows.ts reads them.
 *
 *   node tests/python/emit-demo.ts OUT.jsonl
 */
import { writeFileSync } from 'node:fs'
import { toChatRecord } from '#lib/domain/sft/messages-format.ts'
import { demoConversations, messagesOf, toolsOf, trainingConversations } from '../../prisma/seed/content.ts'

const [output = ''] = process.argv.slice(2)
const lines = [...demoConversations(), ...trainingConversations()].flatMap(({ key, prompt, revisions, messages }) =>
  [...revisions, messages].map((turns, round) => JSON.stringify({ key: `${key}/${round}`, ...toChatRecord(messagesOf(turns), toolsOf(prompt)) })),
)
writeFileSync(output, `${lines.join('\n')}\n`)
