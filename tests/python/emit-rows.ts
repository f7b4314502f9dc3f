/**
 * Writes what the engine makes of conversations, one JSON line each, for judge_tokens.py.
 *
 *   node tests/python/emit-rows.ts FOLDER CONVERSATIONS.jsonl OUT.jsonl [--template FILE] [--browser] [--suffix]
 *
 * Input lines have `messages` (OpenAI shape) and optionally `tools` (JSON text). `--suffix` trains the whitespace after an
 * end of turn too, as TRL's training templates do.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { loadTokenizerFolder, requireChatTemplate } from '#lib/adapters/tokenizer/hf-folder.ts'
import { Message, Tool } from '#lib/domain/conversation.ts'
import { tokenizeConversation } from '#lib/domain/sft/example.ts'
import type { ChatMessage } from '#lib/domain/sft/messages-format.ts'
import { compileTemplate } from '#lib/domain/sft/template.ts'
import { createBrowserTokenizer } from '#lib/domain/sft/tokenizer/byte-bpe.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { template: { type: 'string' }, browser: { type: 'boolean' }, suffix: { type: 'boolean' } },
})
const [folderPath = '', input = '', output = ''] = positionals

const toMessage = (message: ChatMessage, index: number): Message =>
  Message.parse({
    id: String(index),
    role: message.role,
    content: message.content,
    train: message.role === 'assistant' && message.weight !== 0,
    reasoning: message.reasoning_content,
    toolCallId: message.tool_call_id,
    name: message.name,
    toolCalls: message.tool_calls?.map((call) => ({ id: call.id, name: call.function.name, arguments: call.function.arguments })),
  })

type JsonTool = { function: { name: string; description: string; parameters: unknown } }
/** Fixtures give tools as JSON whose numbers survive JSON.parse. */
const toTools = (text: string | null | undefined): Tool[] =>
  text ? (JSON.parse(text) as JsonTool[]).map((tool) => Tool.parse({ ...tool.function, parameters: JSON.stringify(tool.function.parameters) })) : []

const folder = await loadTokenizerFolder(folderPath, values.template ? { chatTemplate: readFileSync(values.template, 'utf8') } : {})
const template = compileTemplate(requireChatTemplate(folder).chatTemplate, { tokens: folder.specialTokens })
const tokenizer = values.browser ? await createBrowserTokenizer(readFileSync(path.join(folderPath, 'tokenizer.json'), 'utf8')) : folder.tokenizer
const lines: string[] = []
for (const line of readFileSync(input, 'utf8').split('\n').filter(Boolean)) {
  const row = JSON.parse(line) as { messages: ChatMessage[]; tools?: string | null }
  const conversation = { messages: row.messages.map(toMessage), tools: toTools(row.tools) }
  const result = await tokenizeConversation({ ...conversation, template, tokenizer, options: { eot: values.suffix ? 'suffix' : 'token' } })
  lines.push(
    JSON.stringify(
      result.ok
        ? { ...row, ids: [...result.ids], labels: [...result.labels], text: result.text, argumentsAs: template.argumentsAs }
        : { ...row, refused: result.code, message: result.message, argumentsAs: template.argumentsAs },
    ),
  )
}
writeFileSync(output, `${lines.join('\n')}\n`)
