import { api } from './api.ts'

/** Sends one question back to the labellers as a prompt; the same question twice stays one prompt. */
export function makePrompt(projectId: string, question: string, system: string) {
  const messages = [...(system.trim() ? [{ role: 'system', content: system }] : []), { role: 'user', content: question }]
  const file = new File([JSON.stringify({ messages })], 'talk.jsonl', { type: 'application/octet-stream' })
  return api.importPrompts({ params: { projectId }, query: { format: 'messages', fileName: file.name, source: 'talk' }, body: file })
}
