// Keys and passwords that must not be learnt by heart. The shapes are those their makers publish.
import { type Hit, hitsOf } from './finding.ts'

const SHAPES: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['private key', /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/g],
  ['AWS', /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b/g],
  ['GitHub', /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255})\b/g],
  ['GitLab', /\bglpat-[\w-]{20,}/g],
  ['OpenAI', /\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{32,}/g],
  ['Anthropic', /\bsk-ant-[\w-]{32,}/g],
  ['Google', /\bAIza[\w-]{35}(?![\w-])/g],
  ['Slack', /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g],
  ['Slack webhook', /https:\/\/hooks\.slack\.com\/services\/T\w+\/B\w+\/\w+/g],
  ['Stripe', /\b(?:sk|rk)_live_[A-Za-z0-9]{20,}/g],
  ['Hugging Face', /\bhf_[A-Za-z0-9]{30,}\b/g],
  ['npm', /\bnpm_[A-Za-z0-9]{36}\b/g],
  ['PyPI', /\bpypi-AgE[\w-]{50,}/g],
  ['SendGrid', /\bSG\.[\w-]{20,24}\.[\w-]{39,50}/g],
  ['Telegram', /\b\d{8,10}:AA[\w-]{33}(?![\w-])/g],
  ['JWT', /(?<![\w-])eyJ[\w-]{10,2000}\.eyJ[\w-]{10,2000}\.[\w-]{10,2000}/g],
]

/** `https://user:password@host`, and `password = "…"` with a value that is no placeholder. */
const IN_URL = /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{1,64}:([^\s/@]{3,128})@[\w.-]+/gi
const ASSIGNED = /\b(?:password|passwd|pwd|secret|api[_-]?key|access[_-]?token|auth[_-]?token)\b["']?\s*[:=]\s*["']([^"'\s]{8,128})["']/gi
const PLACEHOLDER =
  /^(?:[<{[$%].*|x+|\*+|\.+|.*(?:your|example|placeholder|change.?me|redacted|dummy|sample|secret|password|passwd|test).*|\w*env\b.*)$/i

const assigned = (pattern: RegExp) => (text: string) =>
  hitsOf(text, pattern, ([, value = '']) => (PLACEHOLDER.test(value) ? null : { kind: 'password' }))

export function findSecrets(text: string): Hit[] {
  const known = SHAPES.flatMap(([kind, pattern]) => hitsOf(text, pattern, () => ({ kind })))
  const others = [...assigned(IN_URL)(text), ...assigned(ASSIGNED)(text)]
  return [...known, ...others.filter((hit) => !known.some(({ from, to }) => from < hit.to && hit.from < to))]
}
